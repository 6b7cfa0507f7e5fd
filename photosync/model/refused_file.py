"""A file that a service does not take."""

from __future__ import annotations

from typing import NamedTuple

from photosync.model.photos import LocalStat

_DAYS = 28
_DAY_SECONDS = 24 * 60 * 60


def describe_terms(terms: str, *, shrinks: bool) -> str:
    """Return under which terms a file is sent: as it is, or where a picture can be
    reduced as a smaller copy, which is another file.
    """
    return f"{terms} reduced" if shrinks else terms


class RefusedFile(NamedTuple):
    """A file that a service refused for its kind or its size.

    `stat` is that of the file then, `terms` what the account permitted, and `moment`
    when it was, in seconds since 1970.
    """

    stat: LocalStat
    reason: str
    terms: str
    moment: int

    def holds(self, terms: str, now: float) -> bool:
        """Whether there is no reason yet to try again: the account is what it was, and
        weeks did not pass, in which a service may have learnt a format.
        """
        age = now - self.moment
        return terms == self.terms and 0 <= age < _DAYS * _DAY_SECONDS

    def is_about(self, stat: LocalStat) -> bool:
        """Whether a file is still as it was refused."""
        # Other rights, or another name of its folder, change nothing of what it holds.
        return stat[:2] == self.stat[:2]
