"""What all parts of the emulated service share."""

from dataclasses import dataclass

from photosync.emulators.blobs import BlobStore
from photosync.emulators.clock import Clock
from photosync.emulators.database import Database
from photosync.emulators.flickr.settings import Settings


@dataclass(frozen=True)
class State:
    database: Database
    blobs: BlobStore
    settings: Settings
    clock: Clock

    def now(self) -> int:
        """Give the time in the resolution of the service, whole seconds since the
        epoch.
        """
        return int(self.clock.now())
