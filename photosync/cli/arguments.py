"""The words of the command line, by the table of options: what they give, and `--help`.

Only what that takes is imported here, so that help is there at once.
"""

from __future__ import annotations

import argparse
import sys

from photosync import __version__
from photosync.cli.terminal import find_columns
from photosync.config.options import OPTIONS, Option
from photosync.errors import UsageError
from photosync.formatting import wrap_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any, Never

_EXAMPLES = """\
examples:
  photosync -d ~/Photos -p folder:/mnt/backup --test
      show what would be copied to the disk at /mnt/backup
  photosync -d ~/Photos -p folder:/mnt/backup -m sync
      copy what is missing in either direction; delete nothing

--no-NAME undoes what config.toml or the environment says about an option: \
--no-purge, --no-skip, --no-shrink; an option that begins with "no" is undone \
without it: --trash, --progress, --updatealbummetadata

exit codes: 0 all done; 1 finished, but some items failed; 2 usage or \
configuration; 3 sign-in needed; 4 another run is going on; 5 a safety guard \
refused; 130 interrupted
"""


class _Layout(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        # Left to itself argparse loads shutil for that.
        super().__init__(prog, width=find_columns() - 2)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        """Return the text around the options, its lines broken where they are too long;
        what is to be typed stays whole.
        """
        pieces: list[str] = []
        for line in text.splitlines():
            if line.startswith("  photosync "):
                pieces.append(line)
            else:
                pieces += wrap_line(line, width)
        return "\n".join(indent + piece for piece in pieces)


class _Parser(argparse.ArgumentParser):
    """Knows all options; `rare` are those that only `--help all` shows."""

    def __init__(self, **how: Any) -> None:
        super().__init__(**how)
        self.rare: list[argparse.Action] = []

    def _print_message(self, message: str, file: Any = None) -> None:  # noqa: ARG002 - as argparse calls it
        """Print the help or the version; argparse would take a full disk for a success."""
        try:
            sys.stdout.write(message)
            sys.stdout.flush()
        except (AttributeError, OSError, ValueError) as error:
            from photosync.cli import output  # noqa: PLC0415 - hardly ever

            output.note_lost_output(error)
            output.complain_of_losses()
            self.exit(output.judge_losses(0))

    def error(self, message: str) -> Never:
        from photosync.cli.hints import explain_refusal  # noqa: PLC0415 - see below

        raise UsageError(explain_refusal(message.removeprefix("argument ")))


class _Help(argparse.Action):
    """Shows the options that people need first, or `--help all` of them."""

    def __call__(self, parser: argparse.ArgumentParser, *rest: Any, **_: Any) -> None:
        assert isinstance(parser, _Parser)
        hidden = [] if rest[1] == "all" else parser.rare
        for action in hidden:
            action.help = argparse.SUPPRESS
        parser.print_help()
        parser.exit()


def _build_parser() -> _Parser:
    """Return the parser that the table of options makes."""
    parser = _Parser(
        prog="photosync",
        description="Keep the photo albums in your folders equal with albums in other places.",
        epilog=_EXAMPLES,
        usage="photosync -d DIR -p WHERE [-m MODE] [options]",
        formatter_class=_Layout,
        add_help=False,
        allow_abbrev=False,
        argument_default=argparse.SUPPRESS,
    )
    _add_options(parser)
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


def _add_options(parser: _Parser) -> None:
    groups: dict[str, argparse._ArgumentGroup] = {}
    # None of it is shown. To the parser itself they would be added far more slowly.
    opposites = parser.add_argument_group()
    for option in OPTIONS:
        # Those are for config.toml and the environment.
        if option.hidden:
            continue
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(option.group)
        action = _add_option(groups[option.group], option)
        if not option.common:
            parser.rare.append(action)
        _add_opposite(opposites, option)


def _add_option(group: argparse._ArgumentGroup, option: Option) -> argparse.Action:
    how: dict[str, Any] = {"dest": option.field, "help": option.help}
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
    return group.add_argument(*option.flags, **how)


def _add_opposite(group: argparse._ArgumentGroup, option: Option) -> None:
    """Add what takes an option back: `--no-purge`, where config.toml says purge."""
    if not option.opposite:
        return
    group.add_argument(
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
            comparison = word.removeprefix(_OVERRIDE)
            action = next(words, "")
            yield f"--override={comparison}={action}"
        elif word in _TAKES_ANYTHING:
            # In `-r '-| '` the expression is a dash, which is no option.
            expression = next(words, None)
            option = _TAKES_ANYTHING[word]
            yield word if expression is None else f"{option}={expression}"
        else:
            yield word


def answer_help(argv: Sequence[str]) -> None:
    """Print the help or the version and end, if that is what the words ask for.

    They may be the value of an option as well, or wrong: a command tells that.
    """
    try:
        _build_parser().parse_known_args(list(_rewrite(argv)))
    except UsageError:
        return


def parse(argv: Sequence[str]) -> dict[str, Any]:
    """Return what the command line gives, by field of Settings; None is taken back.

    Raises UsageError for what it cannot mean.
    """
    given, unknown = _build_parser().parse_known_args(list(_rewrite(argv)))
    if unknown:
        from photosync.cli.hints import explain_unknown  # noqa: PLC0415 - see above

        raise UsageError(explain_unknown(unknown, argv))
    # What values mean is looked up once there are some.
    from photosync.config.settings import convert  # noqa: PLC0415

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
