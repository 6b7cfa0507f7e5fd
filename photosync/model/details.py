"""The details of a photo: what people write about it, here in its sidecar and there on
the page of a service.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

TextField = Literal["title", "description", "position"]

TEXT_FIELDS: Final[tuple[TextField, ...]] = ("title", "description", "position")
KEYWORDS: Final = "keywords"


@dataclass(frozen=True, slots=True)
class Details:
    """What one side tells of a photo; empty is what it does not tell.

    `position` is latitude and longitude in degrees, divided by a blank; north and east
    are positive. `placed_by_camera`: nobody wrote it, it stands in the photo itself.
    """

    title: str = ""
    description: str = ""
    position: str = ""
    keywords: tuple[str, ...] = ()
    placed_by_camera: bool = False

    def __bool__(self) -> bool:
        return bool(self.title or self.description or self.position or self.keywords)

    def get_text(self, field: TextField) -> str:
        """Return the text of a field."""
        texts = {
            "title": self.title,
            "description": self.description,
            "position": self.position,
        }
        return texts[field]


NO_DETAILS: Final = Details()


class AskedDetails(NamedTuple):
    """What a service tells when it is asked for one photo alone.

    `written` are the keywords as they were written, by the form in which listings tell
    them.
    """

    details: Details
    written: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class DetailsEdit:
    """What is to be written about a photo on one side.

    `texts` are new texts, each with its field, an empty one to take the old away;
    `added` and `removed` are keywords.
    """

    texts: tuple[tuple[TextField, str], ...] = ()
    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.added or self.removed)

    @property
    def takes_away(self) -> bool:
        """Whether a text goes without another in its place, or keywords do."""
        loses_text = any(not text for _, text in self.texts)
        return loses_text or bool(self.removed and not self.added)

    @property
    def keyword_count(self) -> int:
        """How many keywords come or go."""
        return len(self.added) + len(self.removed)


@dataclass(frozen=True, slots=True)
class KnownDetails:
    """What each side told of a photo when both were last agreed on.

    `photo_id` is the service's own; `state` tells of the files here that were read for
    it, empty where they are to be read again. `texts` holds field, text here and text
    there, and only fields that are agreed on; `keywords` those here and those there,
    None where they never were.
    """

    photo_id: str
    state: str = ""
    texts: tuple[tuple[TextField, str, str], ...] = ()
    keywords: tuple[tuple[str, ...], tuple[str, ...]] | None = None

    def find_texts(self, field: TextField) -> tuple[str, str] | None:
        """Return what was agreed on of a field, here and there; None if nothing was."""
        for name, here, there in self.texts:
            if name == field:
                return here, there
        return None


@dataclass(frozen=True, slots=True)
class DetailsMerge:
    """What is to become of the details of a photo.

    `here` and `there` are what each side tells now, `edit_here` and `edit_there` what
    is to be written; `disputed` names the fields that were changed on both sides, and
    `left` those that the mode leaves as they are. `agreed` is what is known once it is
    done.
    """

    here: Details
    there: Details
    agreed: KnownDetails
    edit_here: DetailsEdit = DetailsEdit()
    edit_there: DetailsEdit = DetailsEdit()
    disputed: tuple[str, ...] = ()
    left: tuple[str, ...] = ()

    @property
    def has_work(self) -> bool:
        """Whether something is to be written."""
        return bool(self.edit_here or self.edit_there)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be written or told."""
        return not (self.has_work or self.disputed or self.left)
