"""The directories of a TIFF structure, which is also the form of Exif data."""

import struct

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 9: 4, 10: 8, 13: 4}
_ORDERS = {b"II": "<", b"MM": ">"}

EXIF_DIRECTORY = 0x8769


class Tiff:
    """Reads directories out of the first bytes of a file; what lies beyond them is
    missing.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._order = _ORDERS.get(data[:2], "<")

    def first(self) -> dict[int, bytes]:
        """Give the values of the first directory by tag, still encoded."""
        return self.directory(self._number(self._data[4:8]))

    def directory(self, offset: int) -> dict[int, bytes]:
        count = self._number(self._data[offset : offset + 2])
        entries = {}
        for place in range(offset + 2, offset + 2 + 12 * count, 12):
            entry = self._data[place : place + 12]
            if len(entry) < 12:
                break
            entries[self._number(entry[:2])] = self._value(entry)
        return entries

    def nested(self, entries: dict[int, bytes], tag: int) -> dict[int, bytes]:
        """Give the directory that a tag points to, empty without the tag."""
        return self.directory(self._number(entries[tag][:4])) if tag in entries else {}

    def _value(self, entry: bytes) -> bytes:
        size = _SIZES.get(self._number(entry[2:4]), 1) * self._number(entry[4:8])
        if size <= 4:
            return entry[8 : 8 + size]
        offset = self._number(entry[8:12])
        return self._data[offset : offset + size]

    def _number(self, data: bytes) -> int:
        if len(data) not in {2, 4}:
            return 0
        return int(struct.unpack(self._order + {2: "H", 4: "I"}[len(data)], data)[0])


def text(value: bytes) -> str:
    """Decode an ASCII value."""
    return value.split(b"\0")[0].decode("ascii", "replace").strip()
