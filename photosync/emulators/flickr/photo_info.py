"""A photo in full: ``getInfo``, ``getSizes``, ``getExif`` and its tags."""

from collections.abc import Iterable, Mapping
from typing import Any

from photosync.emulators.database import Row
from photosync.emulators.flickr.photo_rows import PhotoView
from photosync.emulators.flickr.replies import Reply


def tag_id(owner: str, photo: int, number: int) -> str:
    return f"{owner.partition('@')[0]}-{photo}-{number}"


def tag_rows(
    view: PhotoView, tags: Iterable[Row], names: Mapping[str, str]
) -> list[Reply]:
    """Give the tags with their authors; `names` are those of the users by NSID."""
    return [
        {
            "id": tag_id(view.owner["nsid"], view.photo["id"], tag["number"]),
            "author": tag["author"],
            "authorname": names[tag["author"]],
            "raw": tag["raw"],
            "_content": tag["normal"],
            "machine_tag": int(tag["namespace"] is not None),
        }
        for tag in tags
    ]


def info(view: PhotoView, tags: Iterable[Row], names: Mapping[str, str]) -> Reply:
    photo = view.photo
    page = view.addresses.page(photo["owner"], photo["id"])
    content: dict[str, Any] = {
        "id": str(photo["id"]),
        "secret": photo["secret"],
        "server": photo["server"],
        "farm": 66,
        "dateuploaded": str(photo["uploaded"]),
        "isfavorite": 0,
        "license": photo["license"],
        "safety_level": str(photo["safety_level"] - 1),
        "rotation": photo["rotation"],
        **view.original_secret(),
        "owner": _owner(view.owner),
        "title": {"_content": photo["title"]},
        "description": {"_content": photo["description"]},
        "visibility": _visibility(photo),
        "dates": _dates(photo),
        "views": str(photo["views"]),
        "usage": _usage(view),
        "comments": {"_content": "0"},
        "tags": {"tag": tag_rows(view, tags, names)},
        "urls": {"url": [{"type": "photopage", "_content": page}]},
        "media": photo["media"],
    }
    if view.is_own:
        content["permissions"] = {
            "permcomment": photo["perm_comment"],
            "permaddmeta": photo["perm_addmeta"],
        }
    if photo["media"] == "video":
        content["video"] = _video(view)
    return {"photo": content}


def sizes_of(view: PhotoView) -> Reply:
    rows = []
    for size in view.renditions():
        source = view.addresses.rendition(view.photo, size.suffix)
        rows.append(_size(view, size.label, (size.width, size.height), source, "photo"))
    whole = (view.photo["width"], view.photo["height"])
    if view.has_original:
        source = view.addresses.original(view.photo)
        rows.append(_size(view, "Original", whole, source, "photo"))
    if view.has_original and view.photo["media"] == "video" and view.ready:
        source = view.addresses.video_original(view.photo)
        rows.append(_size(view, "Video Original", whole, source, "video"))
    allowed = int(view.has_original)
    return {
        "sizes": {"canblog": 0, "canprint": 0, "candownload": allowed, "size": rows}
    }


def _size(
    view: PhotoView, label: str, dimensions: tuple[int, int], source: str, media: str
) -> Reply:
    page = view.addresses.page(view.photo["owner"], view.photo["id"])
    return {
        "label": label,
        "width": dimensions[0],
        "height": dimensions[1],
        "source": source,
        "url": f"{page}sizes/",
        "media": media,
    }


def _owner(account: Row) -> Reply:
    return {
        "nsid": account["nsid"],
        "username": account["username"],
        "realname": account["fullname"],
        "location": "",
        "iconserver": "0",
        "iconfarm": 0,
        "path_alias": account["path_alias"],
    }


def _visibility(photo: Row) -> Reply:
    return {
        "ispublic": photo["is_public"],
        "isfriend": photo["is_friend"],
        "isfamily": photo["is_family"],
    }


def _dates(photo: Row) -> Reply:
    return {
        "posted": str(photo["uploaded"]),
        "taken": photo["taken"],
        "takengranularity": photo["granularity"],
        "takenunknown": str(photo["taken_unknown"]),
        "lastupdate": str(photo["updated"]),
    }


def _usage(view: PhotoView) -> Reply:
    own = int(view.is_own)
    return {
        "candownload": int(view.has_original),
        "canblog": own,
        "canprint": own,
        "canshare": own,
    }


def _video(view: PhotoView) -> Reply:
    photo, ready = view.photo, int(view.ready)
    size = {"width": str(photo["width"]), "height": str(photo["height"])}
    return {"ready": ready, "failed": 0, "pending": 1 - ready, "duration": "10", **size}
