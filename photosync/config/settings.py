"""One frozen Settings, and what its values may be."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import MISSING, Field, dataclass, field, fields
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Any

from photosync.config.choices import templates
from photosync.config.converters import FOLDER_SCOPE, split_scope
from photosync.config.options import ALBUM_DESCRIPTION, OPTIONS, Option
from photosync.errors import UsageError
from photosync.filters import EXCLUDE, EXCLUDE_IN_TITLE, Filters
from photosync.media import Kind
from photosync.model import (
    Actions,
    Attributes,
    Comparisons,
    Limit,
    Side,
    Timetable,
)
from photosync.modes import MODES, Table, with_overrides
from photosync.titles import NamingRules, Substitution

__all__ = ["ALBUM_DESCRIPTION", "FOLDER_SCOPE", "Home", "Settings", "convert"]

_NOWHERE = Path("/nonexistent/photosync")
"""The home of whoever has none."""


@dataclass(frozen=True, slots=True)
class Home:
    """Where configuration and state are kept: one folder, or the usual ones of the
    system.
    """

    config: Path
    state: Path

    @classmethod
    def at(cls, folder: str | None) -> Home:
        """Return the home in a folder, or the usual one of the system."""
        try:
            if folder:
                path = Path(folder).expanduser().absolute()
                return cls(path, path)
            # Only who names no home asks where the system keeps such things.
            from platformdirs import (  # noqa: PLC0415
                user_config_path,
                user_state_path,
            )

            return cls(user_config_path("photosync"), user_state_path("photosync"))
        except RuntimeError:
            # A cron line without HOME, for a user who is in no list of users.
            return cls(_NOWHERE, _NOWHERE)


@dataclass(frozen=True, slots=True)
class Settings:
    """All that a run is told; `options` says what each field means.

    In Python they are given by name: `Settings(roots=("/photos",), scope=("drive",),
    mode="sync")`. Words, numbers and lists are read as in `config.toml`, and raise
    UsageError where they make no sense; the environment and `config.toml` itself count
    for the command line only.
    """

    home: Home = field(default_factory=lambda: Home.at(None))
    roots: tuple[str, ...] = ()
    scope: tuple[str, ...] = ()
    mode: str = "upload"
    test: bool = False
    fail_on_differences: bool = False
    copies: int | None = None
    plan_file: str | None = None
    apply_file: str | None = None
    review: bool = False
    report: tuple[str, ...] = ()
    attributes: Attributes = Attributes.DATE | Attributes.SIZE
    overrides: tuple[tuple[Comparisons, Actions], ...] = ()
    purge: bool = False
    deletedups: bool = False
    stateless: bool = False
    audit: bool = False
    audit_days: float = 7.0
    verify: float | None = None
    verify_days: float = 30.0
    accept: tuple[str, ...] = ()
    shrink: int | None = None
    shrink_quality: int = 90
    no_album_metadata: bool = False
    album_description: str = ALBUM_DESCRIPTION
    sidecars: bool = False
    untag: bool = False
    date_limit: str = ""
    skip_unsupported: bool = False
    owner: str | None = None
    history: str | None = None
    is_saved: str | None = None
    runs: bool = False
    last: bool = False
    undo: int | str | None = None
    exclude: tuple[str, ...] = EXCLUDE
    exclude_in_title: tuple[str, ...] = EXCLUDE_IN_TITLE
    skip: tuple[str, ...] = ()
    skipserver: tuple[str, ...] = ()
    format: Kind = Kind.PHOTO
    naming: tuple[str, ...] = ("{path}",)
    extract: Substitution | None = None
    replace: Substitution | None = None
    root_album: str | None = None
    explain_names: bool = False
    allow_delete: frozenset[Side] = field(default_factory=frozenset)
    max_delete: Limit = field(default_factory=Limit)
    no_trash: bool = False
    max_steps: int = 0
    wait: float = 0.0
    max_duration: float = 0.0
    max_calls: int = 0
    offline_wait: float = 300.0
    bwlimit: Timetable = ()
    transfers: int = 4
    modes: str | None = None
    verbose: bool = False
    quiet: bool = False
    log: str | None = None
    no_progress: bool = False
    as_json: bool = False
    drive_folder: str = "photosync"
    drive_url: str | None = None
    drive_quota: int = 325_000
    retry_wait: float = 1.0
    answer_within: float = 60.0
    drive_scope: str = "file"
    flickr_privacy: str = "private"
    flickr_url: str | None = None
    largest: bool = False
    demo: bool = False
    authorize: bool = False
    headless: bool = False
    check: bool = False
    sign_out: bool = False
    client_secrets: str | None = None

    def __post_init__(self) -> None:
        home: Any = self.home
        if not isinstance(home, Home):
            object.__setattr__(self, "home", Home.at(home))
        options = {option.field: option for option in OPTIONS}
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "home" or value == each.default:
                continue
            value = _read_value(options[each.name], value)
            if value is None:
                # It takes back, as `--no-skip` does on the command line.
                value = _find_default(each)
            object.__setattr__(self, each.name, value)
        self._check_together()

    def _check_together(self) -> None:
        """Raise UsageError for options that do not go with one another."""
        if self.plan_file and not self.test:
            raise UsageError("--plan goes with --test; --apply carries a plan out")
        if self.review and (self.plan_file or self.apply_file):
            raise UsageError(
                "--review plans anew; --plan and --apply do not go with it"
            )
        if self.verify is not None and self.stateless:
            raise UsageError(
                "--verify compares with what earlier runs remembered, which --stateless "
                "does without; give one of them"
            )
        if self.verbose and self.quiet:
            raise UsageError(
                "--verbose and --quiet contradict each other; give one of them"
            )

    def table(self, mode: str | None = None) -> Table:
        """Return the mode table in force, overrides included."""
        return with_overrides(MODES[mode or self.mode], dict(self.overrides))

    def check_roots(self) -> None:
        """Raise UsageError where no root is named: without one all seems deleted."""
        if not self.roots:
            raise UsageError(
                "-d/--directory: name at least one folder with photos; see --help"
            )

    def check_home(self) -> None:
        """Raise UsageError where nobody knows where memory and sign-ins are kept."""
        if self.home.state == _NOWHERE:
            raise UsageError(
                "there is no home folder, as HOME is not set or ~NAME is nobody's; name a "
                "folder for photosync's memory with --home DIR"
            )

    @property
    def services(self) -> tuple[str, ...]:
        """The places of the scope, each once."""
        return split_scope(self.scope)

    @property
    def root_paths(self) -> tuple[str, ...]:
        """The roots as absolute paths, links unresolved."""
        return tuple(os.path.abspath(root) for root in self.roots)  # noqa: PTH100

    @property
    def needs_fresh_listings(self) -> bool:
        """Whether what services hold must be read anew: a photo that a list lacks could
        go.
        """
        return (
            self.audit
            or self.deletedups
            or self.table()[Comparisons.LOCAL_ONLY] is Actions.DELETE_LOCAL
        )

    @property
    def filters(self) -> Filters:
        """What is left out, on both sides."""
        return Filters(
            self.exclude,
            self.exclude_in_title,
            self.skip,
            self.skipserver,
            self.format,
            self.date_limit,
        )

    @property
    def rules(self) -> NamingRules:
        """How folders become titles of albums, and these folders again."""
        return NamingRules(
            templates(self.naming), self.extract, self.replace, self.root_album
        )


def convert(option: Option, values: list[str], source: str) -> Any:
    """Return the typed value of an option; raises UsageError that names source and option."""
    assert option.convert is not None
    try:
        if option.field == "naming":
            templates(values)
        converted = [option.convert(value) for value in values]
    except UsageError as error:
        raise UsageError(f"{source}: {error}") from error
    return tuple(converted) if option.many else converted[-1]


def _find_default(each: Field[Any]) -> Any:
    """Return what a field of Settings is where nothing is said of it."""
    if each.default_factory is MISSING:
        return each.default
    return each.default_factory()


def _read_value(option: Option, value: Any) -> Any:
    """Return the value of an option as a caller in Python gave it: ready, or as words."""
    source = f"Settings: {option.field}"
    if value is None:
        return None
    if option.flag:
        if not isinstance(value, bool):
            raise UsageError(f"{source}: {value!r} is not True or False")
        return value
    if isinstance(value, bool):
        # True is 1 to Python: `shrink=True` made pictures of one pixel.
        return read_alone(option, source, is_on=value)
    if option.many:
        return tuple(_read_several(option, value, source))
    return _read_one(option, value, source)


def _read_one(option: Option, value: Any, source: str) -> Any:
    """Return a value as a caller in Python gave it: a word, or what words are read as."""
    if is_plain(value):
        return convert(option, [str(value)], source)
    if not isinstance(value, _READ):
        # A timedelta for seconds would fail amid a run.
        raise UsageError(f"{source}: {value!r} is not one word or number")
    return value


_READ = (tuple, AbstractSet, Enum, Limit, Substitution)
"""What words are read as, where they are not read as words or numbers."""


def _read_several(option: Option, value: Any, source: str) -> Iterator[Any]:
    """Yield the values of an option that takes several; one alone needs no list."""
    if is_plain(value):
        yield from convert(option, [str(value)], source)
        return
    # `overrides` may be a table as well: {Comparisons.CONFLICT: Actions.KEEP_BOTH}.
    several = value.items() if isinstance(value, Mapping) else value
    if isinstance(several, bytes) or not isinstance(several, Iterable):
        raise UsageError(f"{source}: {value!r} is not a list of words and numbers")
    if not several:
        yield from convert(option, [], source)
    for one in several:
        if is_plain(one):
            yield from convert(option, [str(one)], source)
        else:
            yield _read_one(option, one, source)


def read_alone(option: Option, source: str, *, is_on: bool) -> Any:
    """Return what an option means that stands alone: `verify = true` is `--verify`, and
    None takes it back. Raises UsageError where it needs a value.
    """
    if option.default is None:
        raise UsageError(f"{source}: {is_on!r} is not one word or number")
    return convert(option, [option.default], source) if is_on else None


def is_plain(value: object) -> bool:
    """Whether a value is one word, number or day, as they stand in config.toml, or the
    Path that a program in Python has.
    """
    is_word = isinstance(value, str | int | float | date | Path)
    return is_word and not isinstance(value, bool)
