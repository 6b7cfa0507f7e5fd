"""The hosts of pictures and videos."""

import re
from collections.abc import Iterable

from werkzeug.wrappers import Request, Response

from photosync.emulators.database import Row
from photosync.emulators.flickr import pictures, sizes
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.quota import Quota

_FILE = re.compile(r"/(\d+)/(\d{1,18})_([0-9a-f]+)(?:_([a-z]+))??(_d)?\.(\w+)")
_PLAY = re.compile(r"/photos/([^/]+)/(\d{1,18})/play/orig/([0-9a-f]+)/?")
_UNAVAILABLE = "/images/photo_unavailable.gif"
_TYPES = {
    "3gp": "video/3gpp",
    "avi": "video/x-msvideo",
    "gif": "image/gif",
    "jpg": "image/jpeg",
    "mkv": "video/x-matroska",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "mpg": "video/mpeg",
    "mts": "video/mp2t",
    "ogv": "video/ogg",
    "png": "image/png",
    "wmv": "video/x-ms-wmv",
}


def is_static(path: str) -> bool:
    return bool(path == _UNAVAILABLE or _FILE.fullmatch(path) or _PLAY.fullmatch(path))


class StaticFiles:
    def __init__(self, catalog: Catalog, quota: Quota) -> None:
        self._catalog = catalog
        self._state = catalog.state
        self._quota = quota

    def answer(self, request: Request) -> Response:
        settings = self._state.settings
        user = f"{request.remote_addr} {request.user_agent.string}"
        self._quota.count(user, settings.static_limit, settings.static_window)
        if request.path == _UNAVAILABLE:
            return Response(pictures.UNAVAILABLE, mimetype="image/gif")
        play = _PLAY.fullmatch(request.path)
        if play:
            return self._redirect(request, play)
        file = _FILE.fullmatch(request.path)
        return (file and self._file(file)) or self._missing(request)

    def _redirect(self, request: Request, play: re.Match[str]) -> Response:
        photo = self._photo(play[2])
        if (
            photo is None
            or photo["original_secret"] != play[3]
            or not self._is_playable(photo)
        ):
            return self._missing(request)
        url = sizes.Addresses(request.host_url.rstrip("/")).video_file(photo)
        return Response(status=302, headers={"Location": url})

    def _file(self, file: re.Match[str]) -> Response | None:
        server, photo_id, secret, suffix, download, kind = file.groups()
        photo = self._photo(photo_id)
        if photo is None or photo["server"] != server:
            return None
        if suffix in {"o", "orig"}:
            answer = self._original(photo, secret, suffix, kind)
        else:
            answer = self._rendition(photo, secret, suffix or "", kind)
        if answer and download:
            name = file[0].rpartition("/")[2]
            answer.headers["Content-Disposition"] = f"attachment; filename={name}"
        return answer

    def _original(
        self, photo: Row, secret: str, suffix: str, kind: str
    ) -> Response | None:
        is_video = photo["media"] == "video"
        if secret != photo["original_secret"] or self._is_withheld(photo):
            return None
        if is_video and suffix == "o":
            return _picture(f"still {photo['id']} {secret}") if kind == "jpg" else None
        available = self._is_playable(photo) if is_video else suffix == "o"
        if kind != photo["format"] or not available:
            return None
        return _whole(self.content(photo), photo["size"], kind)

    def _rendition(
        self, photo: Row, secret: str, suffix: str, kind: str
    ) -> Response | None:
        free = not self._owner(photo)["pro"]
        by_suffix = {size.suffix: size for size in sizes.smaller(photo, free=free)}
        if secret != photo["secret"] or kind != "jpg" or suffix not in by_suffix:
            return None
        size = by_suffix[suffix]
        drawn = self._shrink(photo, size)
        if drawn is None:
            return _picture(f"{photo['id']} {secret} {suffix}")
        return Response(drawn, mimetype="image/jpeg")

    def _shrink(self, photo: Row, size: sizes.Size) -> bytes | None:
        if photo["blob"] is None or photo["media"] == "video":
            return None
        return pictures.shrink(self.content(photo), size.width, size.height)

    def content(self, photo: Row) -> Iterable[bytes]:
        """Give the bytes of an original."""
        if photo["blob"] is None:
            return pictures.make_up(photo["id"], photo["size"])
        return self._state.blobs.read(photo["blob"], 0, photo["size"])

    def _photo(self, photo_id: str) -> Row | None:
        return self._catalog.photos.find(photo_id)

    def _owner(self, photo: Row) -> Row:
        return self._catalog.accounts.get(photo["owner"])

    def _is_playable(self, photo: Row) -> bool:
        ready = photo["ready_at"] <= self._state.clock.now()
        is_video = photo["media"] == "video"
        return bool(is_video and ready and not self._is_withheld(photo))

    def _is_withheld(self, photo: Row) -> bool:
        settings = self._state.settings
        return settings.withhold_originals or not self._owner(photo)["pro"]

    def _missing(self, request: Request) -> Response:
        if self._state.settings.missing_file == "unavailable":
            url = request.host_url.rstrip("/") + _UNAVAILABLE
            return Response(status=302, headers={"Location": url})
        return Response("Not Found", 404, mimetype="text/plain")


def _picture(comment: str) -> Response:
    return Response(pictures.jpeg(comment), mimetype="image/jpeg")


def _whole(blocks: Iterable[bytes], size: int, kind: str) -> Response:
    response = Response(blocks, mimetype=_TYPES.get(kind, "application/octet-stream"))
    response.content_length = size
    return response
