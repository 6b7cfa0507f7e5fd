"""Signing in and out, and asking who is signed in, for all services alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from photosync.config.settings import FOLDER_SCOPE, Settings
from photosync.disk.private import is_readable_by_others
from photosync.errors import AuthorizationNeeded, PhotosyncError, SideError, UsageError
from photosync.formatting import printable
from photosync.services import import_service
from photosync.services.auth import client_secrets
from photosync.services.auth.session import Session, UserIO
from photosync.unforeseen import contain

SERVICES = ("flickr", "drive")


class Status(NamedTuple):
    """One fact about a service, and the exit code it leads to: 0 where all is well."""

    text: str
    exit_code: int


def authorize(settings: Settings, user_io: UserIO) -> None:
    """Sign in to the services of the scope, by default to all, and keep the tokens.

    `user_io` is told the address to open, and asked for what is to be pasted. Raises
    AuthorizationNeeded where a sign-in fails, and SetupNeeded where a client id or key
    is missing. In a dry run it only tells what it would do.
    """
    session = Session(settings.home.config)
    # Next to the program, where a checkout of it keeps its example.
    beside = Path(__file__).resolve().parents[2]
    folders = (settings.home.config, beside)
    keys, place = client_secrets.load(settings.client_secrets, folders, os.environ)
    names = _select_services(settings, SERVICES)
    if settings.test:
        for name in names:
            user_io.tell(f"{name}: {_describe_sign_in(name, session, keys, place)}")
        return
    failed: list[PhotosyncError] = []
    for name in names:
        try:
            account, token = import_service(name).sign_in(
                keys, settings, user_io, place=str(place)
            )
        except (UsageError, SideError) as error:
            # Without a key for Flickr one can still sign in to Drive.
            failed.append(error)
            continue
        session.store(name, account, token)
        user_io.tell(f"{name}: signed in as {printable(account)}")
    _raise_all(failed, user_io)


def _raise_all(failed: list[PhotosyncError], user_io: UserIO) -> None:
    """Tell why sign-ins failed, and raise the last of these errors."""
    for error in failed[:-1]:
        for line in [*str(error).split("\n"), ""]:
            user_io.tell(printable(line))
    for error in failed[-1:]:
        raise error


def _describe_sign_in(
    name: str, session: Session, keys: client_secrets.Keys, place: Path
) -> str:
    """Say what signing in would do, without asking a service or a person."""
    key = keys.flickr if name == "flickr" else keys.google
    if key is None:
        return f"would explain how to get the key that is not in {place} yet"
    account = session.account(name)
    if not account:
        return "would ask you to sign in; nobody is"
    return f"would ask you to sign in; {printable(account)} is, and stays known"


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
            with contain(name, UsageError):
                lines = import_service(name).status(settings, session)
        except SideError as error:
            yield Status(f"{name}: {error}", error.exit_code)
        else:
            for line in lines:
                yield Status(f"{name}: {line}", 0)


def sign_out(settings: Settings) -> Iterator[str]:
    """Withdraw and forget the sign-ins of the scope; yield a line about each.

    In a dry run nothing is withdrawn or forgotten.
    """
    session = Session(settings.home.config)
    for name in _select_services(settings, session.services()):
        if session.token(name) is None:
            yield f"{name}: nobody is signed in"
            continue
        account = session.account(name)
        if settings.test:
            yield f"{name}: {account} would be signed out"
            continue
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
