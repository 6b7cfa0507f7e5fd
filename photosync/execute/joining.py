"""Uploaded photos join their albums, many at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace

from photosync.execute.jobs import Job, Running
from photosync.execute.lanes import Lane
from photosync.execute.outcomes import find_left_out, judge_sent
from photosync.formatting import name_service
from photosync.model import NO_EFFECT, Effect, Outcome, Result, Step
from photosync.services.base import Backend
from photosync.unforeseen import contain


class Joining:
    """Lets photos join their albums, and then asks which version each of them has, for
    those of several albums at once.
    """

    def __init__(self, remotes: Mapping[str, Backend]) -> None:
        self._remotes = remotes
        self._versions: dict[str, str] = {}

    def commit_when_due(self, lane: Lane, step: Step, running: Running) -> None:
        """Let photos join their album after its last upload, or once a batch is full."""
        if not lane.is_batched(step):
            return
        batch = lane.take_batch(step.album)
        if batch:
            lane.given += 1
            running[lane.pool.submit(self._commit, step)] = Job(step, batch)

    def look_when_due(self, lane: Lane, running: Running) -> None:
        """Ask for the versions of photos that joined."""
        batch = lane.take_unseen()
        if batch:
            step = batch[0].step
            assert isinstance(step, Step)
            lane.given += 1
            look = lane.pool.submit(self._look, step.service, batch)
            running[look] = Job(step, batch, is_look=True)

    def finish(
        self, lane: Lane, job: Job, outcome: Outcome, future: Future[Effect]
    ) -> Iterator[Outcome]:
        """Yield the outcomes of the photos of a batch; those that joined their album
        wait until their versions were asked for.
        """
        if job.is_look:
            yield from self._fill_in_versions(job.batch)
            return
        left_out = find_left_out(future)
        for sent in job.batch:
            ended = judge_sent(sent, outcome, left_out)
            if ended.result is Result.DONE:
                lane.add_unseen(ended)
            else:
                yield ended

    def _commit(self, step: Step) -> Effect:
        """Put the uploaded photos of an album into it; raises SideError, which is LeftOut
        where only some photos did not join.
        """
        with contain(f"{name_service(step.service)} {step.album}"):
            self._remotes[step.service].commit_album(step.album)
        return NO_EFFECT

    def _look(self, service: str, joined: Sequence[Outcome]) -> Effect:
        """Ask for the versions of photos; raises SideError."""
        with contain(f"versions of {name_service(service)}"):
            versions = self._remotes[service].find_versions(_list_ids(joined))
        self._versions.update(versions)
        return NO_EFFECT

    def _fill_in_versions(self, joined: Sequence[Outcome]) -> list[Outcome]:
        """Return the outcomes with the versions of their photos, as far as known."""
        filled = [self._fill_in_version(outcome) for outcome in joined]
        for photo_id in _list_ids(joined):
            self._versions.pop(photo_id, None)
        return filled

    def _fill_in_version(self, outcome: Outcome) -> Outcome:
        remote = outcome.effect.remote
        if remote is None or remote.id not in self._versions:
            return outcome
        remote = remote._replace(version=self._versions[remote.id])
        effect = outcome.effect._replace(remote=remote)
        return replace(outcome, effect=effect)


def list_joined(lanes: Iterable[Lane], running: Running) -> list[Outcome]:
    """Return the photos that have joined their albums and whose versions are unknown."""
    joined: list[Outcome] = []
    for lane in lanes:
        joined += lane.unseen
    for job in running.values():
        if job.is_look:
            joined += job.batch
    return joined


def _list_ids(joined: Sequence[Outcome]) -> list[str]:
    """Return the ids of photos, each once: a photo may have joined two albums."""
    remotes = [outcome.effect.remote for outcome in joined]
    return list(dict.fromkeys(remote.id for remote in remotes if remote))
