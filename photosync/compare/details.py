"""Who changed which detail of an equal pair, field by field. Pure.

Each side is compared with what it had itself when both last agreed. So what a service
makes of a text (other blanks, a keyword in small letters) is no edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import NamedTuple

from photosync.compare.keywords import MergedKeywords, Ways, merge_keywords
from photosync.media.details import is_same_text
from photosync.model import (
    KEYWORDS,
    TEXT_FIELDS,
    Actions,
    Comparisons,
    Details,
    DetailsEdit,
    DetailsMerge,
    KnownDetails,
    TextField,
)
from photosync.modes import Table

SOME_SIDECAR = "|"
"""What the state of the files of a photo contains where one of them is a sidecar."""


class Text(Enum):
    """What became of a text on one side since both agreed on it.

    EMPTY and SET: they never agreed on it.
    """

    KEPT = auto()
    CHANGED = auto()
    EMPTY = auto()
    SET = auto()


class Verdict(Enum):
    """What is to be done about a text of two sides."""

    AGREED = auto()
    SEND = auto()
    BRING = auto()
    DISPUTED = auto()


VERDICTS: Mapping[tuple[Text, Text], Verdict] = {
    # Flickr took out half of the HTML, which is how it has it since.
    (Text.KEPT, Text.KEPT): Verdict.AGREED,
    # A title was corrected in digiKam, or taken away there.
    (Text.CHANGED, Text.KEPT): Verdict.SEND,
    # Somebody wrote a line about it on the phone.
    (Text.KEPT, Text.CHANGED): Verdict.BRING,
    # Both at once: a person has to say which is right.
    (Text.CHANGED, Text.CHANGED): Verdict.DISPUTED,
    # The first run with --sidecars: what only one side has, both get.
    (Text.SET, Text.EMPTY): Verdict.SEND,
    (Text.EMPTY, Text.SET): Verdict.BRING,
    # The photo got a title there long ago, and another one here: nobody knows which is
    # the later one.
    (Text.SET, Text.SET): Verdict.DISPUTED,
    (Text.EMPTY, Text.EMPTY): Verdict.AGREED,
}
"""The verdicts on texts that differ; texts that say the same are always AGREED."""


@dataclass(frozen=True, slots=True)
class DetailsRules:
    """Which way details go, and which of them a service can hold.

    `settles` is what is done about a text that both sides changed; `fields` are those
    that the service has, and `most_keywords` is how many keywords it takes.
    """

    ways: Ways
    settles: Verdict
    fields: AbstractSet[str]
    most_keywords: int

    @property
    def texts(self) -> AbstractSet[str]:
        """The fields that are texts."""
        return self.fields - {KEYWORDS}

    @classmethod
    def from_table(
        cls, table: Table, fields: AbstractSet[str], most_keywords: int
    ) -> DetailsRules:
        """Return the rules of a mode: details go the way that edited photos do."""
        edited_there = table[Comparisons.REMOTE_NEWER]
        edited_here = table[Comparisons.REMOTE_OLDER]
        settling = {
            Actions.REPLACE_REMOTE_WITH_LOCAL: Verdict.SEND,
            Actions.DOWNLOAD_REMOTE: Verdict.BRING,
        }
        ways = Ways(
            sends=edited_here is Actions.REPLACE_REMOTE_WITH_LOCAL,
            brings=edited_there is Actions.DOWNLOAD_REMOTE,
            overrules=edited_there is Actions.REPLACE_REMOTE_WITH_LOCAL,
        )
        return cls(
            ways=ways,
            settles=settling.get(table[Comparisons.CONFLICT], Verdict.DISPUTED),
            fields=fields,
            most_keywords=most_keywords,
        )


def merge_details(
    here: Details, there: Details, known: KnownDetails, rules: DetailsRules
) -> DetailsMerge:
    """Return what is to be written on either side, and what both agree on afterwards."""
    texts: list[_Judged] = []
    for field in TEXT_FIELDS:
        if field in rules.fields:
            judged = _judge_text(field, here, there, known, rules)
            texts.append(judged)
    keywords = MergedKeywords(((), ()), ((), ()), known.keywords)
    if KEYWORDS in rules.fields:
        most = rules.most_keywords
        keywords = merge_keywords(here, there, known, rules.ways, most)
    merge = DetailsMerge(here=here, there=there, agreed=known)
    merge = _merge(merge, texts, keywords)
    state = _find_state(merge, known)
    agreed_texts = tuple(_find_agreed(texts, known))
    agreed = KnownDetails(known.photo_id, state, agreed_texts, keywords.agreed)
    return replace(merge, agreed=agreed)


def _merge(
    merge: DetailsMerge, texts: Sequence[_Judged], keywords: MergedKeywords
) -> DetailsMerge:
    """Return a merge with the edits of both sides, and what is left to a person."""
    sent: list[tuple[TextField, str]] = []
    brought: list[tuple[TextField, str]] = []
    disputed: list[str] = []
    left: list[str] = []
    for text in texts:
        if text.is_left:
            left.append(text.field)
        elif text.verdict is Verdict.SEND:
            sent.append((text.field, text.here))
        elif text.verdict is Verdict.BRING:
            brought.append((text.field, text.there))
        elif text.verdict is Verdict.DISPUTED:
            disputed.append(text.field)
    if keywords.is_left:
        left.append(KEYWORDS)
    return replace(
        merge,
        edit_here=DetailsEdit(tuple(brought), *keywords.edit_here),
        edit_there=DetailsEdit(tuple(sent), *keywords.edit_there),
        disputed=tuple(disputed),
        left=tuple(left),
    )


def _find_state(merge: DetailsMerge, known: KnownDetails) -> str:
    """Return the state of the files here with which their details are known, and need
    not be read again.

    Details that are written here, or that stay in dispute, are read again.
    """
    if merge.edit_here:
        return SOME_SIDECAR
    if merge.disputed or merge.left:
        return SOME_SIDECAR if SOME_SIDECAR in known.state else ""
    return known.state


def is_as_known(there: Details, known: KnownDetails, rules: DetailsRules) -> bool:
    """Whether the details of a photo there are those that both sides agreed on."""
    known_there = {field: text for field, _, text in known.texts}
    for field in TEXT_FIELDS:
        if field not in rules.texts:
            continue
        if known_there.get(field) != there.get_text(field):
            return False
    if KEYWORDS not in rules.fields:
        return True
    if known.keywords is None:
        return False
    _, keywords_there = known.keywords
    return set(there.keywords) == set(keywords_there)


# -- texts
# -------------------------------------------------------------------------------------


class _Judged(NamedTuple):
    """A text on both sides, and what is done about it.

    `is_left`: this mode does nothing about it, another mode would.
    """

    field: TextField
    here: str
    there: str
    verdict: Verdict
    is_left: bool = False


def _judge_text(
    field: TextField,
    here: Details,
    there: Details,
    known: KnownDetails,
    rules: DetailsRules,
) -> _Judged:
    text_here = here.get_text(field)
    text_there = there.get_text(field)
    judged = _Judged(field, text_here, text_there, Verdict.AGREED)
    if is_same_text(field, text_here, text_there):
        return judged
    verdict = judge_text(field, text_here, text_there, known)
    if field == "position" and here.placed_by_camera:
        # The camera wrote the position into the file. Whether Flickr reads it there is a
        # setting of its owner. Where somebody put the photo on the map, that counts.
        is_moved = _is_moved_there(verdict, text_there)
        verdict = Verdict.BRING if is_moved else Verdict.AGREED
    if verdict is Verdict.DISPUTED:
        verdict = rules.settles
    if verdict is Verdict.BRING and rules.ways.overrules:
        # repairUpload makes the service as it is here, but takes no text away there that
        # this side never had.
        is_new = not text_here and known.find_texts(field) is None
        verdict = Verdict.BRING if is_new else Verdict.SEND
    if _may_go(verdict, rules.ways):
        return judged._replace(verdict=verdict)
    return judged._replace(verdict=Verdict.DISPUTED, is_left=True)


def _may_go(verdict: Verdict, ways: Ways) -> bool:
    """Whether the mode lets a text go the way that a verdict says."""
    if verdict is Verdict.SEND:
        return ways.sends or ways.overrules
    if verdict is Verdict.BRING:
        return ways.brings
    return True


def _is_moved_there(verdict: Verdict, there: str) -> bool:
    return there != "" and verdict in {Verdict.BRING, Verdict.DISPUTED}


def judge_text(field: TextField, here: str, there: str, known: KnownDetails) -> Verdict:
    """Return what is to be done about a text, by the table of verdicts."""
    agreed = known.find_texts(field)
    if is_same_text(field, here, there):
        return Verdict.AGREED
    if agreed is None:
        return VERDICTS[_name_first(here), _name_first(there)]
    before_here, before_there = agreed
    return VERDICTS[
        _name_change(field, before_here, here),
        _name_change(field, before_there, there),
    ]


def _name_first(text: str) -> Text:
    """Name a text that the sides never agreed on."""
    return Text.SET if text else Text.EMPTY


def _name_change(field: TextField, before: str, now: str) -> Text:
    is_same = is_same_text(field, before, now)
    return Text.KEPT if is_same else Text.CHANGED


def _find_agreed(
    texts: Sequence[_Judged], known: KnownDetails
) -> Iterable[tuple[TextField, str, str]]:
    """Yield each text as both sides have it once all is written.

    What stays in dispute is agreed on as before, and so is a field that the service does
    not show at the moment, as Flickr does the position of a public photo: whoever takes
    it off the map meanwhile does not want it back once the photo is private again.
    """
    judged = {text.field for text in texts}
    for field, here, there in known.texts:
        if field not in judged:
            yield field, here, there
    for text in texts:
        agreed = known.find_texts(text.field)
        if text.verdict is Verdict.AGREED:
            yield text.field, text.here, text.there
        elif text.verdict is Verdict.SEND:
            yield text.field, text.here, text.here
        elif text.verdict is Verdict.BRING:
            yield text.field, text.there, text.there
        elif agreed is not None:
            yield text.field, *agreed
