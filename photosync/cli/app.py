"""The command line: argparse surface and exit codes."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Never

from photosync import __version__
from photosync.cli.commands import COMMANDS
from photosync.cli.display import complain
from photosync.cli.run import synchronise
from photosync.config.converters import closest
from photosync.config.options import OPTIONS, Option
from photosync.config.settings import Settings, convert, load
from photosync.errors import (
    Interrupted,
    PhotosyncError,
    SetupNeeded,
    UsageError,
)
from photosync.formatting import printable

_EXAMPLES = """\
examples:
  photosync -d ~/Photos -p folder:/mnt/backup --test
      show what would be copied to the disk at /mnt/backup
  photosync -d ~/Photos -p folder:/mnt/backup -m sync
      copy what is missing in either direction; delete nothing

exit codes: 0 all done; 1 finished, but some items failed; 2 usage or
configuration; 3 sign-in needed; 4 another run is going on; 5 a safety guard
refused; 130 interrupted
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        raise UsageError(message.removeprefix("argument "))


def build_parser() -> argparse.ArgumentParser:
    """The parser, made from the table of options."""
    parser = _Parser(
        prog="photosync",
        description="Keep the photo albums in your folders equal with albums in other places.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in (option for option in OPTIONS if not option.hidden):
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        _add(groups[option.group], option)
    parser.add_argument(
        "--version", action="version", version=f"photosync {__version__}"
    )
    return parser


def _add(group: argparse._ArgumentGroup, option: Option) -> None:
    how: dict[str, Any] = {"dest": option.field, "help": option.help}
    if option.flag:
        how["action"] = "store_true"
    elif option.many:
        how |= {"action": "extend", "nargs": "+", "metavar": option.metavar}
    elif option.default is not None:
        how |= {"nargs": "?", "const": option.default, "metavar": option.metavar}
    else:
        how["metavar"] = option.metavar
    group.add_argument(*option.flags, **how)


_TAKES_ANYTHING = frozenset({"-r", "--replace", "--namingextract"})


def _untangled(argv: Sequence[str]) -> Iterator[str]:
    """`--override:COMPARISON ACTION` as one option, and expressions that begin with a
    dash.
    """
    words = iter(argv)
    for word in words:
        following = next(words, None) if word in _TAKES_ANYTHING else None
        if word.startswith("--override:"):
            yield f"--override={word.removeprefix('--override:')}={next(words, '')}"
        elif following is not None:
            yield f"{'--replace' if word == '-r' else word}={following}"
        else:
            yield word


def parse(argv: Sequence[str]) -> dict[str, Any]:
    """What the command line gives, by field; raises UsageError for what it cannot
    mean.
    """
    parser = build_parser()
    given, unknown = parser.parse_known_args(list(_untangled(argv)))
    if unknown:
        flags = [flag for option in OPTIONS for flag in option.flags]
        raise UsageError(
            f"{unknown[0]}: no such option, see --help{closest(unknown[0], flags)}"
        )
    values = vars(given)
    for option in OPTIONS:
        if option.convert and option.field in values:
            raw = values[option.field]
            source = "/".join(filter(None, (option.short, f"--{option.key}")))
            values[option.field] = convert(
                option, raw if option.many else [raw], source
            )
    return values


@contextmanager
def _log_to(path: str | None) -> Iterator[None]:
    """Write what happens to a file, or nowhere; raises UsageError for an unusable one.

    Nothing goes to the terminal: what a person should see is printed, not logged.
    """
    logger = logging.getLogger("photosync")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    handler = _open_log(path) if path else logging.NullHandler()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _open_log(path: str) -> logging.Handler:
    from logging.handlers import RotatingFileHandler  # noqa: PLC0415

    try:
        handler = RotatingFileHandler(
            path,
            maxBytes=5_000_000,
            backupCount=3,
            encoding="utf-8",
            # A name from a disk in another encoding is logged all the same.
            errors="backslashreplace",
        )
    except OSError as error:
        raise UsageError(
            f"--log: {path} cannot be written ({error.strerror})"
        ) from error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    return handler


def _dispatch(argv: Sequence[str]) -> int:
    settings = load(parse(argv))
    if not settings.demo:
        return _do(settings)
    from photosync.cli.demo import embedded  # noqa: PLC0415 - needs packages of its own

    with embedded(settings) as changed:
        return _do(changed)


def _do(settings: Settings) -> int:
    """Do what an option asks for in place of a run, or else a run."""
    with _log_to(settings.log):
        for field, work in COMMANDS.items():
            value = getattr(settings, field)
            # `--undo` alone is run number 0.
            if value is not None and value is not False:
                return work(settings)
        return synchronise(settings)


def _tell(error: PhotosyncError) -> None:
    text = f"photosync: {error}"
    for line in text.split("\n") if isinstance(error, SetupNeeded) else [text]:
        complain(printable(line))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    # A listing is a great many small tuples without cycles; searching them again and
    # again for some costs a tenth of a run that has nothing to do.
    gc.set_threshold(200_000, 20, 100)
    try:
        code = _dispatch(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except (KeyboardInterrupt, Interrupted):
        complain(
            "photosync: interrupted; what is done stays done, the next run goes on"
        )
        return Interrupted.exit_code
    except PhotosyncError as error:
        _tell(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code
