"""Names of files: name -> file name and back, and when two names are one. Pure.

Titles and names are compared by `name_key`, their Unicode NFC form; what is stored is
never changed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set as AbstractSet

from photosync.errors import Rejected

TRASH = ".photosync-trash"
PART_PREFIX = ".photosync-part-"

_DEVICE = re.compile(r"(?:CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(?:\.|$)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f/]")
_IMPOSSIBLE = re.compile(r"[\x00/]")
# Only what we write ourselves is an escape: a control character or `/` anywhere, a name
# that is all dots, the first letter of a device name; and the `%` of what only looks
# like one of these. `My%20photo.jpg`, `%25.jpg` and `%41.jpg` stay as they are. What
# only some disks refuse, `a:b`, is `a%u003Ab` there: that nobody else writes, so it is
# an escape wherever it is read.
_CODES = r"(?:[01][0-9A-F]|7F|2F|u00(?:2[02AE]|3[ACEF]|5C|7C))"
_DEVICE_CODES = (
    r"(?:[46]3(?i:ON|OM[0-9])|[57]0(?i:RN)|[46]1(?i:UX)|[46]E(?i:UL)|[46]C(?i:PT[0-9]))"
)
_LAST_DOT = r"(?:\.|%u002E)"
_FIRST_CODES = rf"(?:2E{_LAST_DOT}?\Z|{_DEVICE_CODES}(?:{_LAST_DOT}|\Z))"
_LOOKS_ESCAPED = re.compile(
    rf"%(?=(?:25)*{_CODES})|^%(?=(?:25)*(?:{_FIRST_CODES}|25\Z))"
)
_ESCAPED = re.compile(rf"(?:{_LOOKS_ESCAPED.pattern})(?:u00)?([0-9A-F]{{2}})")
_DOUBTFUL = re.compile(r'[\x01-\x1f":<>?*|\\]|[. ]\Z')
# Stands for no name at all: `%` alone is no escape, so no other name is written as
# this.
_EMPTY = "%25"


def name_key(name: str) -> str:
    """Return the form in which names and titles are compared: Unicode NFC.

    A Mac writes "é" as two characters, most others as one.
    """
    return name if name.isascii() else unicodedata.normalize("NFC", name)


def read_title(text: str) -> str:
    """Return the title of an album as a service gives it, without the blanks around it.

    A phone writes one after the last word, and no folder here leads to such a title.
    """
    return text.strip() or text


def is_utf8(name: str) -> bool:
    """Whether a name is valid UTF-8."""
    try:
        name.encode()
    except UnicodeEncodeError:
        # An old disk holds names in Latin-1; Python reads them as half characters.
        return False
    return True


def describe_bad_name(service: str) -> str:
    """Return what is wrong with a name that is not valid UTF-8, which this service
    demands.
    """
    return f"{service} takes no name that is not valid UTF-8; rename it"


def check_utf8(service: str, *names: str) -> None:
    """Raise Rejected for a name that is no valid UTF-8, which this service demands."""
    if not all(map(is_utf8, names)):
        raise Rejected(describe_bad_name(service))


PhotoKey = tuple[str, str]
"""The comparison keys of an album's title and of a photo's name."""


def photo_key(album: str, name: str) -> PhotoKey:
    """Return where a photo is, in a form that can be compared."""
    return name_key(album), name_key(name)


STAND_IN = ".largest.jpg"
"""Ends the name of a picture that stands in for a withheld original."""


def stand_in(name: str) -> str:
    """Return the name for the best picture to be had of a withheld original.

    It is never taken for the original: the scan hides the original's name instead.
    """
    return name + STAND_IN


def _escape(text: str) -> str:
    """Write each byte of a text as `%XX`."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def posix_file_name(name: str) -> str:
    """Return the file name for a name that came from another disk.

    Only what is impossible on a disk is escaped.
    """
    if name in {"", ".", ".."}:
        return _escape(name[:1]) + name[1:] or _EMPTY
    escaped = _LOOKS_ESCAPED.sub("%25", name)
    return _IMPOSSIBLE.sub(lambda found: _escape(found[0]), escaped)


def safe_file_name(name: str) -> str:
    """Return the file name for a name or title typed on a service.

    It can never leave its folder: separators, control characters, `.`, `..` and the
    device names of Windows (`CON`) become `%XX`; `name_of_file` turns them back.
    """
    file = _CONTROL.sub(lambda found: _escape(found[0]), posix_file_name(name))
    return _escape(file[0]) + file[1:] if _DEVICE.match(file) else file


def find_doubtful(file: str) -> set[str]:
    """Return the characters of a file name that some disks refuse: FAT, exFAT, NTFS and
    shares of such disks take no `:`, and drop a dot at the end.
    """
    return set(_DOUBTFUL.findall(file))


def escape_refused(file: str, refused: AbstractSet[str]) -> str:
    """Return a file name without doubtful characters that a disk refuses."""
    return _DOUBTFUL.sub(lambda found: _escape_if(found[0], refused), file)


def _escape_if(character: str, refused: AbstractSet[str]) -> str:
    if character not in refused:
        return character
    if _CONTROL.match(character):
        return _escape(character)
    return f"%u{ord(character):04X}"


def fold_name(name: str) -> str:
    """Return the form in which names are compared that a disk without case holds."""
    return name_key(name_key(name).casefold())


def name_of_file(file: str) -> str:
    """Return the name that was written so, in any of the ways above."""
    if "%" not in file:
        return file
    if file == _EMPTY:
        return ""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), file)
