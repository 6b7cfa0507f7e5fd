"""The command line: argparse surface and exit codes. Nothing else knows argv, prints or exits."""

from __future__ import annotations

import argparse
import gc
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Never

from photosync import __version__, report
from photosync.backends import connect
from photosync.errors import (
    AlreadyRunning,
    AuthorizationNeeded,
    Interrupted,
    PhotosyncError,
    SetupNeeded,
    UsageError,
)
from photosync.explorer import Explorer
from photosync.model import Actions, Plan
from photosync.modes import MODES
from photosync.options import OPTIONS, Option, closest
from photosync.progress import choose, complain, say
from photosync.session import Session
from photosync.settings import Home, Settings, convert, load
from photosync.sync import PhotoSync
from photosync.text import printable

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
    parser.add_argument("--version", action="version", version=f"photosync {__version__}")
    return parser


def _add(group: argparse._ArgumentGroup, option: Option) -> None:
    how: dict[str, Any] = {"dest": option.field, "help": option.help}
    if option.flag:
        how["action"] = "store_true"
    elif option.many:
        how |= {"action": "extend", "nargs": "+", "metavar": option.metavar}
    else:
        how["metavar"] = option.metavar
    group.add_argument(*option.flags, **how)


_TAKES_ANYTHING = frozenset({"-r", "--replace", "--namingextract"})


def _untangled(argv: Sequence[str]) -> Iterator[str]:
    """`--override:COMPARISON ACTION` as one option, and expressions that begin with a dash."""
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
    """What the command line gives, by field; raises UsageError for what it cannot mean."""
    parser = build_parser()
    given, unknown = parser.parse_known_args(list(_untangled(argv)))
    if unknown:
        flags = [flag for option in OPTIONS for flag in option.flags]
        raise UsageError(f"{unknown[0]}: no such option, see --help{closest(unknown[0], flags)}")
    values = vars(given)
    for option in OPTIONS:
        if option.convert and option.field in values:
            raw = values[option.field]
            source = "/".join(filter(None, (option.short, f"--{option.key}")))
            values[option.field] = convert(option, raw if option.many else [raw], source)
    return values


@contextmanager
def _locked(home: Home) -> Iterator[None]:
    """One run at a time per home; raises AlreadyRunning with the other run's process number."""
    from filelock import FileLock, Timeout  # noqa: PLC0415 - a dry run takes no lock

    path = home.state / "lock"
    try:
        home.state.mkdir(parents=True, exist_ok=True)
        lock = FileLock(path, timeout=0)
        lock.acquire()
    except Timeout as error:
        owner = path.read_text().strip() or "unknown"
        raise AlreadyRunning(
            f"another photosync run (process {owner}) is using {home.state}; wait for it to end"
        ) from error
    except OSError as error:
        raise UsageError(f"--home: {home.state} cannot be written ({error.strerror})") from error
    try:
        path.write_text(f"{os.getpid()}\n")
        yield
    finally:
        lock.release()


def _log_to(settings: Settings) -> None:
    logger = logging.getLogger("photosync")
    logger.setLevel(logging.DEBUG)
    logger.addHandler(logging.NullHandler())
    logger.propagate = False
    if settings.log:
        from logging.handlers import RotatingFileHandler  # noqa: PLC0415

        try:
            handler = RotatingFileHandler(
                settings.log,
                maxBytes=5_000_000,
                backupCount=3,
                encoding="utf-8",
                errors="backslashreplace",
            )
        except OSError as error:
            raise UsageError(
                f"--log: {settings.log} cannot be written ({error.strerror})"
            ) from error
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
        logger.addHandler(handler)


def _show_problems(plan: Plan, *, quiet: bool) -> int:
    for problem in plan.problems:
        if problem.failed:
            complain(report.problem_line(problem))
        elif not quiet:
            say(report.problem_line(problem))
    return max((problem.exit_code for problem in plan.problems if problem.failed), default=0)


def _show_dry_run(plan: Plan, settings: Settings) -> int:
    code = _show_problems(plan, quiet=settings.quiet)
    for step in plan.steps:
        say(report.step_line(step))
    for purge in plan.purges:
        say(report.step_line(purge))
    for line in report.trash_lines(plan):
        say(line)
    if not settings.quiet:
        steps = sum(step.action is not Actions.REPORT for step in plan.steps)
        say(f"dry run: {steps} steps, nothing was changed")
    return code


@contextmanager
def _signals_noted() -> Iterator[Callable[[], bool]]:
    """Whether a signal came, to be asked: one raised amid a lock could leave it locked for ever."""
    noted: list[int] = []
    heeded = (signal.SIGINT, signal.SIGTERM)
    handlers = {one: signal.getsignal(one) for one in heeded}
    for one, handler in handlers.items():
        if handler is not signal.SIG_IGN:
            signal.signal(one, lambda number, _: noted.append(number))
    try:
        yield lambda: bool(noted)
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)


def _run(plan: Plan, sync: PhotoSync, settings: Settings) -> int:
    code = _show_problems(plan, quiet=settings.quiet)
    tally = report.Tally.of_plan(plan)
    live = not settings.no_progress
    display = choose(verbose=settings.verbose, quiet=settings.quiet, live=live)
    display.start(plan)
    log = logging.getLogger(__name__)
    with _signals_noted() as stopping:
        outcomes = sync.run(plan, display.moved, stopping)
        try:
            for outcome in outcomes:
                tally.add(outcome)
                display.ended(outcome)
                line = report.step_line(outcome.step)
                log.info("%s: %s %s", line, outcome.result, outcome.reason)
        finally:
            outcomes.close()
            display.stop()
    if not settings.quiet:
        for line in (*report.trash_lines(plan), *tally.table()):
            say(line)
    return max(code, tally.exit_code)


def _sync(settings: Settings) -> int:
    session = Session(settings.home.config)
    if session.warning:
        complain(f"photosync: {session.warning}")
    sync = PhotoSync(settings, connect(settings, session))
    try:
        if settings.test:
            return _show_dry_run(sync.plan(), settings)
        with _locked(settings.home):
            return _run(sync.plan(), sync, settings)
    finally:
        sync.close()


def _explain_names(settings: Settings) -> int:
    explorer = Explorer(settings.roots, settings.rules, settings.filters)
    tree = explorer.scan()
    for line in report.names_lines(explorer, tree.problems):
        say(line)
    return 0


def _dispatch(argv: Sequence[str]) -> int:
    settings = load(parse(argv))
    if settings.demo:
        from photosync.demo import embedded  # noqa: PLC0415 - needs packages of its own

        with embedded(settings) as changed:
            return _do(changed)
    return _do(settings)


def _do(settings: Settings) -> int:
    _log_to(settings)
    if settings.modes:
        for line in report.modes_lines({mode: settings.table(mode) for mode in MODES}):
            say(line)
        return 0
    for wanted, work in _ACCOUNT_WORK.items():
        if getattr(settings, wanted):
            return work(settings)
    if not settings.roots:
        raise UsageError("-d/--directory: name at least one folder with photos; see --help")
    return _explain_names(settings) if settings.explain_names else _sync(settings)


class _Terminal:
    """The person at the terminal, if there is one."""

    def tell(self, text: str) -> None:
        for line in text.splitlines():
            say(line)
        sys.stdout.flush()

    def ask(self, question: str) -> str:
        if not sys.stdin.isatty():
            raise AuthorizationNeeded("there is no terminal to paste at; run this in a terminal")
        try:
            return input(question)
        except EOFError as error:
            raise AuthorizationNeeded("nothing was pasted; run photosync -a again") from error


def _authorize(settings: Settings) -> int:
    from photosync.accounts import authorize  # noqa: PLC0415 - large libraries

    authorize(settings, Session(settings.home.config), _Terminal())
    return 0


def _check(settings: Settings) -> int:
    from photosync.accounts import check  # noqa: PLC0415

    codes = [0]
    for line, code in check(settings, Session(settings.home.config)):
        say(printable(line))
        codes.append(code)
    return max(codes)


def _sign_out(settings: Settings) -> int:
    from photosync.accounts import sign_out  # noqa: PLC0415

    for line in sign_out(settings, Session(settings.home.config)):
        say(printable(line))
    return 0


_ACCOUNT_WORK: Mapping[str, Callable[[Settings], int]] = {
    "authorize": _authorize,
    "check": _check,
    "sign_out": _sign_out,
}


def _tell(error: PhotosyncError) -> None:
    text = f"photosync: {error}"
    for line in text.split("\n") if isinstance(error, SetupNeeded) else [text]:
        complain(printable(line))


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    signal.signal(signal.SIGTERM, _interrupt)
    # A listing is a great many small tuples without cycles; searching them again and again for
    # some costs a tenth of a run that has nothing to do.
    gc.set_threshold(200_000, 20, 100)
    try:
        code = _dispatch(sys.argv[1:] if argv is None else argv)
        sys.stdout.flush()
    except (KeyboardInterrupt, Interrupted):
        complain("photosync: interrupted; what is done stays done, the next run goes on")
        return Interrupted.exit_code
    except PhotosyncError as error:
        _tell(error)
        return error.exit_code
    except BrokenPipeError:
        # The reader of our output went away, as `head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    return code
