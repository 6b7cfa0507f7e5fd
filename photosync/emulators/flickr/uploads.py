"""Files that become photos, or new contents of photos."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath

from photosync.emulators.blobs import Content
from photosync.emulators.database import Row, Value
from photosync.emulators.flickr import media_types, pictures
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import ApiError
from photosync.emulators.flickr.photos import NewPhoto, fresh_secret
from photosync.emulators.flickr.tags import split
from photosync.emulators.flickr.texts import keep_markup

_ACCOUNT_DEFAULTS = ("is_public", "is_friend", "is_family")
_CHOICES = {"safety_level": "123", "content_type": "123", "hidden": "12"}


@dataclass(frozen=True)
class Upload:
    """What a client has sent; `photo` is the id of the photo to replace, if any."""

    account: str
    fields: Mapping[str, str]
    content: Content
    file_name: str
    photo: int | None = None


class Uploads:
    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._state = catalog.state

    def finish(self, upload: Upload) -> int:
        """Store an upload and give the photo's id; raise ApiError and drop the
        content.
        """
        try:
            return self._finish(upload)
        except ApiError:
            self._state.blobs.remove(upload.content.blob)
            raise

    def _finish(self, upload: Upload) -> int:
        if not upload.content.size:
            raise ApiError(4, "Filesize was zero")
        head = self._state.blobs.head(upload.content.blob, media_types.HEAD)
        kind = media_types.recognise(head, upload.file_name)
        if kind is None:
            raise ApiError(5, "Filetype was not recognised")
        is_video = kind in media_types.VIDEOS
        settings = self._state.settings
        nameless = not PurePath(upload.file_name).suffix
        if is_video and nameless and settings.needs_endings:
            raise ApiError(5, "Filetype was not recognised")
        limit = settings.max_video_bytes if is_video else settings.max_photo_bytes
        if upload.content.size > limit:
            raise ApiError(8, "Filesize was too large")
        if upload.photo is not None:
            return self._replace(upload, kind, head)
        owner = self._catalog.accounts.get(upload.account)
        columns = self._choose(upload.fields, owner)
        self._check_account(owner, columns, is_video=is_video)
        self._check_duplicate(upload)
        return self._add(upload, owner, {**columns, **self._store(upload, kind, head)})

    def _add(self, upload: Upload, owner: Row, columns: Mapping[str, Value]) -> int:
        usual_title = PurePath(upload.file_name).stem
        title = upload.fields.get("title", usual_title).strip()
        description = keep_markup(upload.fields.get("description", ""))
        raws = split(upload.fields.get("tags", ""))
        kept = [tag.raw for tag in self._catalog.photos.parse_tags(raws)]
        texts = {"title": title, "description": description}
        new = NewPhoto({**texts, **columns}, kept[: self._state.settings.max_tags])
        return self._catalog.photos.add(owner, new)

    def _replace(self, upload: Upload, kind: str, head: bytes) -> int:
        photo = self._catalog.photos.get(upload.photo or 0)
        if kind in media_types.VIDEOS:
            raise ApiError(5, "Filetype was not recognised")
        columns = self._store(upload, kind, head)
        for kept in ("taken", "media"):
            columns.pop(kept, None)
        secrets_of_both = {"secret": fresh_secret(), "original_secret": fresh_secret()}
        self._catalog.photos.modify(photo["id"], **secrets_of_both, **columns)
        self._state.blobs.remove(photo["blob"])
        return int(photo["id"])

    def _choose(self, fields: Mapping[str, str], owner: Row) -> dict[str, Value]:
        columns: dict[str, Value] = {
            name: int(fields[name] == "1") if name in fields else owner[name]
            for name in _ACCOUNT_DEFAULTS
        }
        for name, allowed in _CHOICES.items():
            given = fields.get(name, "")
            columns[name] = int(given) if given and given in allowed else owner[name]
        return columns

    def _check_account(
        self, owner: Row, columns: Mapping[str, Value], *, is_video: bool
    ) -> None:
        if is_video:
            self._check_videos(owner)
        if owner["pro"]:
            return
        settings = self._state.settings
        if settings.auto_upload_wait is not None:
            wait = {"non_pro_desktop_upload_wait_time": str(settings.auto_upload_wait)}
            raise ApiError(14, "User at capacity", wait)
        refuses = settings.free_private_excess == "refused" and not columns["is_public"]
        private_full = (
            refuses and self._count(owner, "NOT is_public") >= settings.free_private
        )
        if private_full or self._count(owner, "1") >= settings.free_items:
            raise ApiError(6, "User exceeded upload limit")

    def _check_videos(self, owner: Row) -> None:
        settings = self._state.settings
        if not settings.videos_enabled:
            raise ApiError(0, "Videos cannot be uploaded at this time")
        limit = settings.max_videos
        if limit is not None and self._count(owner, "media = 'video'") >= limit:
            raise ApiError(7, "User exceeded video upload limit")

    def _count(self, owner: Row, condition: str) -> int:
        sql = f"SELECT count(*) FROM photos WHERE owner = ? AND {condition}"  # noqa: S608
        return self._state.database.number(sql, owner["nsid"])

    def _check_duplicate(self, upload: Upload) -> None:
        if upload.fields.get("dedup_check") not in {"1", "2"}:
            return
        sql = "SELECT id FROM photos WHERE owner = ? AND upload_md5 = ? ORDER BY id"
        row = self._state.database.row(sql, upload.account, upload.content.md5)
        if row:
            details = {
                "duplicate_photo_id": str(row["id"]),
                "duplicate_photo_status": "ok",
            }
            raise ApiError(9, "Duplicate photo/video detected", details)

    def _store(self, upload: Upload, kind: str, head: bytes) -> dict[str, Value]:
        facts = media_types.facts(head, kind)
        content = (
            self._convert(upload.content) if kind in media_types.CONVERTED else None
        )
        kept = content or upload.content
        columns: dict[str, Value] = {
            "blob": kept.blob,
            "size": kept.size,
            "md5": kept.md5,
            "upload_md5": upload.content.md5,
            "format": "jpg" if content else kind,
            "width": facts.width,
            "height": facts.height,
            "media": "video" if kind in media_types.VIDEOS else "photo",
        }
        if facts.taken:
            columns["taken"] = facts.taken
        if columns["media"] == "video":
            delay = self._state.settings.video_processing
            columns["ready_at"] = self._state.clock.now() + delay
        return columns

    def _convert(self, original: Content) -> Content:
        incoming = self._state.blobs.incoming()
        incoming.write(pictures.jpeg(f"converted {secrets.token_hex(16)}"))
        self._state.blobs.remove(original.blob)
        return self._state.blobs.adopt(incoming)
