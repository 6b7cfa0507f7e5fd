"""What Flickr can do, as the planner and the executor ask for it."""

from __future__ import annotations

from dataclasses import replace

from photosync.model import KEYWORDS, TEXT_FIELDS
from photosync.services.capabilities import Capabilities
from photosync.services.flickr.calls.account import CONVERTS, REFUSES
from photosync.services.flickr.calls.costs import COSTS, COSTS_IF_FREE
from photosync.services.flickr.photos.details import MOST_KEYWORDS

CAPABILITIES = Capabilities(
    tags=True,
    final_delete=True,
    commits_albums=True,
    dates_cost_calls=True,
    keeps_metadata=True,
    asks_taken=True,
    prepares_saves=True,
    is_far=True,
    details=frozenset({*TEXT_FIELDS, KEYWORDS}),
    most_keywords=MOST_KEYWORDS,
    refuses=REFUSES,
    converts=CONVERTS,
    costs=COSTS,
)
CAPABILITIES_IF_FREE = replace(CAPABILITIES, costs=COSTS_IF_FREE)
