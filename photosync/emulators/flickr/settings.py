"""The behaviours of the emulated service that a test may choose."""

from dataclasses import dataclass
from typing import Literal

from photosync.emulators import settings
from photosync.emulators.settings import MEBIBYTE


@dataclass
class Settings:
    """Behaviours of the emulated Flickr; they may be changed while it runs.

    Seconds are those of the emulator's clock, except for `timestamp_skew`: signatures
    are dated by the machine's own clock, so that moving the emulator's one ahead locks
    no client out.

    - `timestamp_skew`: seconds that the date of a signature may be off
    - `clock_offset`: seconds that the service's idea of the time is ahead of the
    machine's
    - `revoked_token`: answer to a dead token, ``code`` for 98, ``oauth`` for
    ``token_rejected``
    - `hourly_quota`: calls per key in any hour, None for no limit
    - `static_limit`, `static_window`: files per user agent in that many seconds
    - `missing_file`: 404, or a redirect to the picture that stands for a missing one
    - `index_lag`: seconds until ``photos.search`` knows of a change
    - `updated_lag`: seconds until ``photos.recentlyUpdated`` knows of a change
    - `sets_lag`: seconds until a new set is in ``photosets.getList`` and known to other
    calls
    - `members_lag`: seconds until ``photosets.getPhotos`` shows a photo put into a set
    - `left_lag`: seconds until it no longer shows a photo that was taken out of a set,
    or deleted; whether and for how long it does is not documented, so by default it
    does not
    - `texts_lag`: seconds until lists tell a new title, description or tag of a photo;
    whether and for how long they tell the old one is not documented, so by default they
    do not
    - `not_in_set_lag`: seconds until ``photos.getNotInSet`` shows a new photo
    - `fresh_lag`: seconds until the calls that change sets know a new photo
    - `search_overflow`: what comes after 4,000 results, the last page again or code 20
    - `page_after_last`: what photo lists give for a page too far
    - `untold_extras`: extras that lists leave out for once, though they are asked for
    - `untold_tags`: ``photos.getInfo`` leaves the tags out for once
    - `totals_as_text`: lists give `total` as a string
    - `member_edits_touch_sets`: a new title or tag of a photo moves `date_update` of
    its sets
    - `max_photos_per_set`, `max_sets`, `max_tags` (per photo): limits
    - `max_tag_length`: characters after which a raw tag is cut in silence; no
      length is documented, so by default none is
    - `normalise_machine_values`: values of machine tags lose case, blanks and
    punctuation too
    - `new_secrets_with_edits`: a rotation or another privacy on the site gives a photo
    new secrets
    - `withheld`: originals that nobody may have lack their address, or their secret too
    - `withhold_originals`: those of Pro accounts are withheld as well
    - `needs_endings`: a video whose file has a name without an ending is refused
    - `max_photo_bytes`, `max_video_bytes`: limits of one upload
    - `free_items`, `free_private`: limits of a free account
    - `free_private_excess`: ``backup`` (at risk) or ``refused`` (code 6)
    - `max_videos`: code 7 beyond; `videos_enabled`: code 0 if not
    - `auto_upload_wait`: seconds named in the code 14 that every upload of a free
    account gets
    - `video_processing`: seconds that a video is pending
    """

    timestamp_skew: float = 600.0
    clock_offset: float = 0.0
    revoked_token: Literal["code", "oauth"] = "code"  # noqa: S105 - no password
    hourly_quota: int | None = 3600
    static_limit: int | None = None
    static_window: float = 60.0
    missing_file: Literal["404", "unavailable"] = "404"
    index_lag: float = 0.0
    updated_lag: float = 0.0
    sets_lag: float = 0.0
    members_lag: float = 0.0
    left_lag: float = 0.0
    texts_lag: float = 0.0
    not_in_set_lag: float = 0.0
    fresh_lag: float = 0.0
    search_overflow: Literal["repeat", "fail"] = "repeat"
    page_after_last: Literal["empty", "repeat"] = "empty"
    untold_extras: frozenset[str] = frozenset()
    untold_tags: bool = False
    totals_as_text: bool = False
    member_edits_touch_sets: bool = False
    max_photos_per_set: int = 5000
    max_sets: int | None = None
    max_tags: int = 75
    max_tag_length: int | None = None
    normalise_machine_values: bool = True
    new_secrets_with_edits: bool = True
    withheld: Literal["address", "secret"] = "secret"
    withhold_originals: bool = False
    needs_endings: bool = True
    max_photo_bytes: int = 200 * MEBIBYTE
    max_video_bytes: int = 1024 * MEBIBYTE
    free_items: int = 1000
    free_private: int = 50
    free_private_excess: Literal["kept", "refused"] = "kept"
    max_videos: int | None = None
    videos_enabled: bool = True
    auto_upload_wait: int | None = None
    video_processing: float = 0.0


@dataclass
class ConsentSettings(settings.ConsentSettings):
    """Behaviours of the emulated sign-in beside those of every one.

    - `account`: NSID of the user who is logged in to the site, None for the first
    account
    - `request_token_lifetime`: seconds for the whole sign-in
    - `deny_calls_back`: a refusal sends the browser to the callback instead of showing
    a page
    """

    account: str | None = None
    request_token_lifetime: float = 900.0
    deny_calls_back: bool = False
