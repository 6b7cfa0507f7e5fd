"""Where the command line begins: `--help` is there at once, all else is a command."""

from __future__ import annotations

import atexit
import gc
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_ASKS_FOR_HELP = frozenset({"-h", "--help", "--version"})


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code."""
    if argv is None:
        # The process is ours alone. At its end Python would look three times for cycles in
        # all that there is, which is a tenth of `--help`.
        atexit.register(gc.freeze)
    # A listing is a great many small tuples without cycles; searching them again and
    # again for some costs a tenth of a run that has nothing to do.
    gc.set_threshold(200_000, 20, 100)
    words = sys.argv[1:] if argv is None else argv
    if not _ASKS_FOR_HELP.isdisjoint(words):
        from photosync.cli.arguments import answer_help  # noqa: PLC0415 - only help

        answer_help(words)
    # Help does without all of that.
    from photosync.cli.answering import answer  # noqa: PLC0415
    from photosync.cli.closed_streams import fill_closed_streams  # noqa: PLC0415
    from photosync.cli.encoding import ensure_utf8  # noqa: PLC0415

    if argv is None:
        ensure_utf8()
        fill_closed_streams()
    return answer(words)
