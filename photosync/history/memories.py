"""What earlier runs noted in the state file, for all services of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial

from photosync.compare.hashes import Baselines, NoBaselines
from photosync.errors import StateUnusable
from photosync.history.identity.scope import Scope
from photosync.history.identity.sides import Sides
from photosync.history.journal.pace import find_pace
from photosync.history.pending.notifications import StoredNotifications
from photosync.history.pending.owed_albums import StoredOwedAlbums
from photosync.history.pending.refused_files import StoredRefusals
from photosync.history.pending.unfinished_uploads import StoredUploads
from photosync.history.storage.database import Database
from photosync.history.sync_state.baseline import StoredBaselines
from photosync.history.sync_state.census import StoredCensus
from photosync.history.sync_state.details import StoredDetails
from photosync.history.sync_state.file_cache import FileCache
from photosync.history.sync_state.last_looks import StoredLooks
from photosync.history.sync_state.listing_cache import (
    NoListingCache,
    StoredListingCache,
)
from photosync.history.sync_state.verifications import StoredVerifications
from photosync.model import AlbumUpdate, Census, Problem, RefusedFile, RemotePhoto
from photosync.services.base import Backend


def hash_rules(*settings: object) -> str:
    """Return what tells one set of rules and filters from another.

    Photos are counted under them, so other rules make another count.
    """
    text = repr(settings).encode(errors="backslashreplace")
    return hashlib.sha256(text).hexdigest()[:16]


class Memories:
    """What is remembered of one library.

    Without a database it is what a first run knows: nothing. `files` is the cache of
    what was read of local files, None without a database. Raises StateUnusable.
    """

    def __init__(
        self,
        database: Database | None,
        roots: Sequence[str],
        rules_hash: str,
        *,
        audit_days: float = 7.0,
    ) -> None:
        self._database = database
        self._roots = roots
        self.rules_hash = rules_hash
        self._audit_days = audit_days
        self._loss = ""
        self.files = FileCache(database, self._note_loss) if database else None
        self._sides = Sides(database, roots) if database else None

    def look_anew(self) -> None:
        """Forget which roots and services were met: all are met once more, and may be
        others by now.
        """
        if self._database is not None:
            self._sides = Sides(self._database, self._roots)

    def meet(self, backend: Backend) -> None:
        """Let a backend use what earlier runs noted of its account.

        Raises StateUnusable: without it what was deleted would come back.
        """
        if self._sides:
            scope = self._sides.meet(backend)
            backend.use_uploads(StoredUploads(scope, self._note_loss))
            backend.use_agreed(partial(self._find_agreed, StoredBaselines(scope)))
        backend.use_cache(self._listing_cache(backend.name))

    def _find_agreed(
        self, baselines: StoredBaselines, photo_id: str
    ) -> Sequence[RemotePhoto]:
        try:
            return [known.remote for known in baselines.find_by_ids([photo_id])]
        except StateUnusable as error:
            # The photo itself is read.
            self._note_loss(error)
            return ()

    @property
    def _scopes(self) -> Mapping[str, Scope]:
        return self._sides.scopes if self._sides else {}

    def is_known(self, service: str) -> bool:
        """Whether anything was ever agreed on with what is, or was, at that place."""
        return bool(self._sides and self._sides.is_known(service))

    @property
    def notices(self) -> list[Problem]:
        """What the person should know of the roots and folders that were met."""
        return self._sides.notices if self._sides else []

    @property
    def others(self) -> frozenset[str]:
        """The folders that are at the place of another one."""
        return self._sides.others if self._sides else frozenset()

    @property
    def newcomers(self) -> frozenset[str]:
        """The folders that are at the place of another one, whose disk is not away."""
        return self._sides.newcomers if self._sides else frozenset()

    def find_absent(self, mounts: Sequence[str], *, accepted: bool) -> Sequence[str]:
        """Return the folders of the library whose disk is away; `mounts` are those that
        a disk is mounted at.
        """
        if self._sides is None:
            return ()
        return self._sides.find_absent(mounts, accepted=accepted)

    @property
    def unseen_roots(self) -> tuple[str, ...]:
        """The roots of this library that the run does not name."""
        return self._sides.library.unseen if self._sides else ()

    def find_baselines(self, service: str) -> Baselines:
        """Return what was agreed on with a service."""
        scope = self._scopes.get(service)
        return StoredBaselines(scope) if scope else NoBaselines()

    def find_refused(self, service: str) -> Mapping[str, RefusedFile]:
        """Return the files that a service refused for their kind or size, by path."""
        scope = self._scopes.get(service)
        try:
            return StoredRefusals(scope).find() if scope else {}
        except StateUnusable as error:
            # They are sent once more.
            self._note_loss(error)
            return {}

    def find_details(self, service: str) -> StoredDetails | None:
        """Return what is agreed on of details with a service, None without a memory."""
        scope = self._scopes.get(service)
        return StoredDetails(scope) if scope else None

    def find_verifications(self, service: str) -> StoredVerifications | None:
        """Return when photos of a service were read again, None without a memory."""
        scope = self._scopes.get(service)
        return StoredVerifications(scope) if scope else None

    def find_looks(self, service: str) -> StoredLooks | None:
        """Return what tells when a service was last compared, None without a memory."""
        scope = self._scopes.get(service)
        return StoredLooks(scope, self.rules_hash) if scope else None

    def find_pace(self, service: str) -> float | None:
        """Return how many bytes in a second the last long run moved to or from a
        service; None where nobody knows.
        """
        return find_pace(self._scopes.get(service))

    def find_known_names(self, album: str) -> dict[str, str]:
        """Return the names that photos of an album have there, by the paths of their
        files.

        A photo has one name for all services; the first to know it tells.
        """
        known: dict[str, str] = {}
        for scope in self._scopes.values():
            known = StoredBaselines(scope).names(album) | known
        return known

    @property
    def notifications(self) -> StoredNotifications | None:
        """What the person was told of already; None where nothing is remembered."""
        if self._database is None:
            return None
        return StoredNotifications(self._database, self._scopes, self.rules_hash)

    def _listing_cache(self, service: str) -> StoredListingCache | NoListingCache:
        scope = self._scopes.get(service)
        if scope is None:
            return NoListingCache()
        return StoredListingCache(scope, self._note_loss, audit_days=self._audit_days)

    def find_owed(self) -> Sequence[AlbumUpdate]:
        """Return the albums that earlier runs changed and did not bring up to date."""
        if self._database is None:
            return ()
        return list(StoredOwedAlbums(self._database, self._scopes).find())

    def read_census(self) -> Mapping[str, Census]:
        """Return the census of roots and services as the last run left it.

        Of a folder at the place of another one it is that of the other: its disk may
        not be mounted. Photos on a disk inside a root that is away are not counted.
        """
        stored = self._open_census(former=True)
        if stored is None or self._sides is None:
            return {}
        census = stored.read(self._roots)
        for root, photos in self._sides.count_absent().items():
            if root in census:
                left = max(census[root].photos - photos, 0)
                census[root] = census[root]._replace(photos=left)
        return census

    def _open_census(self, *, former: bool = False) -> StoredCensus | None:
        if self._database is None or self._sides is None:
            return None
        return StoredCensus(
            self._database,
            self._sides.library.key,
            self._sides.find_numbers(former=former),
            self.rules_hash,
        )

    def _note_loss(self, error: StateUnusable) -> None:
        self._loss = self._loss or str(error)
