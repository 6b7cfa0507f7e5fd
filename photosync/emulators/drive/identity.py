"""Who makes a call: an account, through an OAuth client, with the scopes it has
granted.
"""

from dataclasses import dataclass

from photosync.emulators.drive.database import Row

_PREFIX = "https://www.googleapis.com/auth/"
DRIVE = _PREFIX + "drive"
DRIVE_FILE = _PREFIX + "drive.file"
DRIVE_APPDATA = _PREFIX + "drive.appdata"
DRIVE_READONLY = _PREFIX + "drive.readonly"

READING = frozenset({DRIVE, DRIVE_FILE, DRIVE_APPDATA, DRIVE_READONLY})
WRITING = frozenset({DRIVE, DRIVE_FILE, DRIVE_APPDATA})
KNOWN_SCOPES = READING | {
    "openid",
    "email",
    "profile",
    _PREFIX + "userinfo.email",
    _PREFIX + "userinfo.profile",
}


def in_shared_drive(row: Row) -> bool:
    return '"driveId"' in row["extras"]


@dataclass(frozen=True)
class Identity:
    """A caller; `all_drives` says that the call has ``supportsAllDrives``."""

    account: str
    client: str
    scopes: frozenset[str]
    all_drives: bool = False

    @property
    def sees_everything(self) -> bool:
        return not self.scopes.isdisjoint({DRIVE, DRIVE_READONLY})

    def sees(self, row: Row) -> bool:
        """Tell whether a file exists at all for this caller."""
        if row["account"] != self.account or (
            in_shared_drive(row) and not self.all_drives
        ):
            return False
        if row["space"] == "appDataFolder":
            return DRIVE_APPDATA in self.scopes and (
                row["is_root"] or self.authorized(row)
            )
        return self.sees_everything or (
            DRIVE_FILE in self.scopes and self.authorized(row)
        )

    def authorized(self, row: Row) -> bool:
        """Tell whether the file was made by, or opened with, this client."""
        return f" {self.client} " in row["apps"]
