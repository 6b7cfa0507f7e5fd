"""A command from its words to its exit code, whatever goes wrong on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from photosync.cli.arguments import parse
from photosync.cli.output import (
    complain_of_losses,
    explain,
    forget_losses,
    judge_losses,
)
from photosync.cli.signals import heed_signals
from photosync.errors import Interrupted, PhotosyncError


def answer(argv: Sequence[str]) -> int:
    """Do what the words of the command line ask for, and return the exit code."""
    forget_losses()
    with heed_signals():
        code = _run(argv)
        complain_of_losses()
    return judge_losses(code)


def _run(argv: Sequence[str]) -> int:
    given: dict[str, Any] = {}
    try:
        given = parse(argv)
        # A misspelt option is answered without what only a run needs.
        from photosync.cli.dispatch import dispatch  # noqa: PLC0415

        return dispatch(argv, given)
    except PhotosyncError as error:
        # The words themselves make no sense, or their log cannot be written.
        explain(error)
        return error.exit_code
    except KeyboardInterrupt:
        return Interrupted.exit_code
    except Exception as error:  # noqa: BLE001 - nobody reads a traceback in a mail of cron
        from photosync.cli.failures import explain_early  # noqa: PLC0415 - hardly ever

        return explain_early(error, given.get("log"))
