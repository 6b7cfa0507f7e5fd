"""Survey -> plan -> execute -> remember: the way of the data, and the Python API."""

from photosync.sync.photosync import PhotoSync

__all__ = ["PhotoSync"]
