"""What one option is."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

WHERE = "where"
SIGN_IN = "signing in"
HOW = "what is done"
WHAT = "what is looked at"
NAMES = "album names"
SAFETY = "safety and pace"
SHOW = "what you see"


class Option:
    """One option: `key` is its long name, and its name in `config.toml`.

    `group` is the heading it stands under in `--help`. `attribute` is the field of
    Settings that it fills, where that is not its key with underscores. `convert` makes
    the value of a word and raises UsageError. `many`: it takes a list; `flag`: it takes
    no value; `default`: the word that it stands for without one. `hidden`: only
    `config.toml` and the environment have it; `common`: `-h` shows it, the others
    only `--help all`. `is_command`: it asks for something in place of a run.
    """

    # Neither a dataclass nor a NamedTuple: what makes these takes longer than `--help`.
    def __init__(  # noqa: PLR0913 - all but the first three are given by name
        self,
        group: str,
        key: str,
        help: str,  # noqa: A002 - as argparse calls it
        *,
        attribute: str = "",
        short: str = "",
        alias: str = "",
        metavar: str = "",
        convert: Callable[[str], Any] | None = None,
        many: bool = False,
        flag: bool = False,
        hidden: bool = False,
        common: bool = False,
        is_command: bool = False,
        default: str | None = None,
    ) -> None:
        self.group = group
        self.key = key
        self.help = help
        self.attribute = attribute
        self.short = short
        self.alias = alias
        self.metavar = metavar
        self.convert = convert
        self.many = many
        self.flag = flag
        self.hidden = hidden
        self.common = common
        self.is_command = is_command
        self.default = default

    @property
    def field(self) -> str:
        """The field of Settings that it fills."""
        return self.attribute or self.key.replace("-", "_")

    @property
    def flags(self) -> tuple[str, ...]:
        """Its spellings on the command line."""
        spellings = (self.short, f"--{self.key}", self.alias)
        return tuple(spelling for spelling in spellings if spelling)

    @property
    def opposite(self) -> str:
        """The flag that takes back what `config.toml` or the environment says; empty where
        there is none.
        """
        # The home is where config.toml lies, and a command stands in neither of them.
        if self.hidden or self.is_command or self.field == "home":
            return ""
        if self.field.startswith("no_"):
            # `--no-trash` is taken back by `--trash`.
            return "--" + self.key.removeprefix("no").removeprefix("-")
        return f"--no-{self.key}"
