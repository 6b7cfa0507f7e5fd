"""Which descriptions of albums photosync may replace."""

from __future__ import annotations

import pytest

from photosync.config.settings import ALBUM_DESCRIPTION
from photosync.model import AlbumMetadata
from photosync.services.descriptions import (
    is_own_description,
    write_description,
)

FOLDER = "photos/Rome"


def is_own(present: str, template: str) -> bool:
    text = template.replace("{folder}", FOLDER)
    return is_own_description(present, AlbumMetadata(text, "", {}, template))


@pytest.mark.parametrize("template", [ALBUM_DESCRIPTION, "From {folder}", "{folder}"])
def test_an_album_without_description_gets_ours(template: str) -> None:
    assert is_own("", template)


@pytest.mark.parametrize("template", [ALBUM_DESCRIPTION, "From {folder}", "Holidays"])
def test_what_the_default_template_wrote_is_ours_under_any_template(
    template: str,
) -> None:
    assert is_own("synced from /old place/Rome by photosync", template)


@pytest.mark.parametrize(
    ("template", "present"),
    [
        ("From {folder}", "From photos/Old Rome"),
        ("{folder}", "photos/2019/Rome"),
        ("{folder} (kept by Ada)", "photos (kept by Ada)"),
        ("[{folder}] see {folder}.", "[photos/Old] see photos/Old."),
        ("a+b {folder}", "a+b photos/Old"),
    ],
)
def test_what_ones_own_template_wrote_of_another_folder_is_ours(
    template: str, present: str
) -> None:
    assert is_own(present, template)


@pytest.mark.parametrize(
    ("template", "present"),
    [
        (ALBUM_DESCRIPTION, "Our days in Rome"),
        (ALBUM_DESCRIPTION, "synced from photos/Rome by photosync, and edited by Ada"),
        ("From {folder}", "From Ada, with love"),
        ("From {folder}", "From photosynthesis"),
        ("{folder}", "Our days in Rome"),
        ("[{folder}] see {folder}.", "[photos/Old] see photos/New."),
        ("a+b {folder}", "aab photos/Old"),
        ("Holidays", "Our days in Rome"),
        ("", "Our days in Rome"),
    ],
)
def test_what_a_person_wrote_is_not_ours(template: str, present: str) -> None:
    assert not is_own(present, template)


def test_a_folder_name_that_is_no_text_still_describes_its_album() -> None:
    assert write_description(ALBUM_DESCRIPTION, "R\udcffm") == (
        "synced from R?m by photosync"
    )
