"""Refusals of the Drive API with the error bodies of the real service."""

from collections.abc import Mapping
from typing import Any

STATUS_NAMES = {401: "UNAUTHENTICATED", 429: "RESOURCE_EXHAUSTED", 503: "UNAVAILABLE"}

MESSAGES = {
    "accessNotConfigured": "Google Drive API has not been used in this project or is disabled.",
    "authError": "Invalid Credentials",
    "backendError": "Internal Error",
    "dailyLimitExceeded": "Daily Limit Exceeded",
    "domainPolicy": "The domain administrators have disabled Drive apps.",
    "downloadQuotaExceeded": "The download quota for this file has been exceeded.",
    "internalError": "Internal Error",
    "rateLimitExceeded": "Rate Limit Exceeded",
    "storageQuotaExceeded": "The user's Drive storage quota has been exceeded.",
    "transientError": "Transient failure.",
    "userRateLimitExceeded": "User Rate Limit Exceeded",
}

USAGE_LIMITS = frozenset(
    {
        "accessNotConfigured",
        "dailyLimitExceeded",
        "downloadQuotaExceeded",
        "quotaExceeded",
        "rateLimitExceeded",
        "sharingRateLimitExceeded",
        "storageQuotaExceeded",
        "userRateLimitExceeded",
    }
)


class ApiError(Exception):
    """A refused call: HTTP status, machine-readable reason, message, and the
    culprit.
    """

    def __init__(
        self,
        code: int,
        reason: str,
        message: str | None = None,
        location: str | None = None,
        location_type: str = "parameter",
    ) -> None:
        self.code = code
        self.reason = reason
        self.message = message or MESSAGES.get(reason, reason)
        self.location = location
        self.location_type = location_type
        super().__init__(self.message)

    def body(self) -> Mapping[str, Any]:
        domain = "usageLimits" if self.reason in USAGE_LIMITS else "global"
        detail = {"message": self.message, "domain": domain, "reason": self.reason}
        if self.location:
            detail |= {"location": self.location, "locationType": self.location_type}
        error = {"code": self.code, "message": self.message, "errors": [detail]}
        if self.code in STATUS_NAMES:
            error["status"] = STATUS_NAMES[self.code]
        return {"error": error}


def unauthorized() -> ApiError:
    return ApiError(401, "authError", None, "Authorization", "header")


def file_not_found(file_id: str) -> ApiError:
    return ApiError(404, "notFound", f"File not found: {file_id}.", "fileId")


def insufficient_file_permissions() -> ApiError:
    return ApiError(
        403,
        "insufficientFilePermissions",
        "The user does not have sufficient permissions for this file.",
    )


def invalid_parameter(name: str, message: str) -> ApiError:
    return ApiError(400, "invalidParameter", message, name)


def invalid_value(location: str | None = None) -> ApiError:
    return ApiError(400, "invalid", "Invalid Value", location)
