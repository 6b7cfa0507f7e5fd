"""The command line: argparse surface and exit codes."""

from __future__ import annotations

import argparse
import gc
import logging
import shlex
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Never

from photosync import __version__
from photosync.cli.events import begin_events, end_events, tell_error
from photosync.cli.hints import INTRODUCTION, explain_unknown
from photosync.cli.output import (
    complain,
    complain_of_log,
    flush,
    forget_losses,
    has_lost_output,
)
from photosync.cli.signals import ENDED, heed_signals
from photosync.config.idle import find_idle_options
from photosync.config.loading import find_unknown_variables, load
from photosync.config.options import OPTIONS, Option
from photosync.config.settings import Settings, convert
from photosync.errors import (
    Interrupted,
    PhotosyncError,
    SetupNeeded,
    UsageError,
)

_log = logging.getLogger(__name__)

_EXAMPLES = """\
examples:
  photosync -d ~/Photos -p folder:/mnt/backup --test
      show what would be copied to the disk at /mnt/backup
  photosync -d ~/Photos -p folder:/mnt/backup -m sync
      copy what is missing in either direction; delete nothing

--no-NAME takes back what config.toml or the environment says about an option:
--no-purge, --no-skip, --no-shrink; what begins with "no" is taken back without
it: --trash, --progress, --updatealbummetadata

exit codes: 0 all done; 1 finished, but some items failed; 2 usage or
configuration; 3 sign-in needed; 4 another run is going on; 5 a safety guard
refused; 130 interrupted
"""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> Never:
        raise UsageError(message.removeprefix("argument "))


class _Help(argparse.Action):
    """Shows the options that people need first, or `--help all` of them."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: Any, **_: Any) -> None:
        shows_all = rest[1] == "all"
        build_parser(shows_all=shows_all).print_help()
        parser.exit()


def build_parser(*, shows_all: bool = True) -> argparse.ArgumentParser:
    """Return the parser that the table of options makes; it knows all of them, and
    its help shows the common ones or all.
    """
    parser = _Parser(
        prog="photosync",
        description="Keep the photo albums in your folders equal with albums in other places.",
        epilog=_EXAMPLES,
        usage="photosync -d DIR -p WHERE [-m MODE] [options]",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    groups: dict[str, argparse._ArgumentGroup] = {}
    for option in OPTIONS:
        # Those are for config.toml and the environment.
        if option.hidden:
            continue
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        is_shown = shows_all or option.common
        _add_option(groups[option.group], option, is_shown=is_shown)
        _add_opposite(parser, option)
    parser.add_argument(
        "-h",
        "--help",
        action=_Help,
        nargs="?",
        metavar="all",
        help="show the options that most people need, or all, and end",
    )
    parser.add_argument(
        "--version", action="version", version=f"photosync {__version__}"
    )
    return parser


def _add_option(
    group: argparse._ArgumentGroup, option: Option, *, is_shown: bool
) -> None:
    text = option.help if is_shown else argparse.SUPPRESS
    how: dict[str, Any] = {"dest": option.field, "help": text}
    if option.flag:
        how["action"] = "store_true"
    else:
        how["metavar"] = option.metavar
    if option.many:
        # `-s '*.png' '*.gif'` and `-s '*.png' -s '*.gif'` are the same.
        how["action"] = "extend"
        how["nargs"] = "+"
    if option.default is not None:
        # `--shrink` and `--undo` may stand alone.
        how["nargs"] = "?"
        how["const"] = option.default
    group.add_argument(*option.flags, **how)


def _add_opposite(parser: argparse.ArgumentParser, option: Option) -> None:
    """Add what takes an option back: `--no-purge`, where config.toml says purge."""
    if not option.opposite:
        return
    parser.add_argument(
        option.opposite,
        dest=option.field,
        action="store_const",
        const=None,
        help=argparse.SUPPRESS,
    )


_OVERRIDE = "--override:"
_TAKES_ANYTHING = {
    "-r": "--replace",
    "--replace": "--replace",
    "--namingextract": "--namingextract",
}


def _rewrite(argv: Sequence[str]) -> Iterator[str]:
    """Yield the words of the command line in a form that argparse understands."""
    words = iter(argv)
    for word in words:
        if word.startswith(_OVERRIDE):
            # The spelling of picasawebsync: --override:COMPARISON ACTION.
            comparison, action = word.removeprefix(_OVERRIDE), next(words, "")
            yield f"--override={comparison}={action}"
        elif word in _TAKES_ANYTHING:
            # In `-r '-| '` the expression is a dash, which is no option.
            expression = next(words, None)
            option = _TAKES_ANYTHING[word]
            yield word if expression is None else f"{option}={expression}"
        else:
            yield word


def parse(argv: Sequence[str]) -> dict[str, Any]:
    """Return what the command line gives, by field of Settings; None is taken back.

    Raises UsageError for what it cannot mean.
    """
    given, unknown = build_parser().parse_known_args(list(_rewrite(argv)))
    if unknown:
        raise UsageError(explain_unknown(unknown))
    values = vars(given)
    for option in OPTIONS:
        value = values.get(option.field)
        if option.convert and value is not None:
            words = value if option.many else [value]
            source = f"--{option.key}"
            if option.short:
                source = f"{option.short}/{source}"
            values[option.field] = convert(option, words, source)
    return values


@contextmanager
def _log_to(path: str | None) -> Iterator[None]:
    """Write what happens to a file, or nowhere; raises UsageError for an unusable one.

    Nothing goes to the terminal: what a person should see is printed, not logged.
    """
    logger = logging.getLogger("photosync")
    logger.setLevel(logging.DEBUG)
    logger.propagate = False
    handler: logging.Handler = logging.NullHandler()
    if path:
        # --help does not pay for a log that rotates.
        from photosync.cli.log import open_log  # noqa: PLC0415

        handler = open_log(path)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()


def _dispatch(argv: Sequence[str]) -> int:
    """Do what the command line says, in the demo with its services; the exit code."""
    given = parse(argv)
    settings = load(given)
    if not argv and settings == Settings(settings.home):
        for line in INTRODUCTION:
            complain(line)
        return UsageError.exit_code
    for warning in find_unknown_variables():
        complain(f"photosync: {warning}")
    with _log_to(settings.log):
        _log.info("photosync %s: %s", __version__, shlex.join(argv))
        code = _answer(settings, given)
        end_events(_judge_losses(code))
        _log.info("ended with exit code %d", code)
    return code


def _answer(settings: Settings, given: Collection[str]) -> int:
    """Do what the settings say; return the exit code of whatever went wrong, too."""
    try:
        return _enter(settings, given)
    except (KeyboardInterrupt, Interrupted):
        tell_error(ENDED)
        complain(ENDED)
        return Interrupted.exit_code
    except PhotosyncError as error:
        _log.error("%s", error)
        tell_error(str(error))
        _explain(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - see below
        # Nobody foresaw this. A person reads one line; the log has the whole of it.
        _log.exception("unforeseen")
        what = f"{type(error).__name__}: {error}"
        tell_error(f"unforeseen ({what})")
        complain(f"photosync: unforeseen ({what}); --log FILE writes down where")
        return 1


def _enter(settings: Settings, given: Collection[str]) -> int:
    if settings.as_json:
        _begin_events(settings, given)
    if not settings.demo:
        return _do(settings, given)
    from photosync.cli.demo import embed_services  # noqa: PLC0415 - needs packages of its own

    with embed_services(settings) as changed:
        return _do(changed, given)


def _begin_events(settings: Settings, given: Collection[str]) -> None:
    """Tell events of a run; raises UsageError for what is asked in place of one."""
    from photosync.cli.commands import COMMANDS  # noqa: PLC0415 - see below

    asked = [field for field in (*COMMANDS, "review") if getattr(settings, field)]
    if not asked:
        begin_events(settings)
    elif "as_json" in given:
        option = asked[0].replace("_", "-")
        raise UsageError(f"--json tells of a run, and --{option} is none; drop --json")


_NEEDS_NO_HOME = frozenset({"modes", "check", "explain_names", "is_saved"})


def _do(settings: Settings, given: Collection[str]) -> int:
    """Do what an option asks for in place of a run, or else a run."""
    # --help and a misspelt option are answered without what only a run needs.
    from photosync.cli.commands import COMMANDS  # noqa: PLC0415
    from photosync.cli.run import synchronise  # noqa: PLC0415

    for field, work in COMMANDS.items():
        value = getattr(settings, field)
        if value:
            if field not in _NEEDS_NO_HOME:
                settings.check_home()
            return work(settings)
    settings.check_home()
    notice = find_idle_options(settings, given)
    if settings.review:
        # Only a page needs what serves it.
        from photosync.cli.review import review  # noqa: PLC0415

        return review(settings, notice)
    if settings.demo and not settings.quiet:
        return _demonstrate(settings, notice)
    return synchronise(settings, notice)


def _demonstrate(settings: Settings, notice: str) -> int:
    """Run the demo for somebody who may see photosync for the first time."""
    from photosync.cli.demo import greet, suggest_next  # noqa: PLC0415
    from photosync.cli.run import synchronise  # noqa: PLC0415

    greet(settings)
    code = synchronise(settings, notice)
    suggest_next(settings)
    return code


def _explain(error: PhotosyncError) -> None:
    """Say what is wrong in one line; what has to be set up, step by step."""
    text = f"photosync: {error}"
    lines = text.split("\n") if isinstance(error, SetupNeeded) else [text]
    for line in lines:
        complain(line)


def _run(argv: Sequence[str]) -> int:
    try:
        return _dispatch(argv)
    except PhotosyncError as error:
        # The words themselves make no sense, or their log cannot be written.
        _explain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return Interrupted.exit_code


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    # A listing is a great many small tuples without cycles; searching them again and
    # again for some costs a tenth of a run that has nothing to do.
    gc.set_threshold(200_000, 20, 100)
    forget_losses()
    with heed_signals():
        code = _run(sys.argv[1:] if argv is None else argv)
        complain_of_log()
        flush()
    return _judge_losses(code)


def _judge_losses(code: int) -> int:
    """Return the exit code of a command whose output may have reached nobody."""
    # What nobody could read is no reason to end early, but none to call it well either.
    return max(code, 1) if has_lost_output() else code
