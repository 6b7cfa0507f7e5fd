"""photosync: keep photo albums in folders equal with albums in other places."""

__version__ = "0.1.0"
