"""What is wanted of each service: its survey, looked up in the table in force."""

from __future__ import annotations

from photosync.compare.hashes import Baselines
from photosync.compare.survey import EqualPairs, Surveyor
from photosync.config.settings import Settings
from photosync.errors import SideError
from photosync.model import Actions, Comparisons, Problem
from photosync.plan.policy import Policy
from photosync.plan.proposal import Limits, Proposal, ProposalBuilder, propose_nothing
from photosync.services.base import Backend


def make_policy(settings: Settings) -> Policy:
    """Return what the settings want done and permit."""
    return Policy(
        table=settings.table(),
        allow_delete=settings.allow_delete,
        max_delete=settings.max_delete,
        max_steps=settings.max_steps,
        purge=settings.purge,
        deletedups=settings.deletedups,
        skip_unsupported=settings.skip_unsupported,
        keeps_trash=not settings.no_trash,
        updates_albums=not settings.no_album_metadata,
    )


def propose(
    backend: Backend,
    surveyor: Surveyor,
    baselines: Baselines,
    settings: Settings,
    *,
    has_rivals: bool,
) -> Proposal:
    """Survey one service, and look up what is wanted of it.

    `has_rivals`: there are other services, which may want to know what is equal here.
    """
    policy = make_policy(settings)
    skip_equal = policy.table[Comparisons.SAME] is Actions.SILENT
    builder = ProposalBuilder(backend.name, policy, keeps_equal=has_rivals)
    survey = surveyor.survey(backend, baselines, skip_equal=skip_equal)
    try:
        for difference in survey:
            builder.add(difference)
        uploads = builder.count_uploads()
        warnings = backend.upload_warnings(uploads) if uploads else ()
    except SideError as error:
        # One service that cannot be listed stops alone: of it nothing is known.
        problem = Problem(backend.name, str(error), exit_code=error.exit_code)
        return propose_nothing(backend.name, problem)
    findings = survey.findings()
    return builder.build(
        findings,
        _find_limits(backend, settings),
        equal=EqualPairs(builder.equal, findings.equal_albums, baselines),
        problems=warnings,
    )


def _find_limits(backend: Backend, settings: Settings) -> Limits:
    able = backend.capabilities
    # Of what a service takes only as another kind a smaller copy may go there.
    refuses = able.refuses - able.converts if settings.shrink else able.refuses
    return Limits(refuses, able.read_only)
