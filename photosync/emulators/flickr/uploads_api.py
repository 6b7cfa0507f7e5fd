"""The addresses that take files: ``/services/upload/`` and ``/services/replace/``."""

from collections.abc import Callable, Mapping

from werkzeug.wrappers import Request, Response

from photosync.emulators.flickr import replies
from photosync.emulators.flickr.catalog import Catalog
from photosync.emulators.flickr.errors import ApiError
from photosync.emulators.flickr.forms import PHOTO, UploadForm, receive
from photosync.emulators.flickr.grants import Caller
from photosync.emulators.flickr.replies import Reply
from photosync.emulators.flickr.uploads import Upload, Uploads

Recognised = Callable[[Request, list[tuple[str, str]]], Caller]


class UploadsApi:
    """Replies in XML, whatever format is asked for."""

    def __init__(
        self,
        catalog: Catalog,
        uploads: Uploads,
        recognised: Recognised,
    ) -> None:
        self._catalog = catalog
        self._uploads = uploads
        self._recognised = recognised

    def upload(self, request: Request) -> Response:
        return self._answer_form(request, self._new)

    def replace(self, request: Request) -> Response:
        return self._answer_form(request, self._replacement)

    def _answer_form(
        self,
        request: Request,
        checked: Callable[[Caller, Mapping[str, str], UploadForm], Upload],
    ) -> Response:
        if request.method != "POST":
            return Response("POST only", 405, mimetype="text/html")
        if request.content_length is None:
            return Response("Length Required", 411, mimetype="text/html")
        form = receive(request, self._catalog.state.blobs)
        try:
            caller = self._recognised(request, form.fields)
            upload = checked(caller, dict(form.fields), form)
            reply = self._done(upload)
        except ApiError as error:
            return replies.xml(replies.fail(error))
        finally:
            form.discard()
        return replies.xml({"stat": "ok", **reply})

    def _done(self, upload: Upload) -> Reply:
        with self._catalog.state.database.transaction():
            photo = self._uploads.finish(upload)
            if upload.photo is None:
                return {"photoid": {"_content": str(photo)}}
            row = self._catalog.photos.get(photo)
        both = {"secret": row["secret"], "originalsecret": row["original_secret"]}
        return {"photoid": {**both, "_content": str(photo)}}

    def _new(
        self, caller: Caller, fields: Mapping[str, str], form: UploadForm
    ) -> Upload:
        return self._take(caller, fields, form, None)

    def _replacement(
        self, caller: Caller, fields: Mapping[str, str], form: UploadForm
    ) -> Upload:
        if not self._catalog.accounts.get(caller.account)["pro"]:
            raise ApiError(1, "Not a pro account")
        photo = self._catalog.photos.find(fields.get("photo_id", ""))
        known = photo is not None and photo["owner"] == caller.account
        if photo is None or not known or photo["media"] == "video":
            raise ApiError(3, "General upload failure")
        return self._take(caller, fields, form, photo["id"])

    def _take(
        self,
        caller: Caller,
        fields: Mapping[str, str],
        form: UploadForm,
        photo: int | None,
    ) -> Upload:
        if form.file is None or PHOTO in fields:
            raise ApiError(2, "No photo specified")
        if fields.get("async") == "1":
            raise ApiError(3, "Asynchronous uploads are not emulated")
        content = self._catalog.state.blobs.adopt(form.file)
        return Upload(caller.account, fields, content, form.file_name, photo)
