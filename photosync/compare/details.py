"""What becomes of the details of an equal pair: who changed what, field by field. Pure.

Each side is compared with what it told itself when both last agreed, so that what a
service makes of a text (other blanks, a keyword in small letters) is no edit.
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
"""The state of files here of which a sidecar is one."""


class Text(Enum):
    """What became of a text on one side since both agreed on it; EMPTY and SET where
    they never did.
    """

    KEPT = auto()
    CHANGED = auto()
    EMPTY = auto()
    SET = auto()


class Verdict(Enum):
    """What two sides make of a text."""

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
    # Both at once: whose is right a person has to say.
    (Text.CHANGED, Text.CHANGED): Verdict.DISPUTED,
    # The first run with --sidecars: what only one side tells, both will.
    (Text.SET, Text.EMPTY): Verdict.SEND,
    (Text.EMPTY, Text.SET): Verdict.BRING,
    # Named there long ago, and here as well: nobody knows which came later.
    (Text.SET, Text.SET): Verdict.DISPUTED,
    (Text.EMPTY, Text.EMPTY): Verdict.AGREED,
}
"""Of texts that differ; those that say the same are always agreed on."""


@dataclass(frozen=True, slots=True)
class DetailsRules:
    """Which way details go, and what a service can hold of them.

    `settles` is what is done about a text that both sides changed; `fields` are those
    that the service has, and `most_keywords` how many of these.
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
    """Return what is to be written on either side, and what is known afterwards."""
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
    agreed = KnownDetails(
        known.photo_id,
        _find_state(merge, known),
        tuple(_find_agreed(texts, known)),
        keywords.agreed,
    )
    return replace(merge, agreed=agreed)


def _merge(
    merge: DetailsMerge, texts: Sequence[_Judged], keywords: MergedKeywords
) -> DetailsMerge:
    """Return a merge with what is to be written on either side, or left for a person."""
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
    """Return the state of the files here from which what is known can be told again.

    What is written here, and what stays in dispute, is to be read again.
    """
    if merge.edit_here:
        return SOME_SIDECAR
    if merge.disputed or merge.left:
        return SOME_SIDECAR if SOME_SIDECAR in known.state else ""
    return known.state


def is_as_known(there: Details, known: KnownDetails, rules: DetailsRules) -> bool:
    """Whether a service tells of a photo just what it told when all was agreed on."""
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
    """A text on both sides, and what is done about it; with `is_left` the mode leaves
    it to another one.
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
        # Whether Flickr reads that from the file its owner says there. What somebody
        # put on the map there is worth more.
        is_moved = _is_moved_there(verdict, text_there)
        verdict = Verdict.BRING if is_moved else Verdict.AGREED
    if verdict is Verdict.DISPUTED:
        verdict = rules.settles
    if verdict is Verdict.BRING and rules.ways.overrules:
        # repairUpload makes the service as it is here, but takes nothing away there
        # that this side never told.
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
    """Return what two sides make of a text, as the table of verdicts tells."""
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
    return Text.SET if text else Text.EMPTY


def _name_change(field: TextField, before: str, now: str) -> Text:
    return Text.KEPT if is_same_text(field, before, now) else Text.CHANGED


def _find_agreed(
    texts: Sequence[_Judged], known: KnownDetails
) -> Iterable[tuple[TextField, str, str]]:
    """Yield what both sides tell of each text once all is written.

    What stays in dispute is as agreed on as before, and so is what the service has no
    field for today: whoever takes a position off the map while everybody sees the photo
    does not want it there again afterwards.
    """
    judged = {text.field for text in texts}
    for before in known.texts:
        if before[0] not in judged:
            yield before
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
