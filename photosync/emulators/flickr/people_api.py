"""The methods about users, sign-in and tests."""

import re
from collections.abc import Mapping

from photosync.emulators.database import Row
from photosync.emulators.flickr.calls import ApiCall, Method
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import user_not_found
from photosync.emulators.flickr.replies import Reply

_USER_PATH = re.compile(r"(?:https?://[^/]+)?/?(?:photos|people)/([^/?]+)/?.*")
_MAX_PIXELS = {True: 6144, False: 1024}
_MAX_DURATION = {True: 600, False: 180}


class PeopleApi:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.methods: Mapping[str, Method] = {
            "people.findByUsername": self._find,
            "people.getLimits": self._limits,
            "people.getUploadStatus": self._upload_status,
            "test.login": self._login,
            "urls.lookupUser": self._lookup,
        }

    def _login(self, call: ApiCall) -> Reply:
        account = self._own(call)
        username, alias = account["username"], account["path_alias"]
        user = {
            "id": account["nsid"],
            "username": {"_content": username},
            "path_alias": alias,
        }
        return {"user": user}

    def _find(self, call: ApiCall) -> Reply:
        return _user(self._catalog.accounts.named(call.text("username")))

    def _lookup(self, call: ApiCall) -> Reply:
        path = _USER_PATH.fullmatch(call.text("url"))
        account = self._catalog.accounts.by_alias(path[1]) if path else None
        if account is None:
            raise user_not_found()
        return {
            "user": {
                "id": account["nsid"],
                "username": {"_content": account["username"]},
            }
        }

    def _limits(self, call: ApiCall) -> Reply:
        account, settings = self._own(call), self._catalog.state.settings
        pro = bool(account["pro"])
        photos = {
            "maxdisplaypx": str(_MAX_PIXELS[pro]),
            "maxupload": str(settings.max_photo_bytes),
        }
        maxima = {
            "maxduration": str(_MAX_DURATION[pro]),
            "maxupload": str(settings.max_video_bytes),
        }
        return {"person": {"nsid": account["nsid"], "photos": photos, "videos": maxima}}

    def _upload_status(self, call: ApiCall) -> Reply:
        account, settings = self._own(call), self._catalog.state.settings
        database = self._catalog.state.database
        sql = "SELECT count(*) FROM photos WHERE owner = ? AND media = 'video'"
        videos = database.number(sql, account["nsid"])
        sets = len(self._catalog.albums.of(account["nsid"]))
        user = {
            "id": account["nsid"],
            "ispro": account["pro"],
            "username": {"_content": account["username"]},
            "bandwidth": {"max": "0", "used": "0", "unlimited": 1},
            "filesize": _sizes(settings.max_photo_bytes),
            "videosize": _sizes(settings.max_video_bytes),
            "sets": {"created": sets, "remaining": _remaining(settings.max_sets, sets)},
            "videos": {
                "uploaded": videos,
                "remaining": _remaining(settings.max_videos, videos),
            },
        }
        return {"user": user}

    def _own(self, call: ApiCall) -> Row:
        return self._catalog.accounts.get(call.account)


def _user(account: Row | None) -> Reply:
    if account is None:
        raise user_not_found()
    nsid, username = account["nsid"], {"_content": account["username"]}
    return {"user": {"id": nsid, "nsid": nsid, "username": username}}


def _sizes(size: int) -> Reply:
    return {"max": str(size), "maxbytes": str(size), "maxkb": str(size // 1024)}


def _remaining(limit: int | None, used: int) -> str:
    return "lots" if limit is None else str(max(limit - used, 0))
