"""The methods that change photosets."""

from collections.abc import Mapping

from photosync.emulators.database import Row
from photosync.emulators.flickr.calls import ApiCall, Method
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import ApiError, photo_not_found
from photosync.emulators.flickr.replies import Reply


class PhotosetEditsApi:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._albums = catalog.albums
        self.methods: Mapping[str, Method] = {
            "photosets.addPhoto": self._add_photo,
            "photosets.create": self._create,
            "photosets.editMeta": self._edit_meta,
            "photosets.editPhotos": self._edit_photos,
            "photosets.removePhoto": self._remove_photo,
            "photosets.reorderPhotos": self._reorder_photos,
            "photosets.setPrimaryPhoto": self._set_primary_photo,
        }

    def _create(self, call: ApiCall) -> Reply:
        title = call.text("title").strip()
        if not title:
            raise ApiError(1, "No title specified")
        photo = self._photo(call, "primary_photo_id", 2)
        limit = self._catalog.state.settings.max_sets
        if limit is not None and len(self._albums.of(call.account)) >= limit:
            raise ApiError(3, "Can't create any more sets")
        album = self._albums.create(
            call.account, title, call.text("description"), [photo]
        )
        url = f"{call.base_url}/photos/{call.account}/sets/{album}/"
        return {"photoset": {"id": str(album), "url": url}}

    def _add_photo(self, call: ApiCall) -> None:
        album = self._album(call)
        self._albums.append(album["id"], self._photo(call, "photo_id", 2))

    def _edit_photos(self, call: ApiCall) -> None:
        album = self._album(call)
        names = call.names("photo_ids")
        if not names:
            raise ApiError(5, "Empty photos list")
        photos = self._photos(call)
        try:
            primary = self._photo(call, "primary_photo_id", 3)
        except ApiError:
            raise ApiError(3, "Primary photo not found") from None
        if primary not in photos:
            raise ApiError(4, "Primary photo not in list")
        self._albums.set_members(album["id"], photos, primary)

    def _remove_photo(self, call: ApiCall) -> None:
        album, photo = self._album(call), self._photo(call, "photo_id", 2)
        if photo not in self._albums.members(album["id"]):
            raise ApiError(3, "Photo not in set")
        self._albums.remove(album, [photo])

    def _reorder_photos(self, call: ApiCall) -> None:
        album, first = self._album(call), self._photos(call)
        members = self._albums.members(album["id"])
        if not set(first) <= set(members):
            raise photo_not_found(2)
        others = [photo for photo in members if photo not in set(first)]
        self._albums.set_members(album["id"], first + others, album["primary_photo"])

    def _set_primary_photo(self, call: ApiCall) -> None:
        album, photo = self._album(call), self._photo(call, "photo_id", 2)
        if photo not in self._albums.members(album["id"]):
            raise photo_not_found(2)
        self._albums.modify(album["id"], primary_photo=photo)

    def _edit_meta(self, call: ApiCall) -> None:
        album, title = self._album(call), call.text("title").strip()
        if not title:
            raise ApiError(2, "No title specified")
        description = call.arguments.get("description", album["description"])
        self._albums.modify(album["id"], title=title, description=description)

    def _album(self, call: ApiCall) -> Row:
        return self._albums.get_owned(call.text("photoset_id"), call.account)

    def _photo(self, call: ApiCall, argument: str, code: int) -> int:
        store = self._catalog.photos
        return int(store.get_settled(call.text(argument), call.account, code)["id"])

    def _photos(self, call: ApiCall) -> list[int]:
        names = call.names("photo_ids")
        if not names:
            raise photo_not_found(2)
        store = self._catalog.photos
        photos = [store.get_settled(name, call.account, 2)["id"] for name in names]
        return list(dict.fromkeys(photos))
