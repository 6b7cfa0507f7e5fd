"""Options that a run is given and that change nothing in it: somebody expects something
that will not happen.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence

from photosync.config.options import OPTIONS
from photosync.config.settings import Settings
from photosync.model import Actions, Side

_WAITING = frozenset({Actions.SILENT, Actions.REPORT})
_SENDING = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})
_FETCHING = frozenset({Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH})
_DOING = frozenset(Actions) - _WAITING

_NEEDED_ACTIONS: Mapping[str, Collection[Actions]] = {
    "shrink": _SENDING,
    "shrink_quality": _SENDING,
    "flickr_privacy": _SENDING,
    "largest": _FETCHING,
    "purge": _DOING,
    "deletedups": _DOING,
    "no_trash": _DOING,
    "max_steps": _DOING,
    "max_calls": _DOING,
    "wait": _DOING,
}
"""What the mode has to do so that an option has an effect, by its field."""

_NEEDED_SERVICES: Mapping[str, Collection[str]] = {
    "owner": ("flickr", "drive"),
    "drive_folder": ("drive",),
    "flickr_privacy": ("flickr",),
    "largest": ("flickr",),
    "client_secrets": ("flickr", "drive"),
    "drive_scope": ("drive",),
    "sidecars": ("flickr", "drive"),
    # A folder has no place for it.
    "album_description": ("flickr", "drive"),
}
"""Which of these services an option is about, by its field."""

_NEEDED_OPTIONS: Mapping[str, Sequence[str]] = {
    "shrink_quality": ("shrink",),
    "verify_days": ("verify",),
    # On a NAS the page of a review is opened elsewhere, too.
    "headless": ("authorize", "review"),
}
"""Of which options one is needed so that another one says anything, by their fields."""

_UNDONE_BY: Mapping[str, str] = {
    "album_description": "no_album_metadata",
    # Without memory everything is listed anew in each run.
    "audit_days": "stateless",
}
"""The option beside which another one says nothing, by the fields of both."""


_KEYS = {option.field: f"--{option.key}" for option in OPTIONS}


def find_idle_options(settings: Settings, given: Collection[str]) -> str:
    """Return one line about the options that were given and have no effect in this
    mode or with these places; empty where all have one.

    `given` are the fields of the command line: what config.toml says is for all runs.
    """
    idle: dict[str, list[str]] = {}
    for option in OPTIONS:
        if option.field not in given:
            continue
        why = _find_why_idle(settings, option.field)
        if why:
            idle.setdefault(why, []).append(_KEYS[option.field])
    sentences = [_describe(keys, why) for why, keys in idle.items()]
    return "; ".join(sentences)


def _find_why_idle(settings: Settings, field: str) -> str:
    """Return why an option has no effect, empty where it has one."""
    if _is_idle(settings, field):
        return f"with -m {settings.mode}"
    if _is_about_others(settings, field):
        return f"with -p {','.join(settings.services)}"
    needed = _NEEDED_OPTIONS.get(field, ())
    if needed and not any(_is_on(settings, one) for one in needed):
        keys = [_KEYS[one] for one in needed]
        return f"without {' or '.join(keys)}"
    stronger = _UNDONE_BY.get(field)
    if stronger and _is_on(settings, stronger):
        return f"with {_KEYS[stronger]}"
    return ""


def _is_on(settings: Settings, field: str) -> bool:
    value = getattr(settings, field)
    # `--verify` alone is 0: what is due.
    return value is not None and value is not False


def _describe(idle: Collection[str], why: str) -> str:
    verb = "has" if len(idle) == 1 else "have"
    return f"{', '.join(idle)} {verb} no effect {why}"


def _is_about_others(settings: Settings, field: str) -> bool:
    """Whether an option is about services that this run does not go to."""
    needed = _NEEDED_SERVICES.get(field)
    # Without -p a run goes to those that somebody signed in to.
    if needed is None or not settings.services:
        return False
    is_asked_for = bool(getattr(settings, field))
    return is_asked_for and set(needed).isdisjoint(settings.services)


def _is_idle(settings: Settings, field: str) -> bool:
    """Whether the mode does nothing that an option is about."""
    # `--no-purge` asks for nothing.
    if not getattr(settings, field):
        return False
    if field in _OWN_RULES:
        return _OWN_RULES[field](settings)
    needed = _NEEDED_ACTIONS.get(field)
    return needed is not None and not _does_any(settings, needed)


def _does_any(settings: Settings, actions: Collection[Actions]) -> bool:
    return any(action in actions for action in settings.table().values())


def _deletes_nothing(settings: Settings) -> bool:
    """Whether nothing is deleted on the sides where it is allowed."""
    if (settings.purge or settings.deletedups) and _does_any(settings, _DOING):
        return False
    allowed: set[Actions] = set()
    if Side.LOCAL in settings.allow_delete:
        allowed.add(Actions.DELETE_LOCAL)
    if Side.REMOTE in settings.allow_delete:
        allowed.add(Actions.DELETE_REMOTE)
    return not _does_any(settings, allowed)


def _never_deletes(settings: Settings) -> bool:
    """Whether a run deletes nothing on any side, however much is allowed."""
    deletes = {Actions.DELETE_LOCAL, Actions.DELETE_REMOTE}
    return not settings.deletedups and not _does_any(settings, deletes)


def _looks_at_no_difference(settings: Settings) -> bool:
    """Whether a run is to make the sides equal, so that none is a failure."""
    return not settings.test and settings.mode != "report"


_OWN_RULES: Mapping[str, Callable[[Settings], bool]] = {
    "allow_delete": _deletes_nothing,
    "max_delete": _never_deletes,
    "fail_on_differences": _looks_at_no_difference,
}
