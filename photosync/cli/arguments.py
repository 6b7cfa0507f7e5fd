"""The words of the command line, by the table of options: what they give, and `--help`.

Only what that takes is imported here, so that help is there at once.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import Any, Never

from photosync import __version__
from photosync.config.options import OPTIONS, Option
from photosync.errors import UsageError

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
        from photosync.cli.hints import explain_refusal  # noqa: PLC0415 - see below

        raise UsageError(explain_refusal(message.removeprefix("argument ")))


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


def parse(argv: Sequence[str]) -> dict[str, Any]:
    """Return what the command line gives, by field of Settings; None is taken back.

    Raises UsageError for what it cannot mean.
    """
    given, unknown = build_parser().parse_known_args(list(_rewrite(argv)))
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
