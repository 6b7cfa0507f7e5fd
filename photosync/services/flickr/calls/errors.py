"""What an answer of Flickr's means for us: tables from code to error."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qs

import requests

from photosync.errors import (
    AuthorizationNeeded,
    LeftAlone,
    NotFound,
    PageInstead,
    QuotaExceeded,
    RateLimited,
    Rejected,
    ServiceRefused,
    SideError,
    Transient,
    Unfit,
)
from photosync.formatting import hide_secrets
from photosync.services.auth.client_secrets import FlickrKey
from photosync.services.headers import read_retry_after
from photosync.services.web import describe_page, is_web_page

_SIGN_IN = "sign in again with photosync -a -p flickr"
_KEY = "check api_key and api_secret in client_secrets.json"
_Meaning = tuple[type[SideError], str]

_KEYS_PAGE = "https://www.flickr.com/services/apps/by/me"
_GEO_PAGE = "https://www.flickr.com/account/geo/privacy/"
_INVALID_KEY = 100
_SERVER_ERROR = 500
_MISTAKE: _Meaning = (
    Rejected,
    "Flickr did not understand the request; please report this as a bug",
)
_BUSY: _Meaning = (Transient, "Flickr is out of order for the moment")

_GENERAL: Mapping[int, _Meaning] = {
    95: (
        ServiceRefused,
        "Flickr wants an encrypted connection; please report this as a bug",
    ),
    96: (ServiceRefused, f"Flickr does not accept our signature; {_KEY}"),
    97: (ServiceRefused, f"Flickr misses our signature; {_KEY}"),
    98: (
        AuthorizationNeeded,
        f"Flickr does not know this sign-in any more; {_SIGN_IN}",
    ),
    99: (AuthorizationNeeded, f"the sign-in covers too little; {_SIGN_IN}"),
    105: _BUSY,
    106: _BUSY,
    111: _MISTAKE,
    112: _MISTAKE,
    116: (Rejected, "Flickr takes an address in the text for abusive"),
}


class AlbumGone(NotFound):
    """The set is gone, which is another thing than a photo that is."""


class NotShown(SideError):
    """A list does not show yet what was done a moment ago."""


class TooLate(SideError):
    """A call that had to be made soon would be made later; that try was not made."""


LATE = "the album was read too long ago to be written; the next run tries again"


class UploadFailed(Transient):
    """Flickr failed to take a photo and does not say why: worth one more try."""


class AlreadyIn(SideError):
    """The photo is in the set already, or not in it any more: as was wanted."""


class AlbumFull(SideError):
    """The set takes no more photos; the album goes on in another."""


class Duplicate(SideError):
    """Flickr holds these bytes already, as the photo `photo_id`."""

    def __init__(self, photo_id: str) -> None:
        super().__init__("Flickr holds this picture already")
        self.photo_id = photo_id


_NO_ALBUM: _Meaning = (AlbumGone, "the album is gone there")
_NO_PHOTO: _Meaning = (NotFound, "the photo is gone there")
_NO_USER: _Meaning = (NotFound, "Flickr knows no such user")
_FULL_ACCOUNT: _Meaning = (
    QuotaExceeded,
    "the Flickr account takes no more photos; see photosync --check",
)

_NO_PLACE: Mapping[int, _Meaning] = {
    1: _NO_PHOTO,
    2: (AlreadyIn, "the photo has no position"),
}

_BY_METHOD: Mapping[str, Mapping[int, _Meaning]] = {
    "photosets.getList": {1: _NO_USER},
    "photosets.getPhotos": {1: _NO_ALBUM},
    "photosets.create": {
        2: _NO_PHOTO,
        3: (Rejected, "the account holds as many albums as it may"),
    },
    # Sent by an earlier try whose answer was lost: in the album, as was wanted.
    "photosets.addPhoto": {
        1: _NO_ALBUM,
        2: _NO_PHOTO,
        3: (AlreadyIn, "the photo is in the album already"),
        10: (AlbumFull, "the album is full"),
    },
    "photosets.editPhotos": {
        1: _NO_ALBUM,
        2: _NO_PHOTO,
        3: _NO_PHOTO,
        10: (AlbumFull, "full"),
    },
    # Taken out by hand meanwhile: as was wanted, too.
    "photosets.removePhoto": {
        1: _NO_ALBUM,
        2: _NO_PHOTO,
        3: (AlreadyIn, "the photo is not in the album"),
    },
    "photosets.reorderPhotos": {1: _NO_ALBUM, 2: _NO_PHOTO},
    "photosets.editMeta": {
        1: _NO_ALBUM,
        2: (Rejected, "Flickr takes no album without a title"),
    },
    "photosets.setPrimaryPhoto": {1: _NO_ALBUM, 2: _NO_PHOTO},
    "photos.getInfo": {1: _NO_PHOTO},
    "photos.getSizes": {1: _NO_PHOTO, 2: (Rejected, "you may not see this photo")},
    "photos.getAllContexts": {1: _NO_PHOTO},
    "photos.setMeta": {1: _NO_PHOTO},
    "photos.setDates": {
        1: _NO_PHOTO,
        **dict.fromkeys((4, 5, 6), (Rejected, "Flickr does not take this date")),
    },
    "photos.addTags": {
        1: _NO_PHOTO,
        2: (Rejected, "the photo has 75 tags, which is the limit"),
    },
    "photos.removeTag": {1: _NO_PHOTO},
    "photos.geo.setLocation": {
        1: _NO_PHOTO,
        **dict.fromkeys((3, 4, 5), (Rejected, "Flickr does not take this position")),
        7: (
            LeftAlone,
            f"Flickr takes no position before you said who may see it, at {_GEO_PAGE}",
        ),
    },
    "photos.geo.getLocation": _NO_PLACE,
    "photos.geo.removeLocation": _NO_PLACE,
    "photos.delete": {1: _NO_PHOTO},
    "people.findByUsername": {1: _NO_USER},
    "urls.lookupUser": {1: _NO_USER},
    # The account was a Pro one when the run began.
    "replace": {1: (Rejected, "Flickr replaces photos of Pro accounts only")},
}
_UPLOAD: Mapping[int, _Meaning] = {
    2: _MISTAKE,
    3: (UploadFailed, "Flickr failed to take the photo"),
    4: (Unfit, "the file is empty, which Flickr does not take"),
    5: (Unfit, "Flickr does not take this kind of file"),
    6: _FULL_ACCOUNT,
    7: (
        QuotaExceeded,
        "the Flickr account takes no more videos; see photosync --check",
    ),
    8: (Unfit, "the file is larger than Flickr takes"),
    14: (
        QuotaExceeded,
        "Flickr refuses uploads by programs for this account at the moment",
    ),
    0: (Rejected, "Flickr takes no videos at the moment"),
}
_PROBLEMS: Mapping[str, _Meaning] = {
    "signature_invalid": (
        ServiceRefused,
        f"Flickr does not accept our signature; {_KEY}",
    ),
    "consumer_key_unknown": (
        ServiceRefused,
        f"Flickr does not know the API key; {_KEY}",
    ),
    "consumer_key_rejected": (
        ServiceRefused,
        f"Flickr has switched the API key off; {_KEY}",
    ),
    "token_rejected": (AuthorizationNeeded, f"Flickr withdrew the sign-in; {_SIGN_IN}"),
    "token_expired": (AuthorizationNeeded, f"the sign-in took too long; {_SIGN_IN}"),
    "verifier_invalid": (AuthorizationNeeded, f"the code was not right; {_SIGN_IN}"),
    "permission_denied": (AuthorizationNeeded, f"Flickr gave no access; {_SIGN_IN}"),
    "timestamp_refused": (ServiceRefused, "the clock of this machine is wrong; set it"),
    # An earlier try of the same call may have been carried out; it is signed anew and
    # sent again.
    "nonce_used": (Transient, "Flickr has seen this call before"),
}


def translate_code(method: str, code: int, message: str) -> SideError:
    """Return the error for `stat=fail`; codes below 90 mean another thing for each method."""
    # Words of theirs are shown and logged; they might repeat an address of ours.
    message = hide_secrets(message)
    if code == _INVALID_KEY:
        # "Key has expired" is one that Flickr switched off: no typing error.
        return ServiceRefused(
            f"Flickr does not take the API key ({message}); {_KEY}, and at {_KEYS_PAGE} "
            "whether it is still on"
        )
    own = _BY_METHOD.get(method, {})
    # Both send a file, and share the codes about files.
    table = {**_UPLOAD, **own} if method in {"upload", "replace"} else own
    kind, text = (
        table.get(code)
        or _GENERAL.get(code)
        or (Rejected, f"Flickr refused it ({code}: {message})")
    )
    return kind(text)


_KEY_PROBLEMS: Mapping[str, str] = {
    "signature_invalid": "Flickr does not take the API secret ({key.secret_from})",
    "consumer_key_unknown": "Flickr does not know the API key ({key.key_from})",
    "consumer_key_rejected": "Flickr has switched the API key off ({key.key_from})",
}


def explain_refused_key(reply: requests.Response, key: FlickrKey) -> SideError:
    """Return the error for a key that gets no request token: then its secret alone
    signed the call.
    """
    text = _KEY_PROBLEMS.get(_read_problem(reply))
    if text is None:
        return translate_reply(reply)
    return AuthorizationNeeded(f"{text.format(key=key)}; both stand at {_KEYS_PAGE}")


def _read_problem(reply: requests.Response) -> str:
    # What is wrong with a signature comes as a form, neither JSON nor XML.
    return parse_qs(reply.text).get("oauth_problem", [""])[0]


def translate_reply(reply: requests.Response) -> SideError:
    """Return the error for an answer that is not 200; its body may hold the token and goes
    nowhere.
    """
    problem = _read_problem(reply)
    if problem in _PROBLEMS:
        kind, text = _PROBLEMS[problem]
        return kind(text)
    if reply.status_code == requests.codes.too_many_requests:
        return RateLimited(
            "Flickr asks for fewer calls", read_retry_after(reply.headers)
        )
    if reply.status_code >= _SERVER_ERROR:
        return Transient(f"Flickr is out of order (status {reply.status_code})")
    if is_web_page(reply.content):
        # Nobody has to sign in again for it.
        return PageInstead(describe_page("Flickr"))
    if reply.status_code == requests.codes.unauthorized:
        return AuthorizationNeeded(f"Flickr does not accept the sign-in; {_SIGN_IN}")
    return Rejected(f"Flickr refused it (status {reply.status_code} {problem})")
