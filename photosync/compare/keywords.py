"""The keywords of an equal pair, merged three ways. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple

from photosync.media.details import fold_keyword, fold_keywords
from photosync.model import Details, DetailsMerge, KnownDetails

_LONGEST_KEYWORD = 250

_Change = tuple[tuple[str, ...], tuple[str, ...]]
"""Keywords to be added, and keywords to be removed."""

_Agreed = tuple[tuple[str, ...], tuple[str, ...]]
"""Keywords here, and keywords there."""


class Ways(NamedTuple):
    """Which way details go.

    What was changed here goes to the service where it `sends`, what was changed there
    comes home where it `brings`; where it `overrules`, changes there are written over.
    """

    sends: bool
    brings: bool
    overrules: bool


class MergedKeywords(NamedTuple):
    """What becomes of the keywords of both sides."""

    edit_here: _Change
    edit_there: _Change
    agreed: _Agreed | None
    is_left: bool = False


class _News(NamedTuple):
    """Keywords that one side added, and keywords that it removed, by their keys."""

    added: dict[str, str]
    removed: dict[str, str]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)

    @property
    def edit(self) -> _Change:
        return tuple(self.added.values()), tuple(self.removed.values())


class _Side(NamedTuple):
    """The keywords of one side by their keys, now and when both agreed."""

    now: Mapping[str, str]
    before: Mapping[str, str]

    def find_news(self, other: _Side) -> _News:
        """Return what this side added and removed, as far as the other one did not.

        What one side removed and the other one added stays: a keyword is somebody's work.
        """
        added: dict[str, str] = {}
        for key, text in self.now.items():
            is_new = key not in self.before
            if is_new and key not in other.now:
                added[key] = text
        removed: dict[str, str] = {}
        for key in self.before:
            is_gone = key not in self.now
            # What the other side got only since then is its own.
            is_still_there = key in other.before and key in other.now
            if is_gone and is_still_there:
                removed[key] = other.now[key]
        return _News(added, removed)

    def settle(self, waiting: _News, received: _News) -> tuple[str, ...]:
        """Return the keywords to be remembered of this side, once it has `received` the
        news of the other one.

        News that are `waiting` for another mode are left out, so that they stay news.
        """
        kept = {key: text for key, text in self.now.items() if key not in waiting.added}
        kept |= {key: self.before[key] for key in waiting.removed}
        kept |= received.added
        for key in received.removed:
            kept.pop(key, None)
        return tuple(kept.values())


_NO_NEWS = _News({}, {})


def merge_keywords(
    here: Details, there: Details, known: KnownDetails, ways: Ways, most: int
) -> MergedKeywords:
    """Return the edits that bring to each side what the other one added and removed.

    Nothing is removed as long as the memory does not know the photo. `most` is how many
    keywords the service takes.
    """
    before_here, before_there = known.keywords or ((), ())
    mine = _Side(fold_keywords(here.keywords), fold_keywords(before_here))
    theirs = _Side(fold_keywords(there.keywords), fold_keywords(before_there))
    sent = mine.find_news(theirs)
    brought = theirs.find_news(mine)
    if ways.overrules:
        # What was removed there comes back. What was added there does no harm.
        restored = {key: mine.now[key] for key in brought.removed}
        sent = _News(sent.added | restored, sent.removed)
        brought = _NO_NEWS
    waiting_here = _NO_NEWS
    waiting_there = _NO_NEWS
    if ways.sends or ways.overrules:
        sent = _fit(sent, theirs, most)
    else:
        waiting_here = sent
        sent = _NO_NEWS
    if not ways.brings:
        waiting_there = brought
        brought = _NO_NEWS
    agreed_here = mine.settle(waiting_here, brought)
    agreed_there = theirs.settle(waiting_there, sent)
    agreed = (agreed_here, agreed_there)
    is_left = bool(waiting_here or waiting_there)
    return MergedKeywords(brought.edit, sent.edit, agreed, is_left)


def _fit(sent: _News, theirs: _Side, most: int) -> _News:
    """Return the news that a service can take; the rest is kept here only."""
    room = most - len(theirs.now)
    fitting = find_fitting(sent.added.values(), room)
    return sent._replace(added=fold_keywords(fitting))


def find_fitting(keywords: Iterable[str], room: int) -> tuple[str, ...]:
    """Return the keywords that a service can take which has room for so many more."""
    # Cut by the service, a keyword that is too long would come back as another one.
    fitting = [text for text in keywords if len(text) <= _LONGEST_KEYWORD]
    different = tuple(fold_keywords(fitting).values())
    return different[: max(0, room)]


def respell(merge: DetailsMerge, written: Mapping[str, str]) -> DetailsMerge:
    """Return a merge whose keywords come home in the spelling that people gave them.

    `written` holds these spellings by the form in which the service lists a keyword. A
    service may fold keywords in another way than we do: a keyword that turns out to be
    on both sides is neither added nor removed here.
    """
    edit = merge.edit_here
    here = fold_keywords(merge.here.keywords)
    there = fold_keywords(written.values())
    added: list[str] = []
    for keyword in edit.added:
        spelt = written.get(keyword, keyword)
        if fold_keyword(spelt) not in here:
            added.append(spelt)
    removed: list[str] = []
    kept: list[str] = []
    for keyword in edit.removed:
        if fold_keyword(keyword) in there:
            kept.append(keyword)
        else:
            removed.append(keyword)
    agreed_here, agreed_there = merge.agreed.keywords or ((), ())
    agreed = [keyword for keyword in agreed_here if keyword not in edit.added]
    agreed += added
    agreed += kept
    edit = replace(edit, added=tuple(added), removed=tuple(removed))
    known = replace(merge.agreed, keywords=(tuple(agreed), agreed_there))
    return replace(merge, edit_here=edit, agreed=known)
