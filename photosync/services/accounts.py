"""Signing in and out, and asking who is signed in, for all services alike."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from typing import NamedTuple

from photosync.config.settings import FOLDER_SCOPE, Settings
from photosync.disk.private import is_readable_by_others, make_private_folder
from photosync.errors import AuthorizationNeeded, PhotosyncError, SideError, UsageError
from photosync.formatting import name_service, printable
from photosync.model import Wait
from photosync.services import import_service
from photosync.services.auth import client_secrets
from photosync.services.auth.session import Session, UserIO
from photosync.services.network import Network
from photosync.services.standing import Fact
from photosync.unforeseen import contain

SERVICES = ("flickr", "drive")


_NETWORK_PATIENCE = 20.0
_ANSWER_SECONDS = 15.0
_LONGEST_SECONDS = 30.0
"""So long a check waits for a network, for one answer, and in all."""


class Status(NamedTuple):
    """What a check found of one service, or of the sign-ins as such: then `service` is
    empty.

    `problem` says what is wrong and what to do, empty where all is well; `exit_code` is
    what it leads to.
    """

    service: str = ""
    account: str = ""
    facts: Sequence[Fact] = ()
    problem: str = ""
    exit_code: int = 0


def authorize(settings: Settings, user_io: UserIO) -> None:
    """Sign in to the services of the scope, by default to all, and keep the tokens.

    `user_io` is told the address to open, and asked for what is to be pasted. Raises
    AuthorizationNeeded where a sign-in fails, and SetupNeeded where a client id or key
    is missing. In a dry run it only tells what it would do.
    """
    session = Session(settings.home.config)
    keys, place = _load_keys(settings)
    names = _select_services(settings, SERVICES)
    if settings.test:
        for name in names:
            text = _describe_sign_in(name, session, keys, place)
            user_io.tell(f"{name_service(name)}: {text}")
        return
    # A person is told to put a file there. What can be made nowhere is told on storing.
    with suppress(OSError):
        make_private_folder(settings.home.config)
    # Before a person goes to a browser: a key may be wrong.
    refused = _find_refused(names, keys, settings, str(place))
    # Without a key for Flickr one can still sign in to Drive.
    usable = [name for name in names if name not in refused]
    if not usable:
        _raise_all(list(refused.values()), user_io)
    _show_all(refused.values(), user_io)
    failed: dict[str, PhotosyncError] = {}
    for name in usable:
        with _noting(name, failed):
            service = import_service(name)
            account, token = service.sign_in(keys, settings, user_io, str(place))
            session.store(name, account, token)
            user_io.tell(f"{name_service(name)}: signed in as {printable(account)}")
    _raise_all(list(failed.values()), user_io)
    if refused:
        services = " and ".join(map(name_service, refused))
        raise AuthorizationNeeded(f"not signed in to {services}, as told above")


def _load_keys(settings: Settings) -> tuple[client_secrets.Keys, Path]:
    """Return the keys of this program, and the file they are read from."""
    # Next to the program, where a checkout of it keeps its example.
    beside = Path(__file__).resolve().parents[2]
    folders = (settings.home.config, beside)
    return client_secrets.load(settings.client_secrets, folders, os.environ)


def _find_refused(
    names: Iterable[str], keys: client_secrets.Keys, settings: Settings, place: str
) -> dict[str, PhotosyncError]:
    """Return the services whose keys are missing or refused, and why."""
    refused: dict[str, PhotosyncError] = {}
    for name in names:
        with _noting(name, refused):
            import_service(name).check_keys(keys, settings, place)
    return refused


@contextmanager
def _noting(name: str, failed: dict[str, PhotosyncError]) -> Iterator[None]:
    """Note why a service fails, and go on with the others."""
    try:
        yield
    except (UsageError, SideError) as error:
        failed[name] = error


def _raise_all(failed: Sequence[PhotosyncError], user_io: UserIO) -> None:
    """Tell why sign-ins failed, and raise the last of these errors."""
    _show_all(failed[:-1], user_io)
    for error in failed[-1:]:
        raise error


def _show_all(errors: Iterable[PhotosyncError], user_io: UserIO) -> None:
    for error in errors:
        for line in [*str(error).split("\n"), ""]:
            user_io.tell(printable(line))


def _describe_sign_in(
    name: str, session: Session, keys: client_secrets.Keys, place: Path
) -> str:
    """Say what signing in would do, without asking a service or a person."""
    key = keys.flickr if name == "flickr" else keys.google
    if name in keys.problems:
        return f"would not go on: {keys.problems[name]}"
    if key is None:
        return f"would explain how to get the key that is not in {place} yet"
    account = session.account(name)
    if not account:
        return "would ask you to sign in; nobody is"
    return f"would ask you to sign in; {printable(account)} is, and stays known"


def check(settings: Settings) -> Iterator[Status]:
    """Ask each service of the scope who is signed in, and what is left there.

    All are asked at once, each in a thread of its own, for half a minute at most. A
    folder of the scope needs no asking.
    """
    try:
        session = Session(settings.home.config)
    except UsageError as error:
        yield Status(problem=str(error), exit_code=1)
        return
    if session.warning:
        yield Status(problem=session.warning, exit_code=AuthorizationNeeded.exit_code)
    if is_readable_by_others(session.path):
        path = session.path
        problem = f"{path} can be read by others; run: chmod 600 {path}"
        yield Status(problem=problem, exit_code=1)
    names = settings.services or session.services() or SERVICES
    asked = [name for name in names if not name.startswith(FOLDER_SCOPE)]
    yield from _Inquiry(settings, session).ask(asked)


class _Inquiry:
    """Asks several services at once. One that is mute, or out of order, neither hides
    what the others say nor keeps anybody waiting for long.
    """

    def __init__(self, settings: Settings, session: Session) -> None:
        patience = min(_ANSWER_SECONDS, settings.answer_within)
        self._settings = replace(settings, answer_within=patience)
        self._session = session
        self._network = Network(_NETWORK_PATIENCE, self._note_wait)
        self._found: dict[str, Status] = {}
        self._waits: dict[str, str] = {}

    def ask(self, names: Sequence[str]) -> Iterator[Status]:
        """Yield what each service says, in the order of their names here."""
        ends = time.monotonic() + _LONGEST_SECONDS
        threads: dict[str, Thread] = {}
        for name in names:
            # What hangs all the same must not keep the program from ending.
            threads[name] = Thread(target=self._ask_one, args=(name,), daemon=True)
            threads[name].start()
        for name, thread in threads.items():
            thread.join(max(0.0, ends - time.monotonic()))
            yield self._found.get(name) or self._describe_silence(name)

    def _note_wait(self, wait: Wait) -> None:
        self._waits[wait.service] = wait.reason

    def _ask_one(self, name: str) -> None:
        try:
            with contain(name, PhotosyncError):
                service = import_service(name)
                standing = service.status(self._settings, self._session, self._network)
        except PhotosyncError as error:
            code = error.exit_code
            self._found[name] = Status(name, problem=str(error), exit_code=code)
        else:
            self._found[name] = Status(name, standing.account, standing.facts)

    def _describe_silence(self, name: str) -> Status:
        # The calls of an hour may be used up, which half a minute does not cure.
        reason = self._waits.get(name, "no answer yet")
        problem = f"{reason}; asked for {_LONGEST_SECONDS:.0f} s, run it again later"
        return Status(name, problem=problem, exit_code=1)


def sign_out(settings: Settings) -> Iterator[str]:
    """Withdraw and forget the sign-ins of the scope; yield a line about each.

    In a dry run nothing is withdrawn or forgotten.
    """
    session = Session(settings.home.config)
    names = _select_services(settings, session.services())
    if not names:
        yield "nobody is signed in"
    for name in names:
        if session.token(name) is None:
            yield f"{name_service(name)}: nobody is signed in"
            continue
        account = session.account(name)
        if settings.test:
            yield f"{name_service(name)}: {account} would be signed out"
            continue
        line = f"{name_service(name)}: {account} is signed out"
        page = import_service(name).sign_out(session)
        if page:
            line += f" here; withdraw the permission there, too: {page}"
        yield line


def _select_services(
    settings: Settings, default: tuple[str, ...] | list[str]
) -> list[str]:
    folders = [name for name in settings.services if name.startswith(FOLDER_SCOPE)]
    if folders:
        raise UsageError(f"-p {folders[0]}: a folder needs no signing in")
    return list(settings.services or default)
