"""Uploads to Drive that have not come to their end, as they are kept between runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from photosync.services.persistence import Row


class SentContent(NamedTuple):
    """What tells the bytes of one upload from those of another.

    `size` and `modified_ns` are those of the local file. `copy_size` and `copy_md5` are
    those of the smaller copy that was sent of it, None where all of it was.
    """

    size: int
    modified_ns: int
    copy_size: int | None = None
    copy_md5: str | None = None


class Place(NamedTuple):
    """Where a new photo goes: the id of its folder, and its name."""

    parent: str
    name: str


@dataclass(frozen=True, slots=True)
class UnfinishedUpload:
    """One upload: the id of its file, what it sends, and where it has got to.

    `place` is that of a new photo. `replaced_version` is the version that a replace
    found there. `session` is the address at which a resumable upload goes on, empty
    until Drive has given one.
    """

    file_id: str
    content: SentContent
    place: Place | None = None
    replaced_version: str | None = None
    session: str = ""

    def is_same_upload(self, other: UnfinishedUpload) -> bool:
        """Whether both send the same bytes to the same file: one can go on as the
        other.
        """
        return replace(self, session="") == replace(other, session="")

    def with_session(self, address: str) -> Self:
        """Return the same upload, which goes on at this address."""
        return replace(self, session=address)

    # The keys are those of every home folder there is: another spelling would let an
    # upload that an earlier photosync began start again.

    @classmethod
    def from_json(cls, row: Row) -> Self | None:
        """Read an upload as `to_json` wrote it; None where something is missing."""
        try:
            return cls(
                file_id=_read_text(row, "id"),
                content=SentContent(
                    size=int(row["size"]),
                    modified_ns=int(row["modified_ns"]),
                    copy_size=row.get("sent_size"),
                    copy_md5=row.get("sent_md5"),
                ),
                place=_read_place(row),
                replaced_version=row.get("over"),
                session=str(row.get("session", "")),
            )
        except (KeyError, TypeError, ValueError):
            return None

    def to_json(self) -> Row:
        """Return the upload as JSON values, leaving out what it does not have."""
        row: dict[str, Any] = {
            "id": self.file_id,
            "size": self.content.size,
            "modified_ns": self.content.modified_ns,
            "sent_size": self.content.copy_size,
            "sent_md5": self.content.copy_md5,
            "over": self.replaced_version,
            "session": self.session or None,
        }
        if self.place:
            row |= {"parent": self.place.parent, "name": self.place.name}
        return {name: value for name, value in row.items() if value is not None}


def _read_place(row: Row) -> Place | None:
    if "parent" not in row:
        return None
    return Place(parent=_read_text(row, "parent"), name=_read_text(row, "name"))


def _read_text(row: Mapping[str, Any], name: str) -> str:
    text = row[name]
    if not isinstance(text, str):
        raise TypeError(name)
    return text
