"""The methods that read photosets."""

from collections.abc import Mapping

from photosync.emulators.database import Row
from photosync.emulators.flickr.calls import ApiCall, Method
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import photoset_not_found, user_not_found
from photosync.emulators.flickr.listing import (
    MAX_PER_PAGE,
    Listing,
    Page,
    Selection,
    add_filters,
)
from photosync.emulators.flickr.replies import Reply

_MEMBERS = "members CROSS JOIN photos ON photos.id = members.photo"
_MEMBERS_AND_LEAVERS = """
(SELECT album, position, members.entered AS joined, 9e99 AS departed, photos.*
 FROM members JOIN photos ON photos.id = photo UNION ALL SELECT * FROM leavers) AS photos
"""
_PUBLIC_MEMBERS = """
SELECT sum(media = 'photo') AS photos, sum(media = 'video') AS videos
FROM members JOIN photos ON photos.id = members.photo WHERE album = ? AND is_public
"""


class PhotosetsApi:
    def __init__(self, catalog: Catalog, listing: Listing) -> None:
        self._catalog = catalog
        self._listing = listing
        self.methods: Mapping[str, Method] = {
            "photosets.getList": self._list,
            "photosets.getPhotos": self._photos,
        }

    def _list(self, call: ApiCall) -> Reply:
        owner = self._catalog.accounts.meant(call.text("user_id"), call.account)
        store = self._catalog.albums
        albums = [each for each in store.of(owner["nsid"]) if store.is_known(each)]
        if owner["nsid"] != call.account:
            albums = [album for album in albums if sum(self._counts(album, call)) > 0]
        page = self._listing.page(call, len(albums), MAX_PER_PAGE)
        first = (page.number - 1) * page.size
        rows = [self._row(album, call) for album in albums[first : first + page.size]]
        totals_as_text = self._catalog.state.settings.totals_as_text
        facts = page.facts(totals_as_text=totals_as_text)
        own = int(owner["nsid"] == call.account)
        return {"photosets": {**facts, "cancreate": own, "photoset": rows}}

    def _photos(self, call: ApiCall) -> Reply:
        album, owner = self._find_named(call)
        selection = self._select_members(album)
        if owner["nsid"] != call.account:
            selection.add("photos.is_public")
        add_filters(selection, call)
        page = self._page(call, self._listing.count(selection))
        rows = self._listing.rows(call, self._listing.found(selection, page))
        for row in rows:
            row["isprimary"] = str(int(row["id"] == str(album["primary_photo"])))
            del row["owner"]
        settings = self._catalog.state.settings
        facts = page.facts(totals_as_text=settings.totals_as_text)
        content = {
            "id": str(album["id"]),
            "primary": str(album["primary_photo"]),
            "owner": owner["nsid"],
            "ownername": owner["username"],
            "photo": rows,
            **facts,
            "per_page": str(page.size),
            "perpage": str(page.size),
            "title": album["title"],
        }
        return {"photoset": content}

    def _select_members(self, album: Row) -> Selection:
        """Select the members that a list shows by now, and those that it still does."""
        settings, now = self._catalog.state.settings, self._catalog.state.clock.now()
        which = [album["id"], now - settings.members_lag]
        if settings.left_lag <= 0:
            where = ["members.album = ?", "members.entered <= ?"]
            return Selection(_MEMBERS, where, which, "members.position")
        where = ["album = ?", "joined <= ?", "departed > ?"]
        which.append(now - settings.left_lag)
        return Selection(_MEMBERS_AND_LEAVERS, where, which, "position, id")

    def _page(self, call: ApiCall, total: int) -> Page:
        size = min(call.number("per_page", MAX_PER_PAGE) or MAX_PER_PAGE, MAX_PER_PAGE)
        page = Page(call.number("page", 1) or 1, size, total)
        if page.number > max(page.pages, 1):
            raise photoset_not_found()
        return page

    def _find_named(self, call: ApiCall) -> tuple[Row, Row]:
        if not call.text("user_id"):
            raise user_not_found(2)
        owner = self._catalog.accounts.meant(call.text("user_id"), call.account, 2)
        album = self._catalog.albums.get_owned(call.text("photoset_id"), owner["nsid"])
        if not sum(self._counts(album, call)):
            raise photoset_not_found()
        return album, owner

    def _counts(self, album: Row, call: ApiCall) -> tuple[int, int]:
        row = album
        if album["owner"] != call.account:
            row = self._catalog.state.database.rows(_PUBLIC_MEMBERS, album["id"])[0]
        return row["photos"] or 0, row["videos"] or 0

    def _row(self, album: Row, call: ApiCall) -> Reply:
        photos, videos = self._counts(album, call)
        primary = self._catalog.photos.get(album["primary_photo"])
        row: Reply = {
            "id": str(album["id"]),
            "primary": str(primary["id"]),
            "secret": primary["secret"],
            "server": primary["server"],
            "farm": 66,
            "count_photos": str(photos),
            "count_videos": str(videos),
            "photos": photos,
            "videos": videos,
            "title": {"_content": album["title"]},
            "description": {"_content": album["description"]},
            "date_create": str(album["created"]),
            "date_update": str(album["updated"]),
        }
        extras = self._listing.view(call, primary).row(
            call.names("primary_photo_extras")
        )
        if call.text("primary_photo_extras"):
            names = extras.keys() - {"id", "owner", "secret", "server", "farm"}
            row["primary_photo_extras"] = {name: extras[name] for name in sorted(names)}
        return row
