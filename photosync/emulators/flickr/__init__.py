"""A strict local stand-in for the Flickr API, its sign-in and its file hosts."""

from photosync.emulators.clock import Clock
from photosync.emulators.flickr.emulator import FlickrEmulator
from photosync.emulators.flickr.readings import empty_reading, missing_reading
from photosync.emulators.flickr.settings import ConsentSettings, Settings
from photosync.emulators.flickr.web_user import WebUser
from photosync.emulators.traffic import Fault, Traffic

__all__ = [
    "Clock",
    "ConsentSettings",
    "Fault",
    "FlickrEmulator",
    "Settings",
    "Traffic",
    "WebUser",
    "empty_reading",
    "missing_reading",
]
