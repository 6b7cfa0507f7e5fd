"""Every option as data: the command line, `config.toml` and the environment read this
one table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from photosync.config import converters
from photosync.model import ACCEPTABLE, Attributes
from photosync.naming import Substitution

ALBUM_DESCRIPTION = "synced from {folder} by photosync"
"""What stands under an album by default."""

_PIXELS = 2048


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `key` is its long name and its name in `config.toml`.

    `field` is the attribute of Settings it fills, `many` says that it takes a list,
    `flag` that it takes no value, `hidden` that the command line does not have it;
    `default` is the value of an option that stands alone.
    """

    group: str
    key: str
    field: str
    help: str
    short: str = ""
    metavar: str = ""
    convert: Callable[[str], Any] | None = None
    many: bool = False
    flag: bool = False
    alias: str = ""
    hidden: bool = False
    default: str | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.short, f"--{self.key}", self.alias)))


WHERE, SIGN_IN, WHAT, NAMES, HOW, SAFETY, SHOW = (
    "where",
    "signing in",
    "what is looked at",
    "album names",
    "what is done",
    "safety and pace",
    "what you see",
)

OPTIONS: tuple[Option, ...] = (
    Option(
        WHERE,
        "directory",
        "roots",
        "your photo folders; the first receives albums that exist only remotely",
        "-d",
        "DIR",
        converters.path,
        many=True,
    ),
    Option(
        WHERE,
        "scope",
        "scope",
        "where to: flickr (or 1), drive (2), both (0), folder:PATH, or several joined by commas; "
        "default: the services you are signed in to",
        "-p",
        "WHERE",
        converters.scope,
        many=True,
    ),
    Option(
        WHERE,
        "owner",
        "owner",
        "look at the Flickr albums of another user, or at the Drive folder "
        "that somebody shares with you; nothing is written there unless permitted",
        "-o",
        "USER",
        converters.name_given,
    ),
    Option(
        WHERE,
        "home",
        "home",
        "one folder for configuration, keys, tokens and memory (also PHOTOSYNC_HOME); "
        "default: the usual folders of your system",
        "",
        "DIR",
        converters.path,
    ),
    Option(
        WHERE,
        "drive-folder",
        "drive_folder",
        "the folder on Google Drive that holds the albums (default photosync)",
        "",
        "NAME",
        converters.name_given,
    ),
    Option(
        WHERE,
        "flickr-privacy",
        "flickr_privacy",
        "who sees what is uploaded to Flickr: private "
        "(default), friends, family, friends-and-family or public",
        "",
        "WHO",
        lambda text: str(
            converters.choice(text, {name: name for name in converters.PRIVACIES})
        ),
    ),
    Option(
        WHERE,
        "flickr-url",
        "flickr_url",
        "another address of Flickr's services",
        convert=converters.address,
        hidden=True,
    ),
    Option(
        WHERE,
        "drive-url",
        "drive_url",
        "another address of the Drive API, as some company proxies have",
        convert=converters.address,
        hidden=True,
    ),
    Option(
        WHERE,
        "demo",
        "demo",
        "try it without an account: a Flickr and a Google Drive inside photosync, and "
        "without -d a small library made for you",
        flag=True,
    ),
    Option(
        SIGN_IN,
        "authorize",
        "authorize",
        "sign in to the services of -p",
        "-a",
        flag=True,
    ),
    Option(
        SIGN_IN,
        "headless",
        "headless",
        "sign in on a machine without a browser",
        flag=True,
    ),
    Option(
        SIGN_IN,
        "client-secrets",
        "client_secrets",
        "the file with your client id; default client_secrets.json in the home folder",
        "",
        "FILE",
        converters.path,
    ),
    Option(
        SIGN_IN,
        "drive-scope",
        "drive_scope",
        "file (default): reach only what photosync put there; full: reach the whole Drive",
        "",
        "SCOPE",
        lambda text: str(converters.choice(text, {"file": "file", "full": "full"})),
    ),
    Option(
        SIGN_IN,
        "check",
        "check",
        "say who is signed in, and what space is left, and end",
        flag=True,
    ),
    Option(
        SIGN_IN,
        "sign-out",
        "sign_out",
        "withdraw the sign-in and forget it, and end",
        flag=True,
    ),
    Option(
        HOW,
        "mode",
        "mode",
        "upload (default), download, report, repairUpload, sync or "
        "syncUpload; --modes shows what each does",
        "-m",
        "MODE",
        converters.mode,
    ),
    Option(
        HOW,
        "test",
        "test",
        "dry run: show what would be done, change nothing anywhere",
        "-t",
        flag=True,
    ),
    Option(
        HOW,
        "compareattributes",
        "attributes",
        "what decides whether two photos differ: 1 date + 2 size + 4 hash, added up (default 3)",
        "-c",
        "N",
        lambda text: Attributes(converters.whole(1, 7)(text)),
    ),
    Option(
        HOW,
        "override",
        "overrides",
        "change one cell of the mode table; --override:COMPARISON ACTION works too",
        "",
        "COMPARISON=ACTION",
        converters.override,
        many=True,
    ),
    Option(
        HOW,
        "purge",
        "purge",
        "also remove remote albums left empty, and what lay in the trash "
        "for 30 days, on the sides --allowDelete names",
        flag=True,
    ),
    Option(
        HOW,
        "deletedups",
        "deletedups",
        "also delete what is there twice under one name in a remote album; kept is the one "
        "known from earlier runs, else the one equal to yours, else the oldest",
        "-dd",
        flag=True,
    ),
    Option(
        HOW,
        "shrink",
        "shrink",
        "upload copies reduced to PIXELS on the longer side (default 2048); "
        "compared are still the originals",
        "",
        "PIXELS",
        converters.whole(16, 100_000),
        default=str(_PIXELS),
    ),
    Option(
        HOW,
        "shrink-quality",
        "shrink_quality",
        "JPEG quality of these copies, 1 to 95 (default 90)",
        "",
        "N",
        converters.whole(1, 95),
    ),
    Option(
        HOW,
        "noupdatealbummetadata",
        "no_album_metadata",
        "do not write dates, order and description of albums",
        flag=True,
    ),
    Option(
        HOW,
        "album-description",
        "album_description",
        "what stands under an album that photosync fills; {folder} is its "
        f"folder (default: {ALBUM_DESCRIPTION})",
        "",
        "TEXT",
        str,
    ),
    Option(
        HOW,
        "sidecars",
        "sidecars",
        "write title, description, tags, date and licence that Flickr has of a "
        "downloaded photo to NAME.xmp beside it, where the file lacks them",
        flag=True,
    ),
    Option(
        HOW,
        "untag",
        "untag",
        "take away the marks that TAG_REMOTE left, and end",
        flag=True,
    ),
    Option(
        HOW,
        "stateless",
        "stateless",
        "ignore what earlier runs remembered: compare the two sides as they are",
        flag=True,
    ),
    Option(
        HOW,
        "audit",
        "audit",
        "list everything anew instead of asking the services only for what changed",
        flag=True,
    ),
    Option(
        HOW,
        "audit-days",
        "audit_days",
        "do that by itself every N days (default 7)",
        "",
        "N",
        lambda text: converters.number(text, 0, 3650),
    ),
    Option(
        WHAT,
        "exclude",
        "exclude",
        "leave out folders whose name matches; replaces "
        r"^\. ^__ ^@eaDir$",
        "",
        "RE",
        converters.expression,
        many=True,
    ),
    Option(
        WHAT,
        "exclude-in-title",
        "exclude_in_title",
        "give photos of folders whose name matches to the parent's album; replaces ^_",
        "",
        "RE",
        converters.expression,
        many=True,
    ),
    Option(
        WHAT,
        "skip",
        "skip",
        "leave out local files or folders by name or path",
        "-s",
        "GLOB",
        str,
        many=True,
    ),
    Option(
        WHAT,
        "skipserver",
        "skipserver",
        "leave out remote albums or photos by name or ALBUM/NAME",
        "",
        "GLOB",
        str,
        many=True,
    ),
    Option(
        WHAT,
        "format",
        "format",
        "photo (default), video or both",
        "-f",
        "KIND",
        converters.kind,
    ),
    Option(
        WHAT,
        "dateLimit",
        "date_limit",
        "leave photos taken before that day alone",
        "",
        "YYYY-MM-DD",
        converters.day,
        alias="--date-limit",
    ),
    Option(
        WHAT,
        "skip-unsupported",
        "skip_unsupported",
        "say nothing of files that a service does not take, like RAW on Flickr",
        flag=True,
    ),
    Option(
        NAMES,
        "naming",
        "naming",
        "one title template per folder depth, the last for all "
        "deeper: {0} first folder, {1} second, {path} all joined by ' - ' (default)",
        "-n",
        "FMT",
        str,
        many=True,
    ),
    Option(
        NAMES,
        "namingextract",
        "extract",
        "rewrite the title: what the expression matches becomes the replacement",
        "",
        "RE|REPL",
        Substitution.parse,
    ),
    Option(
        NAMES,
        "replace",
        "replace",
        "the same, applied last",
        "-r",
        "RE|REPL",
        Substitution.parse,
    ),
    Option(
        NAMES,
        "root-album",
        "root_album",
        "album for photos lying directly in a root; default the root's own name",
        "",
        "NAME",
        str,
    ),
    Option(
        NAMES,
        "explain-names",
        "explain_names",
        "list folder -> album and what collides, and end",
        flag=True,
    ),
    Option(
        SAFETY,
        "allowDelete",
        "allow_delete",
        "neither (default), local, remote or both: where photos may be deleted",
        "",
        "SIDE",
        converters.sides,
        alias="--allow-delete",
    ),
    Option(
        SAFETY,
        "max-delete",
        "max_delete",
        "refuse a run that deletes more than N photos or P "
        "percent of a side (default 10%%; a percentage never refuses 20 or fewer)",
        "",
        "N|P%",
        converters.limit,
    ),
    Option(
        SAFETY,
        "accept",
        "accept",
        f"go on although a guard refused: {', '.join(ACCEPTABLE)}",
        "",
        "FINDING",
        lambda text: str(converters.choice(text, {name: name for name in ACCEPTABLE})),
        many=True,
    ),
    Option(
        SAFETY,
        "undo",
        "undo",
        "bring back from the trashes what a run deleted or replaced, by default the last one",
        "",
        "RUN",
        converters.run_number,
        default=converters.LAST_RUN,
    ),
    Option(
        HOW,
        "largest",
        "largest",
        "where Flickr withholds an original, download the largest "
        "picture there is, as NAME.largest.jpg",
        flag=True,
    ),
    Option(
        SAFETY,
        "no-trash",
        "no_trash",
        "delete and overwrite for good instead of keeping the old file in .photosync-trash",
        flag=True,
    ),
    Option(
        SAFETY,
        "max",
        "max_steps",
        "at most N operations per service",
        "-x",
        "N",
        converters.whole(0, converters.MANY),
    ),
    Option(
        SAFETY,
        "wait",
        "wait",
        "rest S seconds between operations of one service",
        "-w",
        "S",
        lambda text: converters.number(text, 0, 86400),
    ),
    Option(
        SAFETY,
        "transfers",
        "transfers",
        "parallel transfers per service (default 4)",
        "",
        "N",
        converters.whole(1, 64),
    ),
    Option(
        SAFETY,
        "retry-wait",
        "retry_wait",
        "seconds before a failed call is tried again; they double each time",
        convert=lambda text: converters.number(text, 0, 60),
        hidden=True,
    ),
    Option(
        SHOW,
        "history",
        "history",
        "tell what happened to a photo, run by run, and end: its path, or ALBUM/NAME",
        "",
        "PATH",
        converters.path,
    ),
    Option(
        SHOW, "modes", "modes", "print the mode tables in force, and end", flag=True
    ),
    Option(SHOW, "verbose", "verbose", "name every step", "-v", flag=True),
    Option(
        SHOW,
        "quiet",
        "quiet",
        "say nothing unless something went wrong",
        "-q",
        flag=True,
    ),
    Option(
        SHOW,
        "log",
        "log",
        "also write a log; it rotates at 5 MB",
        "",
        "FILE",
        converters.path,
    ),
    Option(
        SHOW,
        "no-progress",
        "no_progress",
        "plain lines instead of a live bar",
        flag=True,
    ),
)

BY_FIELD: Mapping[str, Option] = {option.field: option for option in OPTIONS}
