"""What a plan will take of each side, compared with what that side has left: calls, the
time that the quota makes them last, and room.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from photosync.config.settings import Settings
from photosync.disk.space import find_space
from photosync.errors import SideError
from photosync.model import Actions, AlbumUpdate, LocalPhoto, Plan, Step, StepKey
from photosync.naming import name_key
from photosync.plan.order import is_passed_on, key_of
from photosync.services.costs import NOTHING, UNKNOWN_ROOM, Allowance, Cost, Costs, Room
from photosync.sync.undated import estimate_undated
from photosync.unforeseen import contain

if TYPE_CHECKING:
    from photosync.local.explorer import Explorer
    from photosync.services.reading import RemoteReader

_SENDS = frozenset({Actions.UPLOAD_LOCAL, Actions.REPLACE_REMOTE_WITH_LOCAL})
_FETCHES = frozenset({Actions.DOWNLOAD_REMOTE, Actions.KEEP_BOTH})
_LOSES = frozenset({Actions.REPLACE_REMOTE_WITH_LOCAL, Actions.DELETE_REMOTE})


FindPace = Callable[[str], float | None]
"""Returns how many bytes a second an earlier run moved to or from a service."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run takes of one side, and what is left there.

    `place` is a service, or the path of a root. `size` are the bytes by which it grows,
    or with `is_most` at most; `photos` is how many are new to it. `seconds` is how long
    its quota makes the run last, 0 where no call has to wait, and `at_pace` how long it
    takes at the pace of an earlier run, 0 where none is known. `kept` of the bytes are
    for the trash. After `max_calls` the run ends; 0 is no limit.
    """

    place: str
    size: int = 0
    photos: int = 0
    calls: int = 0
    seconds: float = 0.0
    room: Room = UNKNOWN_ROOM
    allowance: Allowance | None = None
    is_most: bool = False
    kept: int = 0
    at_pace: float = 0.0
    max_calls: int = 0

    @property
    def lacks_bytes(self) -> bool:
        """Whether there is less room than the run needs."""
        return self.room.free is not None and self.size > self.room.free

    @property
    def lacks_photos(self) -> bool:
        """Whether the account keeps fewer photos than the run sends."""
        return self.room.photos is not None and self.photos > self.room.photos


def measure_steps(plan: Plan) -> Iterator[tuple[Step, int]]:
    """Yield each step with the bytes that it moves over the wire.

    A photo that comes home from one service and goes on to another one is not here yet:
    its size is that of the download.
    """
    sizes: dict[StepKey, int] = {}
    for step in plan.steps:
        size = step.size
        is_sent_on = is_passed_on(step) and step.action in _SENDS
        if size == 0 and is_sent_on and step.waits_for:
            size = sizes.get(step.waits_for, 0)
        sizes[key_of(step)] = size
        yield step, size


def compute_cost(plan: Plan, service: str, costs: Costs, undated: float = 0.0) -> Cost:
    """Return about how many calls of a service, and units of its quota, a plan takes.

    `undated` is about how many of the new photos have to get their date by a call.
    """
    renamed = plan.find_renamed()
    total = NOTHING
    joining = 0
    made = set[str]()
    known = plan.titles.get(service, frozenset())
    for step, size in measure_steps(plan):
        if step.service != service or step in renamed:
            continue
        total = total.plus(costs.of_step(step, size))
        album = name_key(step.album)
        if step.action is Actions.UPLOAD_LOCAL and album in known:
            joining += 1
        is_put_there = step.action in {Actions.UPLOAD_LOCAL, Actions.MOVE_REMOTE}
        if is_put_there and album not in known:
            made.add(album)
    total = total.plus(costs.join_album.times(joining))
    total = total.plus(costs.make_album.times(len(made)))
    total = total.plus(costs.set_date.times(undated))
    return total.plus(_compute_cost_of_albums(plan, service, costs, made))


def _compute_cost_of_albums(
    plan: Plan, service: str, costs: Costs, made: AbstractSet[str]
) -> Cost:
    renames = [rename for rename in plan.renames if rename.service == service]
    purges = [purge for purge in plan.purges if purge.service == service]
    titles = _list_updated(plan, service)
    # A new album gets all of this when it is made.
    old = [title for title in titles if name_key(title) not in made]
    cost = costs.update_album.times(len(old))
    cost = cost.plus(costs.rename_album.times(len(renames)))
    return cost.plus(costs.remove_album.times(len(purges)))


def _list_updated(plan: Plan, service: str) -> list[str]:
    """Return the titles of the albums of a service that are brought up to date."""
    updates = list_updates(plan)
    return [update.album for update in updates if update.service == service]


def list_updates(plan: Plan) -> list[AlbumUpdate]:
    """Return the albums that are brought up to date, each once."""
    return list(dict.fromkeys((*plan.updates, *plan.owed)))


class Forecaster:
    """Asks the sides of a run what they have left: each at most once, and only where that
    matters.
    """

    def __init__(
        self,
        settings: Settings,
        explorer: Explorer,
        backends: Mapping[str, RemoteReader],
        find_pace: FindPace,
    ) -> None:
        self._settings = settings
        self._explorer = explorer
        self._backends = backends
        self._find_pace = find_pace
        self._rooms: dict[str, Room] = {}
        self._looks = dict.fromkeys(backends, 0)
        if settings.test:
            # A dry run keeps no listing: the run that follows has to read it again.
            for service, backend in backends.items():
                self._looks[service] = backend.calls

    def forecast(self, plan: Plan) -> Iterator[Forecast]:
        """Yield what a plan takes of each root and each service that was reached."""
        # A forecast that fails must not stop the run: that side just has none.
        with suppress(SideError), contain("the room here"):
            yield from list(self._forecast_roots(plan))
        for service, backend in self._backends.items():
            if service not in plan.observations:
                continue
            with suppress(SideError), contain(service):
                yield self._forecast_service(plan, service, backend)

    def _forecast_roots(self, plan: Plan) -> Iterator[Forecast]:
        sizes, kept = self._measure_roots(plan)
        for root in self._explorer.roots:
            room = UNKNOWN_ROOM
            space = find_space(root)
            if space:
                room = Room(space.free, space.device)
            size = sizes[root] + kept[root]
            yield Forecast(root, size, room=room, kept=kept[root])

    def _forecast_service(
        self, plan: Plan, service: str, backend: RemoteReader
    ) -> Forecast:
        measured = measure_steps(plan)
        sizes = [(step, size) for step, size in measured if step.service == service]
        room = UNKNOWN_ROOM
        if any(step.action in _SENDS for step, _ in sizes):
            room = self._find_room(service)
        photos = 0
        growth = 0
        moved = 0
        for step, size in sizes:
            photos += step.action is Actions.UPLOAD_LOCAL
            growth += _find_growth(step, size, room)
            moved += size
        cost = self._compute_cost(plan, service, backend)
        calls = 0
        if cost.calls:
            calls = round(cost.calls) + self._looks[service]
        allowance = backend.allowance
        seconds = 0.0
        if allowance:
            seconds = allowance.compute_seconds(cost.units)
        return Forecast(
            place=service,
            size=max(0, growth),
            photos=photos,
            calls=calls,
            seconds=seconds,
            room=room,
            allowance=allowance,
            is_most=self._settings.shrink is not None,
            max_calls=self._settings.max_calls,
            at_pace=self._compute_time(service, moved),
        )

    def _compute_cost(self, plan: Plan, service: str, backend: RemoteReader) -> Cost:
        costs = backend.capabilities.costs
        undated = 0.0
        if costs.set_date != NOTHING:
            undated = self._estimate_undated(plan, service)
        return compute_cost(plan, service, costs, undated)

    def _estimate_undated(self, plan: Plan, service: str) -> float:
        """Return about how many photos get their date by a call, along with their album."""
        updated = {name_key(title) for title in _list_updated(plan, service)}
        sent: list[LocalPhoto] = []
        for step in plan.steps:
            if step.service != service or name_key(step.album) not in updated:
                continue
            if step.action is Actions.UPLOAD_LOCAL and step.local:
                sent.append(step.local)
        return estimate_undated(sent, self._explorer.resolve)

    def _find_room(self, service: str) -> Room:
        if service not in self._rooms:
            self._rooms[service] = _find_room(self._backends[service])
        return self._rooms[service]

    def _compute_time(self, service: str, size: int) -> float:
        """Return how many seconds so many bytes take at the pace of an earlier run; 0
        where that is not known.
        """
        # The size of a smaller copy is known only when it is made.
        if size == 0 or self._settings.shrink is not None:
            return 0.0
        pace = self._find_pace(service)
        if not pace:
            return 0.0
        return size / pace

    def _measure_roots(self, plan: Plan) -> tuple[Counter[str], Counter[str]]:
        """Return the bytes by which each root grows, and those that its trash gets from
        services.
        """
        sizes = Counter[str]()
        kept = Counter[str]()
        for step in plan.steps:
            if step.remote is None:
                continue
            size = step.remote.size or 0
            if step.action in _FETCHES:
                replaces = step.action is Actions.DOWNLOAD_REMOTE
                if replaces and step.local and not self._explorer.keeps_trash:
                    size -= step.local.size
                sizes[self._find_root(step)] += size
            elif step.action in _LOSES and self._is_kept_here(step):
                # A photo that the service deletes for good comes into the trash here.
                kept[self._explorer.roots[0]] += size
        return sizes, kept

    def _is_kept_here(self, step: Step) -> bool:
        able = self._backends[step.service].capabilities
        if not able.final_delete or not self._explorer.keeps_trash:
            return False
        if step.local is None or step.remote is None:
            return True
        # Where the file here has the same bytes, nothing need be fetched.
        known = self._explorer.known_md5(step.local)
        return known is None or known != step.remote.md5

    def _find_root(self, step: Step) -> str:
        folder = step.local.folder if step.local else None
        if folder is None:
            as_is = self._backends[step.service].capabilities.names_are_files
            folder = self._explorer.find_folder(step.album, as_is=as_is)
        if folder is None:
            # It will be refused: no folder leads to the album.
            return self._explorer.roots[0]
        return self._explorer.find_root(folder)


def _find_growth(step: Step, size: int, room: Room) -> int:
    """Return the bytes by which a service grows with a step."""
    if step.action not in _SENDS:
        return 0
    is_replaced = step.action is Actions.REPLACE_REMOTE_WITH_LOCAL
    if is_replaced and step.remote and not room.keeps_replaced:
        return size - (step.remote.size or 0)
    return size


def _find_room(backend: RemoteReader) -> Room:
    try:
        with contain(backend.name):
            return backend.find_room()
    except SideError:
        # The run itself will report what is wrong.
        return UNKNOWN_ROOM
