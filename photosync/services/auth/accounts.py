"""Signing in and out, and asking who is signed in, for all services alike."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from photosync.config.settings import FOLDER_SCOPE, Settings
from photosync.errors import AuthorizationNeeded, SideError, UsageError
from photosync.services import service
from photosync.services.auth import client_secrets
from photosync.services.auth.session import Session, UserIO

SERVICES = ("flickr", "drive")


def authorize(settings: Settings, session: Session, user_io: UserIO) -> None:
    """Sign in to the services of the scope; raises AuthorizationNeeded when one does
    not work.
    """
    beside = Path(__file__).resolve().parents[3]
    folders = (settings.home.config, beside)
    found, place = client_secrets.load(settings.client_secrets, folders, os.environ)
    for name in _named(settings, SERVICES):
        account, token = service(name).sign_in(found, settings, user_io, str(place))
        session.store(name, account, token)
        user_io.tell(f"{name}: signed in as {account}")


def check(settings: Settings, session: Session) -> Iterator[tuple[str, int]]:
    """A line per fact about each service, each with the exit code it leads to."""
    if session.warning:
        yield session.warning, AuthorizationNeeded.exit_code
    for name in _named(settings, session.services() or SERVICES):
        try:
            for line in service(name).status(settings, session):
                yield f"{name}: {line}", 0
        except SideError as error:
            yield f"{name}: {error}", error.exit_code


def sign_out(settings: Settings, session: Session) -> Iterator[str]:
    """Withdraw and forget the sign-ins of the scope."""
    for name in _named(settings, session.services()):
        if session.token(name) is None:
            yield f"{name}: nobody is signed in"
            continue
        account = session.account(name)
        confirmed = service(name).sign_out(session)
        doubt = (
            ""
            if confirmed
            else "; the service did not confirm it, withdraw it there too"
        )
        yield f"{name}: {account} is signed out{doubt}"


def _named(settings: Settings, default: tuple[str, ...] | list[str]) -> list[str]:
    folders = [name for name in settings.services if name.startswith(FOLDER_SCOPE)]
    if folders:
        raise UsageError(f"-p {folders[0]}: a folder needs no signing in")
    return list(settings.services or default)
