"""What the words of an option mean that name something of ours: a mode, a side, a rule.
Each raises UsageError for what it cannot be.

What they name is imported when there is a word: `--help` reads the table of options,
which names these functions, and has to be there at once.
"""

from __future__ import annotations

from photosync.config.converters import (
    ALL_MODES,
    IN_FORCE,
    MANY,
    choice,
    decimal,
    whole,
)
from photosync.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from photosync.media import Kind
    from photosync.model import Actions, Attributes, Comparisons, Limit, Side
    from photosync.titles import Substitution


MODES_ELSEWHERE: Mapping[str, str] = {
    "backup": "upload",
    "bisync": "sync",
    "check": "report",
    "copy": "upload",
    "diff": "report",
    "mirror": "syncUpload",
    "pull": "download",
    "push": "upload",
}
"""What rclone and others call it, and the mode that comes nearest."""


def mode(text: str) -> str:
    """Return the mode of this name or alias."""
    from photosync.modes import MODE_ALIASES, MODES

    folded = text.casefold()
    for alias, name in MODE_ALIASES.items():
        if alias.casefold() == folded:
            return name
    if folded in MODES_ELSEWHERE:
        allowed = ", ".join(MODES)
        meant = MODES_ELSEWHERE[folded]
        raise UsageError(f"{text!r} is not one of {allowed}; did you mean {meant}?")
    names = {name: name for name in MODES}
    return str(choice(text, names))


def shown_mode(text: str) -> str:
    """Return the mode that is to be shown: the one in force, one by name, or `all`."""
    if text in {IN_FORCE, ALL_MODES}:
        return text
    try:
        return mode(text)
    except UsageError as error:
        raise UsageError(f"{error} ({ALL_MODES} shows the tables)") from error


def attributes(text: str) -> Attributes:
    """Return the facts that a sum of 1, 2 and 4 stands for."""
    from photosync.model import Attributes

    return Attributes(whole(1, 7)(text))


def override(text: str) -> tuple[Comparisons, Actions]:
    """Return a comparison and the action that is to be taken about it."""
    from photosync.modes import Actions, Comparisons, possible

    name, equals, wanted = text.partition("=")
    if not equals:
        raise UsageError(f"{text!r} needs the form COMPARISON=ACTION")
    name = name.replace("-", "_")
    wanted = wanted.replace("-", "_")
    comparison: Comparisons = choice(name, Comparisons.__members__)
    action: Actions = choice(wanted, Actions.__members__)
    actions = possible(comparison)
    if action not in actions:
        allowed = ", ".join(sorted(actions))
        raise UsageError(
            f"{action} makes no sense for {comparison}; use one of {allowed}"
        )
    return comparison, action


def limit(text: str) -> Limit:
    """Return a number or a percentage of photos."""
    from photosync.model import Limit

    try:
        if text.endswith("%"):
            return Limit(percent=decimal(0, 100)(text[:-1]))
        return Limit(number=whole(0, MANY)(text), percent=None)
    except UsageError as error:
        raise UsageError(
            f"{text!r} is neither a whole number nor a percentage from 0% to 100%"
        ) from error


def sides(text: str) -> frozenset[Side]:
    """Return the sides on which photos may be deleted."""
    from photosync.model import Side

    words = {
        "neither": frozenset[Side](),
        "local": frozenset({Side.LOCAL}),
        "remote": frozenset({Side.REMOTE}),
        "both": frozenset(Side),
    }
    named: frozenset[Side] = choice(text, words)
    return named


def kind(text: str) -> Kind:
    """Return the kinds of files to be looked at."""
    from photosync.media import Kind

    words = {"photo": Kind.PHOTO, "video": Kind.VIDEO, "both": Kind.BOTH}
    named: Kind = choice(text, words)
    return named


def substitution(text: str) -> Substitution:
    """Return what `EXPRESSION|REPLACEMENT` stands for."""
    from photosync.titles import Substitution

    return Substitution.parse(text)


def templates(values: Iterable[str]) -> tuple[str, ...]:
    """Return the naming templates of an option; raises UsageError for an unusable one or
    none at all.
    """
    from photosync.titles import parse_templates

    given = tuple(values)
    if not given:
        raise UsageError("needs at least one template")
    return parse_templates(given)
