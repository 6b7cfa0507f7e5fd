"""A photo as a row of a list, with the extras that were asked for."""

from collections.abc import Callable, Iterable
from typing import Any

from photosync.emulators.database import Row
from photosync.emulators.flickr import sizes
from photosync.emulators.flickr.replies import Reply
from photosync.emulators.flickr.state import State


class PhotoView:
    """A photo with its owner, as one viewer may see it."""

    def __init__(
        self, photo: Row, owner: Row, viewer: str, base_url: str, state: State
    ) -> None:
        self._settings = state.settings
        self.photo = photo
        self.owner = owner
        self.is_own = photo["owner"] == viewer
        self.ready = photo["ready_at"] <= state.clock.now()
        self.addresses = sizes.Addresses(base_url)

    @property
    def has_original(self) -> bool:
        """Whether the viewer may have the original; nobody gets that of a free
        account.
        """
        is_shared = self.is_own or self.owner["shares_originals"]
        withheld = self._settings.withhold_originals or not self.owner["pro"]
        return bool(is_shared and not withheld)

    def original_secret(self) -> Reply:
        """Give secret and format of the original; what is withheld may lack them."""
        if not self.has_original and self._settings.withheld == "secret":
            return {}
        kind = "jpg" if self.photo["media"] == "video" else self.photo["format"]
        return {"originalsecret": self.photo["original_secret"], "originalformat": kind}

    def row(self, extras: Iterable[str]) -> Reply:
        photo = self.photo
        row = {
            "id": str(photo["id"]),
            "owner": photo["owner"],
            "secret": photo["secret"],
            "server": photo["server"],
            "farm": 66,
            "title": photo["title"],
            "ispublic": photo["is_public"],
            "isfriend": photo["is_friend"],
            "isfamily": photo["is_family"],
        }
        told = _EXTRAS.keys() - self._settings.untold_extras
        for extra in extras:
            row |= _EXTRAS[extra](self) if extra in told else {}
        return row

    def renditions(self) -> list[sizes.Size]:
        return list(sizes.smaller(self.photo, free=not self.owner["pro"]))

    @property
    def media_status(self) -> str:
        return "ready" if self.ready else "pending"


def _original_url(view: PhotoView) -> Reply:
    if not view.has_original:
        return {}
    photo = view.photo
    url = view.addresses.original(photo)
    return {"url_o": url, "height_o": photo["height"], "width_o": photo["width"]}


def _rendition(name: str) -> Callable[[PhotoView], Reply]:
    def found(view: PhotoView) -> Reply:
        for size in view.renditions():
            if size.extra == name:
                return {
                    f"url_{name}": view.addresses.rendition(view.photo, size.suffix),
                    f"height_{name}": size.height,
                    f"width_{name}": size.width,
                }
        return {}

    return found


def _column(name: str, column: str) -> Callable[[PhotoView], Reply]:
    return lambda view: {name: str(view.photo[column])}


def _date_taken(view: PhotoView) -> Reply:
    return {
        "datetaken": view.photo["taken"],
        "datetakengranularity": view.photo["granularity"],
        "datetakenunknown": str(view.photo["taken_unknown"]),
    }


def _dimensions(view: PhotoView) -> Reply:
    return {"o_width": str(view.photo["width"]), "o_height": str(view.photo["height"])}


def describe_place(photo: Row) -> Reply:
    """Tell where a photo was taken; without a position in noughts."""
    place: dict[str, Any] = {name: photo[name] for name in ("latitude", "longitude")}
    if photo["accuracy"]:
        # A place is told as text, and no place in numbers.
        place = {name: f"{degrees:.6f}" for name, degrees in place.items()}
        return {**place, "accuracy": str(photo["accuracy"]), "context": 0}
    return {"latitude": 0, "longitude": 0, "accuracy": 0, "context": 0}


_EXTRAS: dict[str, Callable[[PhotoView], Reply]] = {
    "date_taken": _date_taken,
    "date_upload": _column("dateupload", "uploaded"),
    "description": lambda view: {
        "description": {"_content": view.photo["description"]}
    },
    "geo": lambda view: describe_place(view.photo),
    "icon_server": lambda _: {"iconserver": "0", "iconfarm": 0},
    "last_update": _column("lastupdate", "updated"),
    "license": _column("license", "license"),
    "machine_tags": _column("machine_tags", "machine_tags"),
    "media": lambda view: {
        "media": view.photo["media"],
        "media_status": view.media_status,
    },
    "o_dims": _dimensions,
    "original_format": PhotoView.original_secret,
    "owner_name": lambda view: {"ownername": view.owner["username"]},
    "path_alias": lambda view: {"pathalias": view.owner["path_alias"]},
    "tags": _column("tags", "tags"),
    "url_o": _original_url,
    "views": _column("views", "views"),
    **{f"url_{extra}": _rendition(extra) for _, _, extra, _ in sizes.SIZES},
}
