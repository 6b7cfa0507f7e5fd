"""A survey is read to its end, and then tells what it found out."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from photosync.compare.hashes import NoBaselines
from photosync.compare.survey import Survey, Surveyor
from photosync.filters import Filters
from photosync.local.explorer import Explorer
from photosync.model import Attributes, Comparisons, RemoteAlbum
from photosync.naming import name_key
from photosync.services.capabilities import AlbumListing
from photosync.services.folder.backend import FolderBackend
from photosync.titles import NamingRules

_C = Comparisons


class Sides:
    """A local root and a folder as a remote, both below one temporary folder."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.local, self.remote = top / "local", top / "remote"
        self.local.mkdir()
        self.remote.mkdir()

    def write(self, *paths: str, content: bytes = b"photo") -> None:
        for path in paths:
            file = self.top / path
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(content)

    def survey(
        self, filters: Filters | None = None, backend: FolderBackend | None = None
    ) -> Survey:
        filters = filters or Filters()
        explorer = Explorer([str(self.local)], NamingRules(), filters)
        attributes = Attributes.DATE | Attributes.SIZE
        surveyor = Surveyor(explorer, explorer.scan(), filters, attributes)
        backend = backend or FolderBackend(str(self.remote))
        return surveyor.survey(backend, NoBaselines())


@pytest.fixture
def sides(tmp_path: Path) -> Sides:
    return Sides(tmp_path)


def test_a_survey_gives_every_pair_with_its_comparison(sides: Sides) -> None:
    sides.write("local/Zoo/both.jpg", "remote/Zoo/both.jpg")
    sides.write("local/Zoo/here.jpg", "remote/Zoo/there.jpg")
    found = {
        f"{difference.pair.album}/{difference.pair.name}": difference.comparison
        for difference in sides.survey()
    }
    assert found == {
        "Zoo/both.jpg": _C.SAME,
        "Zoo/here.jpg": _C.LOCAL_ONLY,
        "Zoo/there.jpg": _C.REMOTE_ONLY,
    }


def test_the_findings_of_a_survey_nobody_read_are_refused(sides: Sides) -> None:
    with pytest.raises(RuntimeError, match="not read to its end"):
        sides.survey().findings()


def test_the_findings_of_a_survey_read_half_are_refused(sides: Sides) -> None:
    sides.write("remote/Zoo/a.jpg", "remote/Zoo/b.jpg")
    survey = sides.survey()
    next(iter(survey))
    with pytest.raises(RuntimeError, match="not read to its end"):
        survey.findings()


def test_findings_count_what_the_service_shows(sides: Sides) -> None:
    sides.write("remote/Zoo/a.jpg", "remote/Zoo/b.jpg", "remote/Sea/c.jpg")
    survey = sides.survey()
    list(survey)
    findings = survey.findings()
    counts = {album.title: photos for album, photos in findings.contents.items()}
    assert findings.photos == 3
    assert counts == {"Zoo": 2, "Sea": 1}
    assert findings.titles == {name_key("Zoo"): 1, name_key("Sea"): 1}
    assert not findings.incomplete


def test_findings_cannot_be_changed(sides: Sides) -> None:
    survey = sides.survey()
    list(survey)
    with pytest.raises(dataclasses.FrozenInstanceError):
        survey.findings().photos = 7  # type: ignore[misc]


def test_an_album_that_the_filters_hide_is_closed_and_gives_no_pair(
    sides: Sides,
) -> None:
    sides.write("remote/Private/a.jpg", "remote/Zoo/b.jpg")
    survey = sides.survey(Filters(skipserver=("Private",)))
    assert [difference.pair.album for difference in survey] == ["Zoo"]
    assert len(survey.findings().closed) == 1


class WithShortcuts(FolderBackend):
    """A folder whose albums hold a shortcut of the name `both.jpg`, as Drive lets them."""

    def photos(self, albums: Sequence[RemoteAlbum]) -> Iterator[AlbumListing]:
        for listing in super().photos(albums):
            yield listing._replace(hidden=frozenset({"both.jpg"}))


@pytest.mark.parametrize(
    ("there", "found"), [("both.jpg", {"both.jpg": _C.SAME}), ("other.jpg", {})]
)
def test_a_shortcut_beside_a_photo_of_its_name_hides_nothing(
    sides: Sides, there: str, found: dict[str, Comparisons]
) -> None:
    # Hidden only here, the photo there passed for one that is missing here, and a mirror
    # would have deleted it there.
    sides.write("local/Zoo/both.jpg", f"remote/Zoo/{there}")
    survey = sides.survey(backend=WithShortcuts(str(sides.remote)))
    names = {difference.pair.name: difference.comparison for difference in survey}
    names.pop("other.jpg", None)
    assert names == found
