"""What is done about what differs."""

from __future__ import annotations

from photosync.config import choices, converters
from photosync.config.options.option import HOW, Option

ALBUM_DESCRIPTION = "synced from {folder} by photosync"
"""The description of albums, unless another one is given."""

WORK: tuple[Option, ...] = (
    Option(
        HOW,
        "mode",
        "upload (default), download, report, repairUpload, sync or "
        "syncUpload; --modes shows what each does",
        short="-m",
        metavar="MODE",
        convert=choices.mode,
        common=True,
    ),
    Option(
        HOW,
        "test",
        "dry run: show what would be done, change nothing anywhere",
        short="-t",
        alias="--dry-run",
        flag=True,
        common=True,
    ),
    Option(
        HOW,
        "plan",
        "with --test: write the plan to a file, to look at it and --apply it later",
        attribute="plan_file",
        metavar="FILE",
        convert=converters.path,
    ),
    Option(
        HOW,
        "apply",
        "carry out the plan in this file and nothing else; what changed since is left "
        "alone and named",
        attribute="apply_file",
        metavar="FILE",
        convert=converters.path,
    ),
    Option(
        HOW,
        "review",
        "show what would be done in the browser, with a box to tick for each step, album "
        "and action; only what is ticked is carried out",
        flag=True,
        common=True,
    ),
    Option(
        HOW,
        "report",
        "write a report of what is or would be done: a page with small pictures "
        "(FILE.html), or FILE.json; may be given twice",
        metavar="FILE",
        convert=converters.report_file,
        many=True,
    ),
    Option(
        HOW,
        "fail-on-differences",
        "exit code 1 when the sides are not equal, in a dry run or with -m report",
        flag=True,
    ),
    Option(
        HOW,
        "copies",
        "with -m report: list the photos with fewer than N copies that are proved byte "
        "for byte, counting the one here; exit code 1 if there are any",
        metavar="N",
        convert=converters.whole(1, 99),
    ),
    # A camera clock that was wrong makes every date differ: `-c 4` goes by content alone.
    Option(
        HOW,
        "compareattributes",
        "what decides whether two photos differ: 1 date + 2 size + 4 hash, added up (default 3)",
        attribute="attributes",
        short="-c",
        metavar="N",
        convert=choices.attributes,
    ),
    Option(
        HOW,
        "override",
        "change one cell of the mode table; --override:COMPARISON ACTION works too",
        attribute="overrides",
        metavar="COMPARISON=ACTION",
        convert=choices.override,
        many=True,
    ),
    Option(
        HOW,
        "purge",
        "also remove empty remote albums, and files that have been in the trash for 30 "
        "days, on the sides that --allowDelete names",
        flag=True,
    ),
    Option(
        HOW,
        "deletedups",
        "also delete duplicates in a remote album, which are photos of one name with equal "
        "bytes; the oldest is kept, or of equally old ones the one with the first id",
        short="-dd",
        flag=True,
    ),
    Option(
        HOW,
        "shrink",
        "upload copies reduced to PIXELS on the longer side (default 2048); "
        "it is still the originals that are compared",
        metavar="PIXELS",
        convert=converters.whole(16, 100_000),
        default="2048",
    ),
    Option(
        HOW,
        "shrink-quality",
        "JPEG quality of these copies, 1 to 95 (default 90)",
        metavar="N",
        convert=converters.whole(1, 95),
    ),
    Option(
        HOW,
        "noupdatealbummetadata",
        "do not write dates, order and description of albums",
        attribute="no_album_metadata",
        flag=True,
    ),
    Option(
        HOW,
        "album-description",
        "the description of albums that photosync fills; {folder} is the "
        f"folder (default: {ALBUM_DESCRIPTION})",
        metavar="TEXT",
        convert=str,
    ),
    Option(
        HOW,
        "sidecars",
        "keep title, description, keywords and position the same on Flickr (on Drive "
        "the description) and in NAME.xmp beside each photo, which a download makes",
        flag=True,
    ),
    Option(
        HOW,
        "untag",
        "remove the marks that TAG_REMOTE left, and end",
        flag=True,
        is_command=True,
    ),
    # For a memory that somebody distrusts, without deleting it.
    Option(
        HOW,
        "stateless",
        "ignore what earlier runs remembered: compare the two sides as they are",
        flag=True,
    ),
    Option(
        HOW,
        "audit",
        "list everything anew instead of asking the services only for what changed; "
        "with -c 4 read all files anew too",
        flag=True,
    ),
    # A feed of changes that lost one entry must not hide a photo for ever.
    Option(
        HOW,
        "audit-days",
        "do an audit every N days without being asked (default 7)",
        metavar="N",
        convert=converters.decimal(0, 3650),
    ),
    Option(
        HOW,
        "verify",
        "read N percent of the photos again on both sides, to find damage; without N, read "
        "what is due today (only a sample of it on Drive and Flickr)",
        metavar="N%",
        convert=converters.share,
        default=converters.DUE,
    ),
    Option(
        HOW,
        "verify-days",
        "with --verify alone, read all photos once in N days (default 30)",
        metavar="N",
        convert=converters.decimal(0.01, 3650),
    ),
    Option(
        HOW,
        "largest",
        "where Flickr withholds an original, download the largest "
        "picture there is, as NAME.largest.jpg",
        flag=True,
    ),
)
