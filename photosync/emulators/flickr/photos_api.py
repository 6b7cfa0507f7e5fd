"""The methods that read photos."""

from collections.abc import Mapping

from photosync.emulators.flickr.calls import ApiCall, Method, moment
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import ApiError
from photosync.emulators.flickr.listing import Listing, Selection, add_filters
from photosync.emulators.flickr.photo_info import info, sizes_of
from photosync.emulators.flickr.photo_rows import describe_place
from photosync.emulators.flickr.replies import Reply
from photosync.emulators.flickr.search import Search

_NO_SET = "NOT EXISTS (SELECT 1 FROM members WHERE members.photo = photos.id)"


class PhotosApi:
    def __init__(self, catalog: Catalog, listing: Listing) -> None:
        self._catalog = catalog
        self._listing = listing
        self.methods: Mapping[str, Method] = {
            "photos.geo.getLocation": self._location,
            "photos.getAllContexts": self._contexts,
            "photos.getInfo": self._info,
            "photos.getNotInSet": self._not_in_set,
            "photos.getSizes": self._sizes,
            "photos.recentlyUpdated": self._recently_updated,
            "photos.search": Search(catalog, listing).answer,
        }

    def _not_in_set(self, call: ApiCall) -> Reply:
        selection = _of(call.account)
        selection.add(_NO_SET)
        state = self._catalog.state
        shown_from = state.clock.now() - state.settings.not_in_set_lag
        selection.add("photos.entered <= ?", shown_from)
        add_filters(selection, call)
        return self._listing.reply(call, selection)

    def _recently_updated(self, call: ApiCall) -> Reply:
        if not call.text("min_date"):
            raise ApiError(1, "Required argument missing.")
        since = moment(call.text("min_date"))
        if since is None:
            raise ApiError(2, "Not a valid date")
        selection = _of(call.account)
        state = self._catalog.state
        known = int(state.clock.now() - state.settings.updated_lag)
        selection.add("photos.updated BETWEEN ? AND ?", since, known)
        selection.order = "photos.updated DESC, photos.id DESC"
        extras = ",".join(["last_update", call.text("extras")])
        arguments = {**call.arguments, "extras": extras}
        return self._listing.reply(
            ApiCall(call.method, arguments, call.caller, call.base_url), selection
        )

    def _info(self, call: ApiCall) -> Reply:
        photo = self._catalog.photos.visible(call.text("photo_id"), call.account)
        is_untold = self._catalog.state.settings.untold_tags
        tags = [] if is_untold else self._catalog.photos.tags_of(photo["id"])
        names = self._catalog.accounts.names()
        return info(self._listing.view(call, photo), tags, names)

    def _location(self, call: ApiCall) -> Reply:
        photo = self._catalog.photos.visible(call.text("photo_id"), call.account)
        if not photo["accuracy"]:
            raise ApiError(2, "Photo has no location information.")
        location = describe_place(photo)
        return {"photo": {"id": str(photo["id"]), "location": location}}

    def _sizes(self, call: ApiCall) -> Reply:
        photo = self._catalog.photos.visible(call.text("photo_id"), call.account)
        return sizes_of(self._listing.view(call, photo))

    def _contexts(self, call: ApiCall) -> Reply:
        photo = self._catalog.photos.visible(call.text("photo_id"), call.account)
        albums = self._catalog.albums.containing(photo["id"])
        if not albums:
            return {}
        return {
            "set": [
                {"id": str(album["id"]), "title": album["title"]} for album in albums
            ]
        }


def _of(owner: str) -> Selection:
    return Selection("photos", ["photos.owner = ?"], [owner])
