"""What the command line asks for: a run, the demo, or an option in place of one."""

from __future__ import annotations

import logging
import os
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from photosync import __version__
from photosync.cli.dry_run.again import write_command
from photosync.cli.events import begin_events, end_events, report_error
from photosync.cli.failures import explain_unforeseen, log_to
from photosync.cli.hints import introduce
from photosync.cli.output import complain, explain, judge_losses
from photosync.cli.program import find_program, quote_program
from photosync.cli.signals import ENDED
from photosync.cli.silence import report_silence
from photosync.config.idle import find_idle_options
from photosync.config.loading import find_unknown_variables, load
from photosync.config.options import OPTIONS
from photosync.config.settings import Settings
from photosync.disk.silence import watch_disks
from photosync.errors import Interrupted, PhotosyncError, UsageError

_log = logging.getLogger(__name__)

_COMMANDS = [option.field for option in OPTIONS if option.is_command]
_OF_RUNS = frozenset({"as_json", "report", "plan_file", "apply_file", "copies"})
_NOT_OF_REVIEWS = frozenset({"as_json", "copies"})
_NEEDS_NO_HOME = frozenset({"modes", "check", "explain_names", "is_saved"})


@contextmanager
def _name_lost_folder() -> Iterator[None]:
    """Raise UsageError where a path cannot be told as the current folder is gone: another
    shell deleted it, or a stick was pulled out.
    """
    try:
        yield
    except FileNotFoundError:
        # The current folder is to blame only where it cannot be named either.
        try:
            os.getcwd()  # noqa: PTH109 - --help needs no paths
        except FileNotFoundError:
            text = "the current folder was deleted; cd to another one and try again"
            raise UsageError(text) from None
        raise


def dispatch(argv: Sequence[str], given: Mapping[str, Any]) -> int:
    """Do what the command line gave, in the demo with its services; the exit code.

    Raises PhotosyncError for words that make no sense together.
    """
    with watch_disks(report_silence):
        return _dispatch(argv, given)


def _dispatch(argv: Sequence[str], given: Mapping[str, Any]) -> int:
    with _name_lost_folder():
        settings = load(given)
    if not argv and settings == Settings(settings.home):
        for line in introduce(quote_program()):
            complain(line)
        return UsageError.exit_code
    for warning in find_unknown_variables():
        complain(f"photosync: {warning}")
    with log_to(settings.log):
        _log.info("photosync %s: %s", __version__, shlex.join(argv))
        code = _answer(settings, given, argv)
        end_events(judge_losses(code))
        _log.info("ended with exit code %d", code)
    return code


def _answer(settings: Settings, given: Collection[str], argv: Sequence[str]) -> int:
    """Do what the settings say; return the exit code of whatever went wrong, too."""
    try:
        with _name_lost_folder():
            return _enter(settings, given, argv)
    except (KeyboardInterrupt, Interrupted):
        report_error(ENDED)
        complain(ENDED)
        return Interrupted.exit_code
    except PhotosyncError as error:
        _log.error("%s", error)
        report_error(str(error))
        explain(error)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - while the log is open
        return explain_unforeseen(error)


def _enter(settings: Settings, given: Collection[str], argv: Sequence[str]) -> int:
    _check_is_of_runs(settings, given)
    is_run = not (_find_command(settings) or settings.review)
    tells_events = settings.as_json and is_run
    if not settings.demo:
        if tells_events:
            _begin_events(settings)
        return _do(settings, given, argv)
    if settings.authorize:
        raise UsageError(
            "--demo is signed in by itself; leave it out to sign in yourself"
        )
    from photosync.cli.demo import embed_services  # noqa: PLC0415 - needs packages of its own

    with embed_services(settings) as changed:
        if tells_events:
            # Only now it has its photos and services.
            _begin_events(changed)
        return _do(changed, given, argv)


def _check_is_of_runs(settings: Settings, given: Collection[str]) -> None:
    """Raise UsageError where the command line wants something that only a run has, like a
    report, of a command that is none.
    """
    command = _find_command(settings)
    # A review may write a report; but nobody counts its copies, and no script reads it.
    of_runs = _OF_RUNS if command else _NOT_OF_REVIEWS
    other = command or ("review" if settings.review else "")
    for option in OPTIONS:
        is_asked = option.field in given and getattr(settings, option.field)
        if other and is_asked and option.field in of_runs:
            name = other.replace("_", "-")
            raise UsageError(
                f"--{option.key} tells of a run, and --{name} is none; "
                f"drop --{option.key}"
            )


def _begin_events(settings: Settings) -> None:
    """Tell that a run begins, with the services it will use."""
    # Only a script asks for that before the run itself finds out.
    from photosync.services import find_places  # noqa: PLC0415
    from photosync.services.auth.session import Session  # noqa: PLC0415

    session = Session(settings.home.config)
    begin_events(settings, find_places(settings, session))


def _find_command(settings: Settings) -> str:
    """Return the field of an option that is asked for in place of a run, empty where
    there is none.

    Raises UsageError for two of them: in `--undo --check` one would be forgotten.
    """
    asked = [field for field in _COMMANDS if getattr(settings, field)]
    if len(asked) > 1:
        names = " and ".join("--" + field.replace("_", "-") for field in asked)
        raise UsageError(f"{names} are asked for at once; give one of them")
    return asked[0] if asked else ""


def _do(settings: Settings, given: Collection[str], argv: Sequence[str]) -> int:
    """Do what an option asks for in place of a run, or else a run."""
    command = _find_command(settings)
    if command and command not in _NEEDS_NO_HOME:
        settings.check_home()
    if command:
        # A run has nothing to undo, to list or to sign in to.
        from photosync.cli.commands import COMMANDS  # noqa: PLC0415

        return COMMANDS[command](settings)
    settings.check_home()
    notice = find_idle_options(settings, given)
    command = shlex.join([find_program(), *argv])
    if settings.review:
        # Only a page needs what serves it.
        from photosync.cli.review.run import review  # noqa: PLC0415

        return review(settings, notice, command)
    if settings.test:
        command = write_command(argv, find_program())
    if settings.demo and not settings.quiet:
        return _demonstrate(settings, notice, command)
    from photosync.cli.run import synchronise  # noqa: PLC0415 - what only a run needs

    return synchronise(settings, notice, command)


def _demonstrate(settings: Settings, notice: str, command: str) -> int:
    """Run the demo for somebody who may see photosync for the first time."""
    from photosync.cli.demo import greet, suggest_next  # noqa: PLC0415
    from photosync.cli.run import synchronise  # noqa: PLC0415

    greet(settings)
    code = synchronise(settings, notice, command)
    suggest_next(settings)
    return code
