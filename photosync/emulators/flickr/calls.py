"""One call of the API: its caller and its arguments."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from photosync.emulators.flickr.grants import Caller
from photosync.emulators.flickr.replies import Reply


@dataclass(frozen=True)
class ApiCall:
    """An authorized call; `base_url` is the address under which the caller has reached
    us.
    """

    method: str
    arguments: Mapping[str, str]
    caller: Caller
    base_url: str

    @property
    def account(self) -> str:
        """The NSID of the calling user, empty for an anonymous one."""
        return self.caller.account

    def text(self, name: str) -> str:
        return self.arguments.get(name, "")

    def number(self, name: str, default: int) -> int:
        """Give a whole number; what is none counts as left out."""
        text = self.text(name).strip()
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text) else default

    def flag(self, name: str) -> int:
        return int(self.text(name) == "1")

    def names(self, name: str) -> list[str]:
        """Give the items of a comma-separated list, each once."""
        items = (item.strip() for item in self.text(name).split(","))
        return list(dict.fromkeys(item for item in items if item))


Method = Callable[[ApiCall], Reply | None]


def moment(text: str) -> int | None:
    """Read a time, in seconds since the epoch or as `YYYY-MM-DD HH:MM:SS` in UTC."""
    if re.fullmatch(r"[0-9]{1,11}", text):
        return int(text)
    try:
        return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())
    except ValueError:
        return None
