"""The remote sides. `connect` makes those that the scope names.

A service's module is imported when it is named: its libraries are large.

- What a side is: it tells (`reading`) and does (`base`) what it can (`capabilities`), takes
  what it takes (`costs`), and keeps what it may (`persistence`). There are `drive`, `flickr`
  and `folder`, known by its `folder_identity`.
- Signing in: `auth`, `accounts` for all services alike, and what each tells of it
  (`standing`).
- One call: `http` tries it as often as it may, within `quotas`, in a session of `web` over
  the `lines` of the `network`. `answers`, `headers` and `bodies` are what comes back, at
  what `pace`; `silence` and `unreachable` what it means that nothing does, and `trouble`
  that nothing good does.
- What services have in common: questions asked `ahead`, listings that fail `alone`, bytes
  on their way home (`fetching`), `dates` and `descriptions` of albums.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

from photosync.config.settings import FOLDER_SCOPE, Settings
from photosync.disk.names import find_overlap
from photosync.errors import (
    AuthorizationNeeded,
    PhotosyncError,
    Rejected,
    Unforeseen,
    UsageError,
)
from photosync.formatting import name_service
from photosync.model import OnWait, Problem, ignore_wait
from photosync.modes import Actions
from photosync.services.network import Network
from photosync.unforeseen import contain

if TYPE_CHECKING:
    from photosync.services.auth.client_secrets import Keys
    from photosync.services.auth.session import Session, UserIO
    from photosync.services.base import Backend
    from photosync.services.folder.backend import FolderBackend
    from photosync.services.standing import Standing

_WRITES_REMOTE = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})


class Service(Protocol):
    """What the module of a service that one signs in to offers."""

    def check_keys(self, keys: Keys, settings: Settings, place: str) -> None:
        """Ask the service whether it takes the keys, before a person is asked for
        anything.

        `place` is the file of the keys, to be named where one is missing. Raises
        UsageError for a key that is missing, and SideError for one that is refused.
        """

    def sign_in(
        self, keys: Keys, settings: Settings, user_io: UserIO, place: str
    ) -> tuple[str, dict[str, Any]]:
        """Ask for access; returns the account's name and the token to store."""

    def connect(
        self, settings: Settings, session: Session, network: Network | None = None
    ) -> Backend:
        """Make the backend of the account in use.

        Raises AuthorizationNeeded when there is none.
        """

    def status(
        self, settings: Settings, session: Session, network: Network | None = None
    ) -> Standing:
        """Ask who is signed in and what is left; raises SideError."""

    def sign_out(self, session: Session) -> str:
        """Forget the token; returns the page on which the person withdraws it, empty
        where the service did.
        """


def import_service(name: str) -> Service:
    """Import the module of the service of this name."""
    if name == "flickr":
        from photosync.services import flickr  # noqa: PLC0415 - large libraries

        return flickr
    from photosync.services import drive  # noqa: PLC0415 - large libraries

    return drive


def find_places(settings: Settings, session: Session) -> tuple[str, ...]:
    """Return the services and disks of the scope, by default all services signed in
    to.
    """
    return settings.services or tuple(session.services())


def connect(
    settings: Settings,
    session: Session,
    unopened: dict[str, Problem],
    network: Network | None = None,
) -> list[Backend]:
    """Make the backends of the scope, by default of all services signed in to; all
    share a network.

    One that fails for a reason that nobody foresaw, or a folder that cannot be told
    from others, becomes a problem in `unopened`, by its name. Raises UsageError for one
    that cannot serve beside the roots, and AuthorizationNeeded when nobody is signed in.
    """
    names = find_places(settings, session)
    if not names:
        raise AuthorizationNeeded(
            session.warning
            or "where to? Sign in with photosync -a, or name a folder with -p folder:/mnt/backup"
        )
    folders = _open_folders(settings, names)
    network = network or make_network(settings)
    backends: list[Backend] = []
    for name in names:
        try:
            with contain(name, PhotosyncError):
                if name in folders:
                    backend = _open_folder(folders[name])
                else:
                    service = import_service(name)
                    backend = service.connect(settings, session, network)
        except (Unforeseen, Rejected) as error:
            unopened[name] = Problem(name_service(name), str(error))
        else:
            backends.append(backend)
    return backends


def _open_folder(folder: FolderBackend) -> Backend:
    folder.check_readable()
    return folder


def make_network(settings: Settings, on_wait: OnWait = ignore_wait) -> Network:
    """Return what the services of a run share, which begins now."""
    until = time.monotonic() + (settings.max_duration or math.inf)
    return Network(settings.offline_wait, on_wait, until=until)


def check_capabilities(settings: Settings, backend: Backend) -> None:
    """Raise UsageError where the settings ask of a service what it cannot do."""
    name = name_service(backend.name)
    if settings.shrink and not backend.capabilities.keeps_metadata:
        raise UsageError(
            f"--shrink: {name} holds plain files, which cannot tell a smaller copy "
            "from the original; leave --shrink out"
        )
    is_tagging = Actions.TAG_REMOTE in settings.table().values()
    if is_tagging and not backend.capabilities.tags:
        raise UsageError(f"--override: {name} keeps no tags; leave TAG_REMOTE out")


def _open_folders(settings: Settings, names: Sequence[str]) -> dict[str, FolderBackend]:
    from photosync.services.folder.backend import FolderBackend  # noqa: PLC0415 - as the others

    writes = not _WRITES_REMOTE.isdisjoint(settings.table().values())
    folders = {
        name: FolderBackend(
            name.removeprefix(FOLDER_SCOPE), keep_trash=not settings.no_trash
        )
        for name in names
        if name.startswith(FOLDER_SCOPE)
    }
    for folder in folders.values():
        folder.check(settings.roots)
        # Beside others memory is asked whether its disk is away.
        if len(names) == 1:
            folder.check_there(writes=writes)
    overlap = find_overlap([folder.root for folder in folders.values()])
    if overlap:
        inner, outer = overlap
        raise UsageError(
            f"-p: {inner} and {outer} lie inside one another; choose another"
        )
    return folders
