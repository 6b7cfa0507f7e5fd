"""Where settings come from: defaults < config.toml < environment < command line."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from photosync.config.converters import suggest
from photosync.config.options import OPTIONS, Option
from photosync.config.settings import (
    Home,
    Settings,
    convert,
    is_plain,
    read_alone,
)
from photosync.disk.silence import asking
from photosync.errors import UsageError

_ENVIRONMENT = "PHOTOSYNC_"
_OTHER_VARIABLES = frozenset(
    {
        "PHOTOSYNC_HOME",
        "PHOTOSYNC_PYTHON",
        "PHOTOSYNC_FLICKR_KEY",
        "PHOTOSYNC_FLICKR_SECRET",
        "PHOTOSYNC_GOOGLE_CLIENT_ID",
        "PHOTOSYNC_GOOGLE_CLIENT_SECRET",
    }
)


def load(
    given: Mapping[str, Any], environment: Mapping[str, str] = os.environ
) -> Settings:
    """Merge what the command line gave, by field, with environment, config.toml and
    defaults.

    A field that was given as None is taken back: it is what it is by default. Raises
    UsageError naming the source, the key and the remedy.
    """
    home = Home.at(given.get("home") or environment.get("PHOTOSYNC_HOME"))
    merged: dict[str, Any] = {}
    with asking(str(home.config)):
        _overlay(merged, _read_config(home.config / "config.toml"))
    _overlay(merged, _read_environment(environment))
    _overlay(merged, given)
    kept = {name: value for name, value in merged.items() if value is not None}
    kept.pop("home", None)
    return Settings(home, **kept)


_CONTRARIES = {"verbose": "quiet", "quiet": "verbose"}
"""Switches of which one takes the other back where a later source gives it."""


def _overlay(merged: dict[str, Any], source: Mapping[str, Any]) -> None:
    """Let a source win over those before it: `-v` also where config.toml says `quiet`."""
    for name, contrary in _CONTRARIES.items():
        if source.get(name):
            merged.pop(contrary, None)
    merged.update(source)


def find_unknown_variables() -> list[str]:
    """Return what is to be said of variables that look like ours and are not."""
    known = {_variable_of(option) for option in OPTIONS} | _OTHER_VARIABLES
    warnings: list[str] = []
    for name in sorted(os.environ):
        if name.startswith(_ENVIRONMENT) and name not in known:
            hint = suggest(name, known)
            warnings.append(
                f"{name} in the environment is no setting and is ignored{hint}"
            )
    return warnings


def _variable_of(option: Option) -> str:
    return _ENVIRONMENT + option.key.upper().replace("-", "_")


def _read_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for option in OPTIONS:
        name = _variable_of(option)
        text = environment.get(name)
        # A variable that is set to nothing counts as not set, as in most programs.
        if not text or option.field == "home":
            continue
        _check_standing(option, name)
        if option.flag:
            found[option.field] = _read_switch(name, text)
        elif option.default is not None and text.lower() in _WORDS:
            alone = _WORDS[text.lower()]
            found[option.field] = read_alone(option, name, is_on=alone)
        else:
            words = _split_words(name, option, text)
            found[option.field] = convert(option, words, name)
    return found


_WORDS = {"true": True, "yes": True, "false": False, "no": False}
"""What switches an option that may stand alone: `1` could be a number meant for it."""


def _split_words(name: str, option: Option, text: str) -> list[str]:
    if not option.many:
        return [text]
    try:
        return shlex.split(text)
    except ValueError as error:
        raise UsageError(f"{name}: {error}; quote it as for a shell") from error


def _read_switch(name: str, text: str) -> bool:
    word = text.lower()
    if word in {"1", "true", "yes"}:
        return True
    if word in {"0", "false", "no"}:
        return False
    raise UsageError(f"{name}: {text!r} is not one of 1, 0, true, false, yes, no")


def _read_config(path: Path) -> dict[str, Any]:
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return {}
    except NotADirectoryError as error:
        raise UsageError(
            f"--home {path.parent}: not a folder; name another --home"
        ) from error
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        # A pipe or a device: to take it for an empty file would change all settings.
        raise UsageError(f"{path}: cannot be read (it is no ordinary file)")
    # Most people have no config.toml.
    from photosync.disk.named import read_named  # noqa: PLC0415

    try:
        text = read_named(path)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror})") from error
    content = _parse_toml(path, text)
    _check_spellings(path, content)
    return dict(_read_entry(path, name, value) for name, value in content.items())


def _parse_toml(path: Path, text: bytes) -> dict[str, Any]:
    import tomllib  # noqa: PLC0415

    try:
        return tomllib.loads(text.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}") from error
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{path}: not valid TOML: a number of far too many digits, or a list of far "
            "too many brackets"
        ) from error


def _check_spellings(path: Path, names: Iterable[str]) -> None:
    """Raise UsageError for `max-delete` beside `max_delete`: which of them counts?"""
    spellings: dict[str, str] = {}
    for name in names:
        first = spellings.setdefault(_fold(name), name)
        if first != name:
            raise UsageError(
                f"{path}: {first!r} and {name!r} are one key; leave one of them out"
            )


def _read_entry(path: Path, name: str, value: object) -> tuple[str, Any]:
    """Return the field of Settings that a line of config.toml fills, and its value."""
    option = _find_option(path, name)
    source = f"{path}: {name}"
    _check_standing(option, source)
    if option.flag:
        if not isinstance(value, bool):
            raise UsageError(f"{source}: {value!r} is not true or false")
        return option.field, value
    if option.default is not None and isinstance(value, bool):
        return option.field, read_alone(option, source, is_on=value)
    words = _read_words(option, value, source)
    return option.field, convert(option, words, source)


def _check_standing(option: Option, source: str) -> None:
    """Raise UsageError for a command in the place of a setting."""
    if option.is_command:
        # `undo` would take back each night what the night before has done.
        raise UsageError(
            f"{source}: no setting, as it would stand in the place of every run; give "
            f"--{option.key} on the command line when you want it"
        )


def _read_words(option: Option, value: object, source: str) -> list[str]:
    """Return what stands in config.toml as the words of a command line."""
    several = value if isinstance(value, list) and option.many else [value]
    if not all(is_plain(one) for one in several):
        kind = "a list of words and numbers" if option.many else "one word or number"
        raise UsageError(f"{source}: {value!r} is not {kind}")
    return [str(one) for one in several]


def _find_option(path: Path, name: str) -> Option:
    """Return the option that a key stands for; raises UsageError for none."""
    keys: list[str] = []
    for option in OPTIONS:
        if option.field == "home":
            # It says where this very file lies.
            continue
        if _fold(option.key) == _fold(name):
            return option
        keys.append(option.key)
    raise UsageError(f"{path}: unknown key {name!r}{suggest(name, keys)}")


def _fold(name: str) -> str:
    return name.replace("-", "").replace("_", "").casefold()
