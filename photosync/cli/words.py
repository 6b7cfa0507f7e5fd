"""What is done about a photo, in the words of a person instead of the table's constants.

Names are as they are: whoever prints them spells out what would do something to a
terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from photosync.compare.reading import Reading
from photosync.config.settings import FOLDER_SCOPE
from photosync.formatting import count_nouns, locate_side, name_service
from photosync.model import (
    Actions,
    AlbumUpdate,
    Comparisons,
    EmptyTrash,
    Operation,
    Problem,
    Purge,
    Rename,
    Side,
    Step,
)
from photosync.plan.put_back import IN_BACKUP
from photosync.plan.restores import find_repair, remedy_of_damage

_A = Actions
_C = Comparisons

_VERB_WIDTH = 22
_HERE = "here"


class Phrase(NamedTuple):
    """What is done, and on which side: a mark that the eye finds, a verb, a place."""

    mark: str
    verb: str
    place: str = ""

    def __str__(self) -> str:
        return f"{self.verb} {self.place}".rstrip()

    @property
    def brief(self) -> str:
        """What is done, where the service stands beside it: `delete` or `delete here`."""
        return str(self) if self.place == _HERE else self.verb


_PHRASES: Mapping[Actions, Phrase] = {
    _A.UPLOAD_LOCAL: Phrase("+", "upload", "to {service}"),
    _A.DOWNLOAD_REMOTE: Phrase("+", "download", "from {service}"),
    _A.KEEP_BOTH: Phrase("+", "keep both"),
    _A.REPLACE_REMOTE_WITH_LOCAL: Phrase("~", "replace", "on {service}"),
    _A.UPDATE_REMOTE_METADATA: Phrase("~", "update", "on {service}"),
    _A.TAG_REMOTE: Phrase("~", "tag", "on {service}"),
    _A.MOVE_REMOTE: Phrase(">", "move", "on {service}"),
    _A.MOVE_LOCAL: Phrase(">", "move", _HERE),
    _A.DELETE_LOCAL: Phrase("-", "delete", _HERE),
    _A.DELETE_REMOTE: Phrase("-", "delete", "on {service}"),
    _A.UPDATE_LOCAL_METADATA: Phrase("~", "details", _HERE),
    _A.MERGE_METADATA: Phrase("~", "details", "on both sides"),
    _A.REPORT: Phrase("!", "left alone", "on {service}"),
}
_DETAILS_THERE = Phrase("~", "details", "on {service}")
_REPLACE_HERE = Phrase("~", "replace", _HERE)

# {them} and {are} are said of one photo or of many, {there} is `on Drive`.
_REASONS: Mapping[Comparisons, str] = {
    _C.SAME: "equal",
    _C.LOCAL_ONLY: "new here",
    _C.REMOTE_ONLY: "new {there}",
    _C.REMOTE_OLDER: "yours {are} newer",
    _C.REMOTE_NEWER: "newer {there}",
    _C.DIFFERENT: "different {there}",
    _C.UNKNOWN: "cannot be compared",
    # Edited on both sides, or two photos that never were one.
    _C.CONFLICT: "not the same here and {there}, and neither is just newer",
    _C.LOCAL_DELETED: "you deleted {them}",
    _C.REMOTE_DELETED: "deleted {there}",
    _C.LOCAL_MOVED: "you moved {them}",
    _C.REMOTE_MOVED: "moved {there}",
    _C.ROTTEN: "other bytes, though nobody changed {them}",
}
_FOLLOWED: Mapping[Comparisons, str] = {
    _C.LOCAL_ONLY: "new {there}",
    _C.REMOTE_OLDER: "newer {there}",
    _C.LOCAL_MOVED: "moved {there}",
    _C.LOCAL_DELETED: "deleted {there}",
}
"""What another service changed in the library first, which this one is told of."""

_DAMAGED: Mapping[frozenset[Side], str] = {
    frozenset({Side.LOCAL}): "damaged here, good {there}",
    frozenset({Side.REMOTE}): "damaged {there}, good here",
}
_NOT_NEW = frozenset({_A.REPORT, _A.TAG_REMOTE, _A.DELETE_LOCAL, _A.DELETE_REMOTE})
_ON_ONE_SIDE: Mapping[Comparisons, str] = {
    _C.LOCAL_ONLY: "only here",
    _C.REMOTE_ONLY: "only {there}",
}
"""What is not copied to the other side is not called new."""

_REMEDIES: Mapping[Comparisons, str] = {
    _C.LOCAL_ONLY: "-m upload sends {them}",
    _C.REMOTE_ONLY: "-m download brings {them}, -m sync both ways",
    _C.REMOTE_OLDER: "-m upload sends yours",
    _C.REMOTE_NEWER: "-m download brings {them}, -m sync both ways",
    _C.DIFFERENT: "-m download takes theirs, -m repairUpload sends yours",
    _C.UNKNOWN: (
        "-m repairUpload reads {them} there, or our own mark where the bytes are "
        "withheld, and takes for equal what is; -m syncUpload sends yours"
    ),
    _C.CONFLICT: "--override CONFLICT=KEEP_BOTH keeps both",
    _C.LOCAL_DELETED: (
        "-m sync --allowDelete remote deletes {them} there too, "
        "-m download brings {them} back"
    ),
    _C.REMOTE_DELETED: (
        "-m sync --allowDelete local "
        "deletes {them} here too, -m repairUpload sends {them} again"
    ),
    _C.LOCAL_MOVED: "-m sync moves {them} there too",
    _C.REMOTE_MOVED: "-m sync moves {them} here too",
}


_UNFIT_ELSEWHERE = "--skip leaves {them} out, another place (-p) may take {them}"
_UNFIT = f"{_UNFIT_ELSEWHERE}, --shrink sends smaller copies of pictures"

_DETAILS_REMEDY = "write on one of the two sides what the other has"

DONE_AS: Mapping[str, str] = {
    _A.UPLOAD_LOCAL: "uploaded",
    _A.REPLACE_REMOTE_WITH_LOCAL: "replaced",
    _A.DOWNLOAD_REMOTE: "downloaded",
    _A.UPDATE_REMOTE_METADATA: "updated",
    _A.TAG_REMOTE: "tagged",
    _A.MOVE_REMOTE: "moved",
    _A.MOVE_LOCAL: "moved here",
    _A.KEEP_BOTH: "both kept",
    _A.UPDATE_LOCAL_METADATA: "details updated here",
    _A.MERGE_METADATA: "details merged",
    _A.DELETE_REMOTE: "deleted",
    _A.DELETE_LOCAL: "deleted here",
}
"""What was done about photos, as summaries count it."""


def phrase_of(step: Step) -> Phrase:
    """Return what is done about a photo."""
    phrase = _PHRASES[step.action]
    if step.action is _A.DOWNLOAD_REMOTE and step.local is not None:
        phrase = _REPLACE_HERE
    if step.details and step.action is _A.UPDATE_REMOTE_METADATA:
        phrase = _DETAILS_THERE
    service = name_service(step.service)
    place = phrase.place.format(service=service)
    return phrase._replace(place=place)


def reason_of(step: Step, count: int = 1, *, there: str = "") -> str:
    """Return why something is done about a photo, or why nothing is; `count` photos are
    told of at once. `there` is said of the service where its name stands beside it.
    """
    is_equal = step.reason and step.comparison is _C.SAME
    in_backup = step.reason.startswith(IN_BACKUP)
    if step.details or is_equal or in_backup or step.is_duplicate:
        # The photo itself is equal, or nobody made it older or deleted it.
        return step.reason
    origin = _find_origin(step)
    if origin:
        return _fill(_FOLLOWED[step.comparison], count, locate_side(origin))
    reason = _REASONS[step.comparison]
    if step.comparison is _C.REMOTE_DELETED and step.action is _A.REPORT:
        # It may only have left its album.
        reason = "missing {there}"
    if step.comparison is _C.ROTTEN:
        reason = _DAMAGED.get(step.damaged, reason)
    if step.action in _NOT_NEW:
        reason = _ON_ONE_SIDE.get(step.comparison, reason)
    reasons = [_fill(reason, count, there or locate_side(step.service))]
    if step.reason:
        reasons.append(step.reason)
    return "; ".join(reasons)


def _find_origin(step: Step) -> str:
    """Return the service whose photo a step brings to another one, empty where it is
    about a photo of the library.
    """
    if step.waits_for is None or step.comparison not in _FOLLOWED:
        return ""
    # What belongs to a photo waits for it on the same service.
    origin = step.waits_for.service
    return "" if origin == step.service else origin


def describe_past(
    action: str, service: str, *, is_done: bool, of_details: bool = False
) -> str:
    """Return what the journal keeps of a step: `uploaded to Drive`, or `upload to Drive`
    where it was not done. Empty for what a newer photosync wrote.
    """
    phrases = {str(known): phrase for known, phrase in _PHRASES.items()}
    if action not in phrases:
        return ""
    phrase = phrases[action]
    if of_details and action == _A.UPDATE_REMOTE_METADATA:
        phrase = _DETAILS_THERE
        action = _DETAILS_THERE.verb
    verb = phrase.verb
    if is_done:
        verb = DONE_AS.get(action, verb)
    # "moved here" says its place already.
    if verb.endswith(f" {phrase.place}"):
        return verb
    # Names of folders may hold braces, so that what was filled in is not filled again.
    place = phrase.place.format(service=name_service(service))
    return f"{verb} {place}".rstrip()


def explain_past(comparison: str, service: str) -> str:
    """Return why the journal says that a step was done; empty where it does not know."""
    reasons = {str(known): reason for known, reason in _REASONS.items()}
    return _fill(reasons.get(comparison, ""), 1, locate_side(service))


def remedy_of(step: Step, count: int = 1) -> str:
    """Return what to type where `count` photos were left alone as this one was; empty
    where that was told.
    """
    if step.is_unfit:
        return remedy_of_unfit(step.service, count)
    if step.details is not None:
        return _DETAILS_REMEDY if step.action is _A.REPORT else ""
    # A reason of its own says what to do, as that a delete is not permitted.
    if step.action is not _A.REPORT or step.reason != "":
        return ""
    if step.comparison is _C.ROTTEN:
        return remedy_of_damage(find_repair(step.damaged), count)
    return _fill(_REMEDIES.get(step.comparison, ""), count)


def remedy_of_unfit(service: str, count: int) -> str:
    """Return what to type about photos of which a service takes no file like these."""
    is_folder = service.startswith(FOLDER_SCOPE)
    # A folder holds plain files, and so no smaller copies.
    return _fill(_UNFIT_ELSEWHERE if is_folder else _UNFIT, count)


def _fill(text: str, count: int, there: str = "") -> str:
    """Return a reason or a remedy as it is said of so many photos."""
    them, are = ("it", "is") if count == 1 else ("them", "are")
    return text.format(there=there, them=them, are=are)


def name_photo(step: Step) -> str:
    """Return which photo a step is about, and where a moved one goes."""
    target = f"{step.album}/{step.name}"
    if step.is_duplicate and step.remote:
        # There are several of this name.
        return f"{target} [id {step.remote.id}]"
    if step.origin is None:
        return target
    return f"{'/'.join(step.origin)} -> {target}"


def describe(operation: Operation) -> str:
    """Return one operation as the dry run shows it and as the run repeats it."""
    if isinstance(operation, Step):
        phrase = phrase_of(operation)
        subject = f"{name_photo(operation)}  ({reason_of(operation)})"
        return _align(phrase, subject)
    return _align(phrase_album(operation), operation.subject)


def describe_reading(place: str, reading: Reading) -> str:
    """Return how far a side is read, before anything is done."""
    name = "your folders" if place == Side.LOCAL else name_service(place)
    if not reading.albums:
        return f"Reading {name} ..."
    line = f"Reading {name}: {count_albums(reading.albums)}"
    if reading.due:
        done = f"{reading.verified:,}"
        due = count_photos(reading.due)
        line = f"{line}, {done} of {due} read again"
    return line


def describe_untag(service: str, photo: str) -> str:
    """Return which photo loses the mark that a TAG_REMOTE left."""
    return _align(Phrase("~", "untag", locate_side(service)), photo)


def describe_album(phrase: Phrase, album: str, amount: str) -> str:
    """Return what was done about many photos of one album."""
    return _align(phrase, f"{album}  ({amount})")


def _align(phrase: Phrase, subject: str) -> str:
    return f"{phrase.mark} {phrase!s:<{_VERB_WIDTH}} {subject}"


def phrase_album(operation: Rename | Purge | AlbumUpdate | EmptyTrash) -> Phrase:
    """Return what is done to an album or a trash as a whole."""
    service = name_service(operation.service)
    match operation:
        case Rename():
            return Phrase(">", "rename", f"on {service}")
        case Purge():
            return Phrase("-", "remove album", f"on {service}")
        case AlbumUpdate():
            return Phrase("~", "update album", f"on {service}")
        case EmptyTrash():
            where = locate_side(operation.service)
            return Phrase("-", "empty the trash", where)


def describe_problem(problem: Problem) -> str:
    """Return something the person should know of, in one line."""
    # "Drive: Drive is out of order" says it twice.
    is_named = problem.reason.startswith(f"{problem.subject} ")
    return problem.reason if is_named else str(problem)


def count_albums(count: int) -> str:
    """Return `1 album` or `1,200 albums`."""
    return count_nouns(count, "album")


def count_photos(count: int) -> str:
    """Return `1 photo` or `1,200 photos`."""
    return count_nouns(count, "photo")


def count_files(count: int) -> str:
    """Return `1 file` or `1,200 files`."""
    return count_nouns(count, "file")
