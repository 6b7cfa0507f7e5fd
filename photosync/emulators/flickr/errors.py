"""Refusals of the Flickr API and of its sign-in."""

from collections.abc import Mapping
from urllib.parse import urlencode

from werkzeug.wrappers import Response

GENERAL = {
    95: "SSL is required",
    96: "Invalid signature",
    97: "Missing signature",
    98: "Invalid auth token",
    99: "User not logged in",
    100: "Invalid API Key (Key has invalid format)",
    105: "Service currently unavailable",
    106: "Write operation failed",
    111: "Format not found",
    112: "Method not found",
    116: "Bad URL found",
}

OAUTH_PROBLEMS = frozenset(
    {
        "consumer_key_rejected",
        "consumer_key_unknown",
        "nonce_used",
        "parameter_absent",
        "permission_denied",
        "signature_invalid",
        "signature_method_rejected",
        "timestamp_refused",
        "token_expired",
        "token_rejected",
        "verifier_invalid",
        "version_rejected",
    }
)


class ApiError(Exception):
    """A refused call: the code, its message, and further elements of the reply."""

    def __init__(
        self, code: int, message: str = "", extra: Mapping[str, str] | None = None
    ) -> None:
        self.code = code
        self.message = message or GENERAL.get(code, "Unknown error")
        self.extra = dict(extra or {})
        super().__init__(self.message)


class OAuthProblemError(Exception):
    """A refusal that is answered outside the formats of the API."""

    def __init__(self, problem: str, **details: str) -> None:
        self.problem = problem
        self.details = details
        super().__init__(problem)

    def response(self) -> Response:
        status = 400 if self.problem == "parameter_absent" else 401
        body = urlencode({"oauth_problem": self.problem, **self.details})
        return Response(body, status, content_type="text/plain;charset=UTF-8")


class TooManyCallsError(Exception):
    """A quota is used up; the answer is a page in HTML, whatever was asked."""

    def response(self) -> Response:
        page = (
            "<!DOCTYPE html><html><title>429</title><h1>Too many requests</h1></html>\n"
        )
        return Response(page, 429, mimetype="text/html")


def photo_not_found(code: int = 1) -> ApiError:
    return ApiError(code, "Photo not found")


def photoset_not_found() -> ApiError:
    return ApiError(1, "Photoset not found")


def user_not_found(code: int = 1) -> ApiError:
    return ApiError(code, "User not found")
