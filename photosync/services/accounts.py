"""Signing in and out, and asking who is signed in, for all services alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from photosync.config.settings import FOLDER_SCOPE, Settings
from photosync.disk.private import is_readable_by_others
from photosync.errors import AuthorizationNeeded, SideError, UsageError
from photosync.formatting import printable
from photosync.services import import_service
from photosync.services.auth import client_secrets
from photosync.services.auth.session import Session, UserIO

SERVICES = ("flickr", "drive")


class Status(NamedTuple):
    """One fact about a service, and the exit code it leads to: 0 where all is well."""

    text: str
    exit_code: int


def authorize(settings: Settings, user_io: UserIO) -> None:
    """Sign in to the services of the scope, by default to all, and keep the tokens.

    `user_io` is told the address to open, and asked for what is to be pasted. Raises
    AuthorizationNeeded where a sign-in fails, and SetupNeeded where a client id or key
    is missing.
    """
    session = Session(settings.home.config)
    # Next to the program, where a checkout of it keeps its example.
    beside = Path(__file__).resolve().parents[2]
    folders = (settings.home.config, beside)
    keys, place = client_secrets.load(settings.client_secrets, folders, os.environ)
    for name in _select_services(settings, SERVICES):
        account, token = import_service(name).sign_in(
            keys, settings, user_io, place=str(place)
        )
        session.store(name, account, token)
        user_io.tell(f"{name}: signed in as {printable(account)}")


def check(settings: Settings) -> Iterator[Status]:
    """Ask each service of the scope who is signed in, and what space is left there."""
    session = Session(settings.home.config)
    if session.warning:
        yield Status(session.warning, AuthorizationNeeded.exit_code)
    if is_readable_by_others(session.path):
        path = session.path
        yield Status(f"{path} can be read by others; run: chmod 600 {path}", 1)
    for name in _select_services(settings, session.services() or SERVICES):
        try:
            for line in import_service(name).status(settings, session):
                yield Status(f"{name}: {line}", 0)
        except SideError as error:
            yield Status(f"{name}: {error}", error.exit_code)


def sign_out(settings: Settings) -> Iterator[str]:
    """Withdraw and forget the sign-ins of the scope; yield a line about each."""
    session = Session(settings.home.config)
    for name in _select_services(settings, session.services()):
        if session.token(name) is None:
            yield f"{name}: nobody is signed in"
            continue
        account = session.account(name)
        line = f"{name}: {account} is signed out"
        if not import_service(name).sign_out(session):
            line += "; the service did not confirm it, withdraw it there too"
        yield line


def _select_services(
    settings: Settings, default: tuple[str, ...] | list[str]
) -> list[str]:
    folders = [name for name in settings.services if name.startswith(FOLDER_SCOPE)]
    if folders:
        raise UsageError(f"-p {folders[0]}: a folder needs no signing in")
    return list(settings.services or default)
