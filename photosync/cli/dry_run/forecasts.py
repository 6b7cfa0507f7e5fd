"""What a run takes of each side, and where it does not fit, in words."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from photosync.formatting import format_size, name_service, printable
from photosync.sync.forecast import Forecast

_MINUTE = 60
_LEAST_SIZE = 1000
_NEARLY_ALL = 0.9
"""Whoever has as much of a quota left need not know how much that is."""


def describe_forecast(forecast: Forecast) -> Iterator[str]:
    """Yield what a run takes of one side, and what is left there."""
    parts: list[str] = []
    free = forecast.room.free
    # A sidecar is not worth a word, and some shares do not tell what they have free.
    if forecast.size >= _LEAST_SIZE and free is not None:
        parts.append(_describe_bytes(forecast, free))
    if forecast.calls:
        parts.append(_describe_calls(forecast))
    # Where the quota takes longer than the line, its time is told with the calls.
    if forecast.at_pace > max(forecast.seconds, _MINUTE):
        duration = format_hours(forecast.at_pace)
        parts.append(f"about {duration} at the pace of the last long run")
    if parts:
        yield "; ".join(parts)


def _describe_bytes(forecast: Forecast, free: int) -> str:
    needs = format_size(forecast.size)
    if forecast.is_most:
        needs = f"up to {needs}"
    if forecast.kept == forecast.size:
        # What Flickr deletes for good is fetched first, which surprises people.
        needs = f"{needs} for the trash"
    mark = "! " if forecast.lacks_bytes else ""
    return f"{mark}needs {needs}, {format_size(free)} free"


def _describe_calls(forecast: Forecast) -> str:
    calls = _round(forecast.calls)
    text = "about 1 call" if calls == 1 else f"about {calls:,} calls"
    allowance = forecast.allowance
    if allowance and allowance.counts_calls:
        text += f" of {allowance.units:,.0f} an hour"
        if allowance.left < allowance.units * _NEARLY_ALL:
            text += f", {allowance.left:,.0f} left now"
    if forecast.seconds:
        text += f": about {format_hours(forecast.seconds)}"
    # Who gave a limit wants to know that one run will not do.
    if 0 < forecast.max_calls < forecast.calls:
        text += f"; --max-calls ends the run after {forecast.max_calls:,}"
    return text


def _round(count: int) -> int:
    """Return a number with two digits that count: more of them nobody knows."""
    if count < 100:
        return count
    digits = len(str(count))
    step: int = 10 ** (digits - 2)
    return math.ceil(count / step) * step


def format_hours(seconds: float) -> str:
    """Return a time that is only roughly known: `8 min`, `1 h 30 min`, `14 h`."""
    minutes = math.ceil(seconds / _MINUTE)
    if minutes < 60:
        return f"{minutes} min"
    tens = math.ceil(minutes / 10) * 10
    hours, rest = divmod(tens, 60)
    # Of a whole night nobody wants the minutes.
    if not rest or hours >= 10:
        return f"{round(tens / 60)} h"
    return f"{hours} h {rest} min"


def describe_shortages(forecasts: Sequence[Forecast]) -> Iterator[str]:
    """Yield a line for each side that a run does not fit on."""
    for forecast in forecasts:
        room = forecast.room
        place = printable(name_service(forecast.place))
        if forecast.lacks_photos:
            yield (
                f"! {place} has room for {room.photos:,} more photos at most, and "
                f"{forecast.photos:,} are to be sent: {room.advice}"
            )
        # A disk is told of below, with all that goes there.
        if forecast.lacks_bytes and room.device is None:
            free = format_size(room.free or 0)
            needs = format_size(forecast.size)
            yield (
                f"! {place} has {free} free, and {needs} are to be sent: {room.advice}"
            )
    yield from _describe_full_disks(forecasts)


def _describe_full_disks(forecasts: Iterable[Forecast]) -> Iterator[str]:
    """Yield a line for each disk that has too little room for all that goes there."""
    # Two backups may be folders of one USB disk: each alone would fit.
    disks: defaultdict[int, list[Forecast]] = defaultdict(list)
    for forecast in forecasts:
        if forecast.room.device is not None and forecast.size > 0:
            disks[forecast.room.device].append(forecast)
    for sharing in disks.values():
        needs = sum(forecast.size for forecast in sharing)
        free = min(forecast.room.free or 0 for forecast in sharing)
        if needs <= free:
            continue
        names = [printable(name_service(one.place)) for one in sharing]
        places = " and ".join(names)
        yield (
            f"! the disk of {places} has {format_size(free)} free, and "
            f"{format_size(needs)} are to go there: make room first, or take another"
        )
