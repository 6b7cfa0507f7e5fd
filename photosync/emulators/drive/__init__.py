"""A strict local stand-in for the Google Drive v3 API and Google's OAuth endpoints."""

from photosync.emulators.clock import Clock
from photosync.emulators.drive.emulator import DriveEmulator
from photosync.emulators.drive.settings import ConsentSettings, Settings
from photosync.emulators.drive.web_user import WebUser
from photosync.emulators.traffic import Fault, Traffic

__all__ = [
    "Clock",
    "ConsentSettings",
    "DriveEmulator",
    "Fault",
    "Settings",
    "Traffic",
    "WebUser",
]
