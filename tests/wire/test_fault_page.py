"""What a person reads when a service misbehaves: every kind of fault at every call.

`python tests/wire/test_fault_page.py` writes the table into docs/faults.md. The suite
looks at some of its rows, and with TESTS_NIGHTLY=1 at all of them.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from harness.three_sides import Drive, Flickr, World, picture, world_of

from photosync.emulators.drive.identity import DRIVE
from photosync.emulators.traffic import Fault
from photosync.services.auth.session import Session

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
TABLE = re.compile(r"(<!-- faults -->\n).*?(<!-- /faults -->)", re.DOTALL)

QUICK = {"PHOTOSYNC_RETRY_WAIT": "0.001"}
"""Where a run waits for a second, these runs wait for a thousandth."""

WAITS = {"stall", "stall_after", "drip"}
SOON = "1"
"""Seconds until an answer that never comes is given up, for a minute: what answers has to
do so within them on a machine that is busy.
"""

LONGEST = 60.0
"""Seconds that a run may take all the same on a machine that is busy."""

_SYNC, _MIRROR = "sync", "syncUpload"


class Method(NamedTuple):
    """A call, what it is for, and the mode of a run that makes it."""

    name: str
    purpose: str
    mode: str = _SYNC


DRIVE_METHODS = (
    Method("oauth.token", "renew the sign-in"),
    Method("files.list", "list albums"),
    Method("files.generateIds", "get ids for new photos"),
    Method("files.create", "send a photo"),
    Method("files.download", "fetch a photo"),
    Method("files.update", "replace, move or delete a photo", _MIRROR),
)
FLICKR_METHODS = (
    Method("photosets.getList", "list albums"),
    Method("photosets.getPhotos", "list an album"),
    Method("people.getUploadStatus", "ask what kind of account it is"),
    Method("upload", "send a photo"),
    Method("photosets.create", "make an album"),
    Method("static", "fetch a photo"),
    Method("photos.delete", "delete a photo", _MIRROR),
)

_status = partial(Fault, kind="status", times=None)
_denied = partial(_status, status=403)
_code = partial(Fault, kind="fail", times=None)

EVERYWHERE: Mapping[str, partial[Fault]] = {
    "is out of order (503)": partial(_status, status=503),
    "asks for fewer calls (429)": partial(
        _status, status=429, reason="rateLimitExceeded"
    ),
    "asks for a pause of two hours": partial(
        _status,
        status=429,
        reason="rateLimitExceeded",
        headers={"Retry-After": "7200"},
    ),
    "shows a web page": partial(Fault, kind="html", times=None, status=200),
    "does not answer": partial(Fault, kind="stall", times=None),
    "does not answer once it is done": partial(Fault, kind="stall_after", times=None),
    "answers a byte now and then": partial(
        Fault, kind="drip", times=None, seconds=0.05
    ),
    "hangs up": partial(Fault, kind="cut_before", times=None),
    "hangs up once it is done": partial(Fault, kind="cut_after", times=None),
    "breaks off amid its answer": partial(Fault, kind="truncate", times=None),
}
_SENDING = ("files.create", "files.update")
_FILES = ("files.create", "files.download", "files.update")
_CALLS = tuple(method.name for method in DRIVE_METHODS[1:])

_Kinds = Mapping[str, tuple[partial[Fault], tuple[str, ...]]]

DRIVE_KINDS: _Kinds = {
    "does not know the sign-in": (
        partial(_status, status=400, reason="invalid_grant"),
        ("oauth.token",),
    ),
    "says that the account is full": (
        partial(_denied, reason="storageQuotaExceeded"),
        _SENDING,
    ),
    "says that the day's 750 GB are sent": (
        partial(
            _denied,
            reason="userRateLimitExceeded",
            message="User rate limit exceeded.",
        ),
        _SENDING,
    ),
    "says that the day's calls are used up": (
        partial(_denied, reason="dailyLimitExceeded"),
        _CALLS,
    ),
    "was never enabled": (partial(_denied, reason="accessNotConfigured"), _CALLS),
    "does not permit it": (
        partial(_denied, reason="insufficientFilePermissions"),
        _FILES,
    ),
    "does not find it": (partial(_status, status=404, reason="notFound"), _FILES),
}
"""What Drive alone says, and at which calls."""

FLICKR_KINDS: _Kinds = {
    "does not know the sign-in (98)": (partial(_code, code=98), ()),
    "says that the sign-in covers too little (99)": (partial(_code, code=99), ()),
    "does not know the API key (100)": (partial(_code, code=100), ()),
    "is out of service (105)": (partial(_code, code=105), ()),
    "does not find it (1)": (
        partial(_code, code=1),
        ("photosets.getPhotos", "photos.delete"),
    ),
    "fails for no reason that it tells (3)": (partial(_code, code=3), ("upload",)),
    "does not take this kind of file (5)": (partial(_code, code=5), ("upload",)),
    "says that the account is full (6)": (partial(_code, code=6), ("upload",)),
    "says that the file is too large (8)": (partial(_code, code=8), ("upload",)),
}
"""What Flickr alone says; without a list of them at all calls."""


class Case(NamedTuple):
    """One fault at one call."""

    service: str
    kind: str
    method: Method
    fault: Fault

    @property
    def row(self) -> str:
        """Where it stands in the table."""
        return f"{self.service} {self.kind}, {self.method.name}"


def _list_kinds(service: str, method: str) -> Iterator[tuple[str, partial[Fault]]]:
    is_sign_in = method == "oauth.token"
    for kind, make in EVERYWHERE.items():
        # Signing in costs no calls of the quota.
        if not (is_sign_in and "asks for" in kind):
            yield kind, make
    if method == "static":
        # The hosts of files know statuses alone.
        return
    kinds = DRIVE_KINDS if service == "drive" else FLICKR_KINDS
    for kind, (make, methods) in kinds.items():
        if not methods or method in methods:
            yield kind, make


def list_cases() -> Iterator[Case]:
    """All rows of the table, in its order."""
    for service, methods in (("drive", DRIVE_METHODS), ("flickr", FLICKR_METHODS)):
        for method in methods:
            for kind, make in _list_kinds(service, method.name):
                yield Case(service, kind, method, make(method.name))


class Read(NamedTuple):
    """How a run ended, and what it said of it."""

    code: int
    lines: tuple[str, ...]


def read_what_is_said(case: Case, top: Path) -> Read:
    """Run the command against the fault; raises AssertionError where it takes long."""
    with world_of(top, case.service) as world, pytest.MonkeyPatch.context() as hasty:
        if case.fault.kind in WAITS:
            hasty.setenv("PHOTOSYNC_ANSWER_WITHIN", SOON)
        _fill(world)
        remote = world.remotes[0]
        assert isinstance(remote, Drive | Flickr)
        remote.emulator.traffic.plan(case.fault)
        override = ("--override", "CONFLICT=REPLACE_REMOTE_WITH_LOCAL")
        began = time.monotonic()
        # The first album that is made new is the one that the fault meets.
        ended = world.sync("--transfers", "1", *override, mode=case.method.mode)
        assert time.monotonic() - began < LONGEST, case.row
        return Read(ended.code, tuple(ended.err.splitlines()))


def _fill(world: World) -> None:
    remote = world.remotes[0]
    if isinstance(remote, Drive):
        # It has to be renewed.
        token = remote.emulator.authorized_user([DRIVE])
        token["expiry"] = "2020-01-01T00:00:00Z"
        Session(world.home).store("drive", remote.emulator.account, token)
    # Flickr makes a new album; on Drive that would be the same call as sending.
    album = "Rome" if isinstance(remote, Drive) else "Oslo"
    world.local.add(f"{album}/new.jpg", picture("new"))
    world.local.add("Rome/edited.jpg", picture("edited"))
    remote.add("Rome/edited.jpg", picture("old"))
    remote.add("Rome/there.jpg", picture("there"))


def _write_row(case: Case, read: Read) -> str:
    lines = "<br>".join(_escape(line) for line in read.lines) or "(nothing)"
    return f"| {case.method.purpose} | {case.kind} | {read.code} | {lines} |\n"


def _escape(line: str) -> str:
    return line.replace("|", "\\|").replace("<", "&lt;")


def write_table() -> str:
    """Run all cases, and return the table."""
    text = ""
    service = ""
    for case in list_cases():
        if case.service != service:
            service = case.service
            text += f"\n## {service.capitalize()}\n\n"
            text += f"| to | {service.capitalize()} | exit code | what is said |\n"
            text += "|---|---|---|---|\n"
        with tempfile.TemporaryDirectory() as top:
            text += _write_row(case, read_what_is_said(case, Path(top)))
    return f"{text}\n"


CASES = list(list_cases())
NIGHTLY = os.environ.get("TESTS_NIGHTLY") == "1"
LOOKED_AT = CASES if NIGHTLY else CASES[::9]


@pytest.mark.parametrize("case", LOOKED_AT, ids=[case.row for case in LOOKED_AT])
def test_the_page_says_what_is_said(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in QUICK.items():
        monkeypatch.setenv(name, value)
    assert _write_row(case, read_what_is_said(case, tmp_path)) in PAGE.read_text()


def test_the_page_has_a_row_for_every_case() -> None:
    text = PAGE.read_text()
    for case in CASES:
        assert f"| {case.method.purpose} | {case.kind} | " in text


if __name__ == "__main__":
    os.environ.update(QUICK, OAUTHLIB_INSECURE_TRANSPORT="1")
    table = write_table()
    PAGE.write_text(
        TABLE.sub(lambda found: f"{found[1]}{table}{found[2]}", PAGE.read_text())
    )
