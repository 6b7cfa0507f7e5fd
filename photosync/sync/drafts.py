"""One service on its way from its survey to its proposal."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache, partial

from photosync.compare.details_survey import DetailsSurvey
from photosync.compare.equal_pairs import EqualPairs
from photosync.compare.findings import Findings
from photosync.compare.rivals import EqualPhotos
from photosync.compare.survey import Surveyor
from photosync.compare.verify import Slice, Verifier
from photosync.config.settings import Settings
from photosync.disk.space import find_longest_name
from photosync.errors import PutOff, SideError, SideStopped, Unreachable
from photosync.formatting import name_service
from photosync.history.memories import Memories
from photosync.local.explorer import Explorer
from photosync.local.names import write_file_name
from photosync.local.places import NO_FOLDER
from photosync.media import Kind, kind_of
from photosync.media.related import may_follow
from photosync.model import (
    Actions,
    Comparisons,
    Difference,
    Problem,
    RemotePhoto,
    describe_terms,
)
from photosync.naming import PhotoKey
from photosync.plan.proposal import (
    IsAskedFor,
    Limits,
    Proposal,
    ProposalBuilder,
    is_always_asked_for,
    is_never_asked_for,
    propose_nothing,
)
from photosync.plan.steps import target_of
from photosync.services.base import Backend
from photosync.sync.policy import make_policy
from photosync.unforeseen import contain

_TOO_LONG = "its name is too long for the disk here; give it a shorter one there"


class Draft:
    """The proposal for one service as long as not all services have been read.

    `has_rivals`: there are other services, for which the equal pairs of this one may
    matter. `findings` are None for a service that cannot be listed. `is_put_off`: it
    gave no answer, and was not waited for.
    """

    def __init__(
        self,
        backend: Backend,
        memories: Memories,
        settings: Settings,
        *,
        has_rivals: bool,
    ) -> None:
        self.service = backend.name
        self.findings: Findings | None = None
        self.is_put_off = False
        self._backend = backend
        self._baselines = memories.find_baselines(backend.name)
        self._refused = memories.find_refused(backend.name)
        self._verifications = memories.find_verifications(backend.name)
        self._details = memories.find_details(backend.name)
        self._settings = settings
        self._policy = make_policy(settings)
        self._builder = ProposalBuilder(
            self.service, self._policy, self._find_asked_for(has_rivals=has_rivals)
        )
        self._too_large: Mapping[str, str] = {}
        self._withheld: Mapping[str, str] = {}
        self._homeless: Mapping[PhotoKey, str] = {}
        self._warnings: Sequence[Problem] = ()
        self._problem = Problem(name_service(self.service), "")

    def survey(self, surveyor: Surveyor) -> None:
        """Read the service against the local tree."""
        is_silent = self._policy.table[Comparisons.SAME] is Actions.SILENT
        skip_equal = is_silent and not self._policy.repairs_marks
        try:
            with contain(self.service):
                survey = surveyor.survey(
                    self._backend,
                    self._baselines,
                    skip_equal=skip_equal,
                    verifier=self._make_verifier(surveyor.explorer),
                    details=self._make_details(surveyor.explorer),
                )
                for difference in survey:
                    self._builder.add(difference)
                self._forgive()
                self._too_large = self._find_too_large()
                self._withheld = self._find_withheld()
                self._homeless = self._find_homeless(surveyor.explorer)
                uploads = self._builder.count_uploads()
                if uploads:
                    self._warnings = self._backend.upload_warnings(uploads)
        except SideError as error:
            # A service that cannot be listed stops alone, and nothing is known of it.
            self.give_up(error)
        else:
            self.findings = survey.findings()

    def give_up(self, error: SideError) -> None:
        """Take nothing that was read of the service for known; `error` says why."""
        self.findings = None
        self._note(error)
        self.is_put_off = isinstance(error, Unreachable | PutOff)

    def _find_asked_for(self, *, has_rivals: bool) -> IsAskedFor:
        """Return the test for the equal pairs that somebody may ask for."""
        if has_rivals:
            return is_always_asked_for
        # The companions of a photo that was moved or deleted there are asked for. In a
        # first run, without a memory, no photo is known to be.
        return may_follow if self._baselines.albums() else is_never_asked_for

    def _make_verifier(self, explorer: Explorer) -> Verifier | None:
        settings = self._settings
        memory = self._verifications
        if settings.verify is None or memory is None:
            return None
        wanted = Slice(settings.verify, settings.verify_days)
        return Verifier(explorer, self._backend, memory, wanted)

    def _make_details(self, explorer: Explorer) -> DetailsSurvey | None:
        is_wanted = self._settings.sidecars and self._backend.capabilities.details
        if not is_wanted or self._details is None:
            return None
        table = self._policy.table
        return DetailsSurvey(explorer, self._backend, self._details, table)

    def _forgive(self) -> None:
        """Keep only the refused files that would be refused again today."""
        if not self._refused:
            return
        account = self._backend.find_terms()
        terms = describe_terms(account, shrinks=bool(self._settings.shrink))
        now = time.time()
        self._refused = {
            path: refused
            for path, refused in self._refused.items()
            if refused.holds(terms, now)
        }

    def _find_too_large(self) -> Mapping[str, str]:
        """Return why files are too large to be sent, by path."""
        # Instead of a picture a smaller copy may go there, whose size is not known yet.
        shrinks = self._settings.shrink and self._backend.capabilities.keeps_metadata
        found: dict[str, str] = {}
        for name, local in self._builder.list_sent():
            if shrinks and kind_of(name) is not Kind.VIDEO:
                continue
            try:
                found[local.path] = self._backend.find_excess(name, local.size)
            except SideStopped:
                raise
            except SideError:
                # The limit is not known: a file that is too large fails as it is sent.
                return {}
        return {path: excess for path, excess in found.items() if excess}

    def _find_withheld(self) -> Mapping[str, str]:
        """Return why photos cannot be fetched, by id."""
        reasons: dict[str, str] = {}
        for remote, is_new in self._builder.list_fetched():
            # With --largest a smaller picture of a new photo comes home all the same.
            comes_smaller = is_new and self._settings.largest
            if not remote.withheld or comes_smaller:
                continue
            reason = self._backend.find_withheld(remote)
            if reason:
                reasons[remote.id] = reason
        return reasons

    def _find_homeless(self, explorer: Explorer) -> Mapping[PhotoKey, str]:
        """Return why photos that are to come here have no place, by where they would go."""
        arrivals = self._builder.list_arrivals()
        if not arrivals:
            # On nearly all days, and no disk need be asked.
            return {}
        as_is = self._backend.capabilities.names_are_files
        longest = min(map(find_longest_name, explorer.roots))
        # A restore brings thousands into each album.
        find_folder = cache(partial(explorer.find_folder, as_is=as_is))
        reasons: dict[PhotoKey, str] = {}
        for step in arrivals:
            file = write_file_name(step.name, as_is=as_is)
            # Each night would fetch it all, and find that out when it is given its name.
            if len(os.fsencode(file)) > longest:
                reasons[target_of(step)] = _TOO_LONG
            elif find_folder(step.album) is None:
                reasons[target_of(step)] = NO_FOLDER
        return reasons

    @property
    def equal_photos(self) -> EqualPhotos:
        """The pairs of this service that passed for equal."""
        return EqualPhotos(self.service, self._builder.equal, self._equal)

    @property
    def _equal(self) -> EqualPairs:
        assert self.findings is not None
        albums = self.findings.equal_albums
        return EqualPairs(self._builder.equal, albums, self._baselines)

    def withdraw(self, differences: Sequence[Difference]) -> None:
        """Propose these differences in place of equal pairs, and forget the pairs."""
        if not differences or self.findings is None:
            return
        for difference in differences:
            self._builder.replace_equal(difference)
        pairs = [difference.pair for difference in differences]
        self.findings = self.findings.withdraw(pairs)

    def list_edits(self) -> Sequence[PhotoKey]:
        """Return the places of the photos that were edited on the service."""
        return self._builder.list_edits() if self.findings is not None else ()

    def read_edits(self, places: AbstractSet[PhotoKey]) -> None:
        """Find out the MD5 of the edits at these places, where the listing had none."""
        self._builder.read_edits(places, self._read_md5)

    def _read_md5(self, photo: RemotePhoto) -> str | None:
        try:
            return self._backend.md5(photo)
        except SideError:
            # Still unknown: then two edits are a conflict, and the person decides.
            return None

    def finish(self) -> Proposal:
        """Return the proposal for the service."""
        if self.findings is not None:
            try:
                with contain(self.service):
                    return self._build(self.findings)
            except SideError as error:
                self._note(error)
        return propose_nothing(self.service, self._problem)

    def put_off(self) -> Proposal:
        """Return the proposal for a service that comes after the others."""
        # Whether there is a network is a question for later, when it was waited for.
        why = self._problem.reason.removesuffix("; is there a network?")
        reason = f"{why}; it comes after the others"
        problem = replace(self._problem, reason=reason, failed=False)
        return replace(propose_nothing(self.service, problem), is_put_off=True)

    def _build(self, findings: Findings) -> Proposal:
        return self._builder.build(
            findings,
            self._find_limits(),
            equal=self._equal,
            problems=self._warnings,
        )

    def _find_limits(self) -> Limits:
        able = self._backend.capabilities
        refuses = able.refuses
        if self._settings.shrink:
            # Flickr takes no AVIF, but the smaller copy of one, which is a JPEG.
            refuses -= able.converts
        return Limits(
            refuses,
            able.read_only,
            able.keeps_albums,
            self._refused,
            self._too_large,
            self._withheld,
            self._backend.find_forbidden(),
            self._homeless,
            wants_utf8=not able.names_are_files,
        )

    def _note(self, error: SideError) -> None:
        self._problem = Problem(
            name_service(self.service), str(error), exit_code=error.exit_code
        )
