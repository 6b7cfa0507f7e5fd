"""What the settings permit and ask for, as the planner wants to know it."""

from __future__ import annotations

from photosync.config.settings import Settings
from photosync.plan.policy import Policy


def make_policy(settings: Settings) -> Policy:
    """Return the policy that the settings ask for."""
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
