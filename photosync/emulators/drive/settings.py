"""The behaviours of the emulated service that a test may choose."""

from dataclasses import dataclass

from photosync.emulators import settings
from photosync.emulators.settings import DAY, GIBIBYTE, HOUR, MEBIBYTE


@dataclass
class Settings:
    """Behaviours of the emulated Drive; they may be changed while it runs.

    - `list_lag`: seconds during which a new file is missing from lists (not from
    ``files.get``)
    - `page_limits`: page *n* of a listing holds at most ``page_limits[n % len]`` items;
      0 gives an empty page with a ``nextPageToken``
    - `page_token_lifetime`: seconds until a page token of ``files.list`` is refused
    - `quota_limit`: bytes of storage, None for an unlimited account
    - `daily_upload_limit`: bytes that clients of an account may send in any 24 hours
    - `units_per_minute`: quota units that clients of an account may spend in any 60
    seconds (325,000 for projects made since May 2026), None where nobody counts
    - `incomplete_search`: every list says that not everything was searched
    - `grouped_parents_bug`: a query over several parents finds nothing
    - `descendant_changes`: trashing or deleting a folder also reports each file below
    it
    - `chunk_retention`: bytes at most that are kept of one upload chunk, a multiple of
    256 KiB
    - `session_lifetime`, `expired_session_status`: seconds, then 404 or 410
    - `root_visible_to_file_scope`: whether ``drive.file`` may read the root folder
    - `max_children`, `max_depth`, `max_query_terms`, `max_multipart` (bytes): limits
    """

    list_lag: float = 0.0
    page_limits: tuple[int, ...] = ()
    page_token_lifetime: float = 4 * HOUR
    quota_limit: int | None = 15 * GIBIBYTE
    daily_upload_limit: int = 750 * 1000**3
    units_per_minute: int | None = None
    incomplete_search: bool = False
    grouped_parents_bug: bool = False
    descendant_changes: bool = False
    chunk_retention: int | None = None
    session_lifetime: float = 7 * DAY
    expired_session_status: int = 404
    root_visible_to_file_scope: bool = False
    max_children: int = 500_000
    max_depth: int = 100
    max_query_terms: int = 100
    max_multipart: int = 9 * MEBIBYTE


@dataclass
class ConsentSettings(settings.ConsentSettings):
    """Behaviours of the emulated sign-in beside those of every one.

    - `unticked`: scopes that the user refuses while granting the others
    - `access_lifetime`: seconds that an access token works
    - `refresh_lifetime`: seconds that a refresh token works, None for ever (7 days
      stands for a client still in testing)
    - `device_interval`: seconds that a device must leave between two polls
    """

    unticked: frozenset[str] = frozenset()
    access_lifetime: int = 3599
    refresh_lifetime: int | None = None
    device_interval: int = 5
