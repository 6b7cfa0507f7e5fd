"""Proposals -> Plan. Pure: the guards speak here, before anything is done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from photosync.compare.packed_baselines import PackedBaselines
from photosync.formatting import count_nouns, name_service
from photosync.model import (
    REMOTE_SHRANK,
    AlbumUpdate,
    Census,
    Comparisons,
    EmptyTrash,
    LocalTree,
    Observations,
    Plan,
    Problem,
    Purge,
    Rename,
    Side,
    Step,
)
from photosync.naming import PhotoKey, photo_key
from photosync.plan import guards
from photosync.plan.albums import find_purges, find_renames, find_updates, judge_purges
from photosync.plan.companions import find_companions
from photosync.plan.contents import Contents, TrustedNames, describe_mismatches
from photosync.plan.duplicates import leave_busy_duplicates
from photosync.plan.order import limit_steps, sort_steps
from photosync.plan.policy import Policy
from photosync.plan.proposal import Proposal, propose_nothing
from photosync.plan.put_back import PutBack, describe_put_back
from photosync.plan.reconcile import keep_what_is_not_brought, reconcile
from photosync.plan.restores import describe_damaged
from photosync.plan.rule_context import Sides
from photosync.plan.rules import apply_rules
from photosync.plan.steps import FETCHES, target_of


@dataclass(frozen=True, slots=True)
class GuardContext:
    """What the guards go by: roots and services as they were after the last run, and
    roots now.

    `accepted` names the findings that the user takes for right; `rules_hash` as in
    `Census`. `others` names the folder remotes at whose place another folder is now than
    the one that `before` counted, and `newcomers` those of them that are no mere mount
    points. `deleted` counts what an earlier plan of the same run has deleted, by the
    service that lost it, or by Side.LOCAL. `put_back` is what an old backup seems to
    have brought back here.
    """

    before: Mapping[str, Census] = field(default_factory=dict)
    roots: Mapping[str, Census] = field(default_factory=dict)
    rules_hash: str = ""
    accepted: AbstractSet[str] = frozenset()
    others: AbstractSet[str] = frozenset()
    newcomers: AbstractSet[str] = frozenset()
    deleted: Mapping[str, int] = field(default_factory=dict)
    put_back: PutBack = field(default_factory=PutBack)


def make_plan(
    proposals: Sequence[Proposal],
    policy: Policy,
    tree: LocalTree,
    *,
    contents: Contents | None = None,
    expired: Iterable[EmptyTrash] = (),
    context: GuardContext | None = None,
) -> Plan:
    """Reconcile what the services want, ask the guards, and return the steps in order.

    `contents` looks into files to be sent; `expired` counts, for each trash, the files
    in it that are old enough to go. Raises GuardRefused where the plan is dangerous.
    """
    context = context or GuardContext()
    contents = contents or TrustedNames()
    proposals = _leave_out_away(proposals, policy, context)
    sides = _make_sides(proposals, policy, contents, context)
    proposed = _list_proposed(proposals, sides)
    wanted = _reconcile(proposed, sides, tree)
    _check_guards(wanted, proposals, policy, tree, context)
    steps, postponed = limit_steps(sort_steps(wanted), policy.max_steps)
    renames = _find_renames(proposals, steps, tree, postponed)
    purges, kept_albums = _find_purges(proposals, steps, renames, policy)
    problems = [
        *describe_put_back(wanted, context.put_back),
        *_list_problems(proposals, tree),
        *_describe_steps(proposed, wanted, sides),
        *kept_albums,
    ]
    return Plan(
        steps=tuple(steps),
        renames=renames,
        updates=_find_updates(steps, tree, policy),
        purges=purges,
        # A file that goes to two services is told of only once.
        problems=tuple(dict.fromkeys(problems)),
        counts={one.service: dict(one.counts) for one in proposals},
        postponed=postponed,
        trash=tuple(_find_trash(expired, policy)),
        observations=_list_observations(proposals, wanted),
        found=tree.found,
        titles={one.service: frozenset(one.findings.titles) for one in proposals},
        put_off=frozenset(one.service for one in proposals if one.is_put_off),
        put_back=bool(context.put_back),
    )


def _make_sides(
    proposals: Iterable[Proposal],
    policy: Policy,
    contents: Contents,
    context: GuardContext,
) -> Sides:
    by_service = {proposal.service: proposal for proposal in proposals}
    return Sides(policy, by_service, contents, context.put_back)


def _leave_out_away(
    proposals: Sequence[Proposal], policy: Policy, context: GuardContext
) -> Sequence[Proposal]:
    """Return the proposals, of a folder whose disk is away only what is told of it.

    A backup disk that is unplugged keeps nobody from filling the others. Where no other
    place is left, the guards refuse the run.
    """
    if policy.is_passive or REMOTE_SHRANK in context.accepted:
        return proposals
    before = _find_measures(policy, context)
    others = context.others
    folders = [one for one in proposals if one.service in others]
    away = guards.find_shrunk(before, folders, context.rules_hash, others=others)
    if len(away) == len(proposals):
        return proposals
    return [_leave_out_shrunk(one, away.get(one.service, "")) for one in proposals]


def _leave_out_shrunk(proposal: Proposal, found: str) -> Proposal:
    if not found:
        return proposal
    service = proposal.service
    meant = f"if that is right, allow it with --accept {REMOTE_SHRANK}"
    problem = Problem(name_service(service), f"{found} Nothing is done there; {meant}")
    return propose_nothing(service, problem)


def _list_proposed(proposals: Iterable[Proposal], sides: Sides) -> Sequence[Step]:
    """Return the steps that all services want, as the rules leave them."""
    steps: list[Step] = []
    for proposal in proposals:
        steps += proposal.steps
    return apply_rules(steps, sides)


def _list_problems(proposals: Iterable[Proposal], tree: LocalTree) -> Iterator[Problem]:
    """Yield the problems that were found here, then those found on each service."""
    yield from tree.problems
    for proposal in proposals:
        yield from proposal.problems


def _describe_steps(
    proposed: Sequence[Step], wanted: Sequence[Step], sides: Sides
) -> Iterator[Problem]:
    """Yield what is odd about the steps, whichever service wants them."""
    yield from describe_mismatches(proposed, sides.contents)
    yield from describe_damaged(wanted)
    yield from _describe_smaller(wanted)


def _describe_smaller(steps: Iterable[Step]) -> Iterator[Problem]:
    """Yield a notice for each service from which smaller copies come home: as they get
    the names of their originals, nobody would notice.
    """
    counts: Counter[str] = Counter()
    for step in steps:
        is_reduced = step.remote is not None and step.remote.reduced
        if is_reduced and step.action in FETCHES:
            counts[step.service] += 1
    for service, count in counts.items():
        photos = count_nouns(count, "photo")
        reason = f"{photos} to come home as smaller copies, as --shrink sent them"
        yield Problem(name_service(service), reason, failed=False)


def _list_observations(
    proposals: Iterable[Proposal], wanted: Sequence[Step]
) -> dict[str, Observations]:
    """Return what is to be remembered about each service that could be read."""
    return {
        proposal.service: _find_observations(proposal, wanted)
        for proposal in proposals
        if proposal.is_known
    }


def _find_observations(proposal: Proposal, wanted: Iterable[Step]) -> Observations:
    """Return what is to be remembered of the survey of a service."""
    observations = proposal.findings.observations
    only_there: set[PhotoKey] = set()
    for step in wanted:
        if step.service != proposal.service or step.is_duplicate:
            continue
        if step.comparison is Comparisons.REMOTE_ONLY:
            only_there.add(target_of(step))
    if not only_there:
        return observations
    # A photo that is deleted here because of another service, while this one has a photo
    # of that name which was never proved to be the same: remembered as agreed on, it
    # would be deleted there by the next run.
    agreed = PackedBaselines(
        baseline
        for baseline in observations.baseline
        if photo_key(baseline.album, baseline.name) not in only_there
    )
    return replace(observations, baseline=agreed)


def _reconcile(steps: Sequence[Step], sides: Sides, tree: LocalTree) -> list[Step]:
    """Return the steps that are done of those that the services want, and the steps for
    companions and duplicates.
    """
    proposals = list(sides.proposals.values())
    settled = reconcile(steps, proposals, sides.policy)
    settled += find_companions(settled, sides, tree.albums)
    own = [step for step in settled if step.waits_for is None]
    for step in settled:
        # What comes from Drive may be a file that Flickr does not take. Each step is
        # judged by itself: one that follows another is no rival of it.
        if step.waits_for is not None:
            own += apply_rules([step], sides)
    own = keep_what_is_not_brought(own)
    for proposal in proposals:
        duplicates = leave_busy_duplicates(proposal.duplicates, own)
        own += apply_rules(duplicates, sides)
    return own


def _check_guards(
    steps: Sequence[Step],
    proposals: Sequence[Proposal],
    policy: Policy,
    tree: LocalTree,
    context: GuardContext,
) -> None:
    before = context.before
    accepted = context.accepted
    if not policy.is_passive:
        guards.check_roots(before, context.roots, proposals, accepted)
        services = before
        if not policy.follows_deletes_there:
            # A second backup disk that is still empty: filling it loses nothing.
            services = _leave_out(before, context.newcomers)
        guards.check_services(
            services, proposals, context.rules_hash, accepted, others=context.others
        )
        guards.check_changes(proposals, accepted)
        guards.check_details(steps, proposals, accepted)
    guards.check_empty(steps, tree.empty_roots, before, accepted)
    limit = policy.max_delete
    photos = tree.photo_count
    guards.check_deletes(steps, proposals, limit, photos, context.deleted)


def _find_measures(policy: Policy, context: GuardContext) -> Mapping[str, Census]:
    """Return what the services are held against."""
    if policy.follows_deletes_there:
        return context.before
    # A second backup disk, empty yet: it is filled, and nothing is lost by that.
    return _leave_out(context.before, context.newcomers)


def _leave_out(
    before: Mapping[str, Census], places: AbstractSet[str]
) -> dict[str, Census]:
    return {place: census for place, census in before.items() if place not in places}


def _find_updates(
    steps: Sequence[Step], tree: LocalTree, policy: Policy
) -> tuple[AlbumUpdate, ...]:
    if not policy.updates_albums:
        return ()
    return tuple(find_updates(steps, tree.albums))


def _find_renames(
    proposals: Iterable[Proposal],
    steps: Sequence[Step],
    tree: LocalTree,
    postponed: Mapping[str, int],
) -> tuple[Rename, ...]:
    here = {title for title, album in tree.albums.items() if album.photos}
    renames: list[Rename] = []
    for proposal in proposals:
        # With --max some photos stay for the next run, and so the album keeps its title.
        if not postponed.get(proposal.service):
            renames += find_renames(proposal, steps, here)
    return tuple(renames)


def _find_purges(
    proposals: Iterable[Proposal],
    steps: Sequence[Step],
    renames: Sequence[Rename],
    policy: Policy,
) -> tuple[tuple[Purge, ...], list[Problem]]:
    """Return the empty albums to be removed, and the notices of those that stay."""
    if not policy.purge or policy.is_passive:
        return (), []
    purges: list[Purge] = []
    problems: list[Problem] = []
    for proposal in proposals:
        found = list(find_purges(proposal, steps, renames))
        permitted, notices = judge_purges(found, proposal, policy)
        purges += permitted
        problems += notices
    return tuple(purges), problems


def _find_trash(expired: Iterable[EmptyTrash], policy: Policy) -> Iterator[EmptyTrash]:
    if policy.is_passive:
        # `-m report` only looks: it must not cost anybody the trash.
        return
    for trash in expired:
        side = Side.LOCAL if trash.service == Side.LOCAL else Side.REMOTE
        is_asked = policy.purge and trash.files > 0
        if is_asked and side in policy.allow_delete:
            yield trash
