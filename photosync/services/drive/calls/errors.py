"""What an answer of Drive's means for us: one table from reason to error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

import google.auth.exceptions
import requests
from requests.structures import CaseInsensitiveDict

from photosync.errors import (
    AuthorizationNeeded,
    NotFound,
    PageInstead,
    QuotaExceeded,
    RateLimited,
    Rejected,
    ServiceRefused,
    SideError,
    Transient,
)
from photosync.formatting import hide_secrets
from photosync.services.answers import Fields, read_row, read_text, reading
from photosync.services.auth.client_secrets import GoogleClient
from photosync.services.headers import read_retry_after
from photosync.services.unreachable import explain_unreachable
from photosync.services.web import describe_page, is_web_page

_API_PAGE = "https://console.cloud.google.com/apis/library/drive.googleapis.com"
_SIGN_IN = "sign in again with photosync -a -p drive"
AUDIENCE_PAGE = "Audience in the Google Auth Platform"
NEW_CLIENT = (
    "under Clients in the Google Auth Platform restore it (within 30 days) or make a new "
    "one, download its JSON to client_secrets.json, and run photosync -a -p drive"
)
# Google deletes a client that nobody used for six months; a new sign-in alone does not
# help then.
_CLIENT_PROBLEMS: Mapping[str, str] = {
    "deleted_client": "has deleted your client id, as it does after six months unused",
    "invalid_client": "does not take your client id and its secret",
}

_REFUSAL: Fields = {"error": read_text, "error_description": read_text}
_FULL = (Rejected, "the folder or drive there holds as many items as Google allows")
_NO_DOWNLOAD = (Rejected, "Google lets nobody download this file")
_MISTAKE = (
    Rejected,
    "Drive did not understand the request; please report this as a bug",
)


class NotPermitted(Rejected):
    """The account lacks the right to what was asked of a file or folder."""


_FORBIDDEN = (
    NotPermitted,
    "you may not do this to the file there; ask the owner of file and album for the right",
)
_FOREIGN = "a page of somebody else's"

_REASONS: Mapping[str, tuple[type[SideError], str]] = {
    _FOREIGN: (PageInstead, describe_page("Drive")),
    "authError": (
        AuthorizationNeeded,
        f"Google does not know this sign-in any more; {_SIGN_IN}",
    ),
    "required": _MISTAKE,
    "rateLimitExceeded": (RateLimited, "Drive asks for fewer calls"),
    "userRateLimitExceeded": (RateLimited, "Drive asks for fewer calls"),
    "dailyLimitExceeded": (
        ServiceRefused,
        "today's quota of Drive calls is used up; try tomorrow",
    ),
    "sharingRateLimitExceeded": (
        ServiceRefused,
        "Drive's sharing limit is used up; try tomorrow",
    ),
    "storageQuotaExceeded": (
        QuotaExceeded,
        "the Google account is full; see photosync --check",
    ),
    "quotaExceeded": (
        QuotaExceeded,
        "the Google account is full; see photosync --check",
    ),
    "insufficientPermissions": (
        AuthorizationNeeded,
        f"the sign-in covers too little; {_SIGN_IN}",
    ),
    "insufficientFilePermissions": _FORBIDDEN,
    "forbidden": _FORBIDDEN,
    "appNotAuthorizedToFile": (
        Rejected,
        "the file was put there by another program; sign in with --drive-scope full to reach it",
    ),
    "accessNotConfigured": (
        ServiceRefused,
        f"the Drive API is not enabled in your Google project; enable it at {_API_PAGE}",
    ),
    "domainPolicy": (
        ServiceRefused,
        "your organisation does not allow programs to use Drive",
    ),
    "numChildrenInNonRootLimitExceeded": _FULL,
    "teamDriveFileLimitExceeded": _FULL,
    "activeItemCreationLimitExceeded": _FULL,
    "myDriveHierarchyDepthLimitExceeded": _FULL,
    "cannotDownloadAbusiveFile": (
        Rejected,
        "Google takes this file for malware or spam",
    ),
    "cannotDownloadFile": _NO_DOWNLOAD,
    "fileNotDownloadable": _NO_DOWNLOAD,
    "downloadQuotaExceeded": (
        Rejected,
        "too many have downloaded this file; try tomorrow",
    ),
    "notFound": (
        NotFound,
        "it is not there any more, or was put there by another program",
    ),
    "fieldNotWritable": _MISTAKE,
    "cannotAddParent": _MISTAKE,
    "parentNotAFolder": _MISTAKE,
    "teamDrivesParametersRequired": _MISTAKE,
}
_DAY_IS_OVER = "User rate limit exceeded."
"""What Drive says once 750 GB were sent in a day. Only the full stop and the small
letters tell it from a limit of the rate (`User Rate Limit Exceeded`).
"""

_STATUSES: Mapping[int, tuple[type[SideError], str]] = {
    401: _REASONS["authError"],
    403: _REASONS["forbidden"],
    404: _REASONS["notFound"],
    408: (Transient, "Drive gave up waiting"),
    410: _REASONS["notFound"],
    429: _REASONS["rateLimitExceeded"],
}


_NEVER_A_PAGE = (401, 403, 404, 407, 410, 451)
"""Answers to a program that Google gives in JSON; a filter of a company gives pages, and
so does Google out of order: a photo is gone only where Drive itself says so.
"""


class AlreadyThere(SideError):
    """A create was answered by `fileIdInUse`: an earlier try of the same one had
    succeeded.
    """


class InTrash(NotFound):
    """What was written lies in the trash of Drive: somebody put its folder there.

    Drive takes it all the same, so that only its answer tells.
    """

    def __init__(self) -> None:
        super().__init__(
            "it, or its album, was moved to the trash of Drive meanwhile; restore it there, "
            "or the next run makes it anew"
        )


class DayOver(RateLimited):
    """What the account may send in a day is used up, where something was sent."""


class SessionGone(SideError):
    """The address of a resumable upload is not valid any more; the upload starts
    again.
    """


class BadPageToken(SideError):
    """A page token is refused; the listing starts again."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer that is no success, taken apart."""

    status: int
    reason: str
    message: str
    location: str
    headers: CaseInsensitiveDict[str]

    @classmethod
    def read(
        cls, status: int, body: bytes, headers: CaseInsensitiveDict[str]
    ) -> Refusal:
        """Take an answer apart; one that is not Drive's JSON has a status alone.

        Front ends of Google answer in HTML, with a status that means the same; what
        else is a page is none of Google's.
        """
        try:
            error = json.loads(body)["error"]
            first = (error.get("errors") or [{}])[0]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
            is_foreign = status in _NEVER_A_PAGE and is_web_page(body)
            reason = _FOREIGN if is_foreign else ""
            return cls(status, reason, message="", location="", headers=headers)
        return cls(
            status,
            reason=str(first.get("reason", "")),
            # Words of theirs are shown and logged; they might repeat an address of ours.
            message=hide_secrets(str(error.get("message", ""))),
            location=str(first.get("location", "")),
            headers=headers,
        )

    def _explain_status(self) -> tuple[type[SideError], str] | None:
        """Say what a status means, None where Google's own words say more."""
        # Google makes up new reasons for what it forbids.
        if self.status == requests.codes.forbidden and self.reason and self.message:
            return None
        return _STATUSES.get(self.status)

    def to_error(self) -> SideError:
        """Make the error that says what to do about it."""
        wait = read_retry_after(self.headers)
        if self.status >= 500:
            text = f"Drive is out of order (status {self.status})"
            return Transient(text) if wait is None else RateLimited(text, wait)
        if self.reason == "fileIdInUse":
            return AlreadyThere("it is there already")
        if self.location == "pageToken":
            return BadPageToken("Drive does not know the page any more")
        told = f"{self.status} {self.reason}".rstrip()
        words = ": ".join(filter(None, (told, self.message)))
        fallback = (Rejected, f"Drive refused it ({words})")
        kind, text = _REASONS.get(self.reason) or self._explain_status() or fallback
        if kind is RateLimited and self.message == _DAY_IS_OVER:
            return DayOver(text, wait)
        if kind is RateLimited:
            return RateLimited(text, wait)
        return kind(text)


class Refused(Exception):
    """An answer came that is no success."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.status)
        self.refusal = refusal


def explain_client_problem(problem: str) -> str:
    """Say what helps where Google refuses the client id; empty for another problem."""
    if problem not in _CLIENT_PROBLEMS:
        return ""
    return f"Google {_CLIENT_PROBLEMS[problem]} ({problem}); {NEW_CLIENT}"


def explain_refused_client(
    reply: requests.Response, client: GoogleClient
) -> SideError | None:
    """Return the error for a client id that the token address refuses; None for one
    that it takes, and for an answer that says nothing about it.
    """
    try:
        with reading("Google"):
            row = read_row(reply.json(), _REFUSAL, {"error"})
    except SideError:
        return None
    if row["error"] not in _CLIENT_PROBLEMS:
        return None
    # "The OAuth client was not found.", "The provided client secret is invalid."
    said = row.get("error_description", "")
    what = f"your client id ({client.id_from}) and its secret ({client.secret_from})"
    if "not found" in said or row["error"] == "deleted_client":
        what = f"your client id ({client.id_from})"
    elif "secret" in said:
        what = f"the secret of your client id ({client.secret_from})"
    return AuthorizationNeeded(f"Google does not take {what}; {NEW_CLIENT}")


def translate_exception(error: Exception) -> SideError | None:
    """Make a SideError of what requests and google-auth raise; None for all else."""
    if isinstance(error, google.auth.exceptions.RefreshError):
        return _explain_refresh_error(error)
    if _is_strange_grant(error):
        return Transient("Google's sign-in service is out of order")
    if isinstance(
        error, google.auth.exceptions.TransportError | requests.RequestException
    ):
        return explain_unreachable("Google", error)
    return None


def _is_strange_grant(error: Exception) -> bool:
    """Whether the sign-in service answered, but with nothing that it should."""
    is_transport = isinstance(error, google.auth.exceptions.TransportError)
    return is_transport and not any(
        isinstance(cause, Exception) for cause in error.args
    )


def _explain_refresh_error(error: google.auth.exceptions.RefreshError) -> SideError:
    if error.retryable:
        return Transient("Google's sign-in service is out of order")
    if "invalid_grant" in str(error):
        return AuthorizationNeeded(
            "Google withdrew the sign-in (an app in testing status loses it after seven days: "
            f"publish the app under {AUDIENCE_PAGE}); {_SIGN_IN}"
        )
    for problem in _CLIENT_PROBLEMS:
        if problem in str(error):
            return AuthorizationNeeded(explain_client_problem(problem))
    return AuthorizationNeeded(
        f"Google does not accept the sign-in any more; {_SIGN_IN}"
    )
