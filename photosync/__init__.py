"""photosync: keep photo albums in folders equal with albums in other places.

The names below are the Python API; ARCHITECTURE.md tells where each comes from.
"""

from __future__ import annotations

# As typing has it, whose import would be a tenth of `photosync --help`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from photosync.config.settings import Home, Settings
    from photosync.errors import PhotosyncError
    from photosync.local.explorer import Explorer
    from photosync.model import (
        Actions,
        Attributes,
        Comparisons,
        Limit,
        Outcome,
        Plan,
        Problem,
        Result,
        Side,
        Step,
    )
    from photosync.services.accounts import authorize, check, sign_out
    from photosync.services.auth.session import UserIO
    from photosync.sync.photosync import PhotoSync

__version__ = "0.1.0"

__all__ = [
    "Actions",
    "Attributes",
    "Comparisons",
    "Explorer",
    "Home",
    "Limit",
    "Outcome",
    "PhotoSync",
    "PhotosyncError",
    "Plan",
    "Problem",
    "Result",
    "Settings",
    "Side",
    "Step",
    "UserIO",
    "__version__",
    "authorize",
    "check",
    "sign_out",
]

_MODULES = {
    "Actions": "photosync.model",
    "Attributes": "photosync.model",
    "Comparisons": "photosync.model",
    "Explorer": "photosync.local.explorer",
    "Home": "photosync.config.settings",
    "Limit": "photosync.model",
    "Outcome": "photosync.model",
    "PhotoSync": "photosync.sync.photosync",
    "PhotosyncError": "photosync.errors",
    "Plan": "photosync.model",
    "Problem": "photosync.model",
    "Result": "photosync.model",
    "Settings": "photosync.config.settings",
    "Side": "photosync.model",
    "Step": "photosync.model",
    "UserIO": "photosync.services.auth.session",
    "authorize": "photosync.services.accounts",
    "check": "photosync.services.accounts",
    "sign_out": "photosync.services.accounts",
}


# A type checker that saw this function would take every misspelt name for one of ours.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> Any:
        """Import a name of the API when it is first used.

        `photosync --help` imports this module too, and has to be there at once.
        """
        if name not in _MODULES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module  # noqa: PLC0415 - --help does without

        return getattr(import_module(_MODULES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
