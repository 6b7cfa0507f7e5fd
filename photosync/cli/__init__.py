"""The command line: all that prints."""

from photosync.cli.app import main

__all__ = ["main"]
