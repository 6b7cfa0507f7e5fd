from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from photosync.filters import Filters
from photosync.local.library import AlbumTitles, LibraryNames
from photosync.local.names import AlbumNames, name_photos
from photosync.model import LocalPhoto
from photosync.naming import name_key
from photosync.titles import NamingRules, Substitution, parse_templates

MAIN = "/Photos/2004"
FOLDERS = (
    MAIN,
    f"{MAIN}/Summer",
    f"{MAIN}/Summer/Beach",
    f"{MAIN}/Winter",
    f"{MAIN}/a%2Fb",
)
ALBUM = AlbumNames("2004", FOLDERS)


def photo(folder: str, file: str) -> LocalPhoto:
    return LocalPhoto(file, folder, file, 1, 1)


def library(*, hidden: frozenset[str] = frozenset()) -> LibraryNames:
    rules = NamingRules(parse_templates(("{0}", "{0} - {1}")))
    titles = AlbumTitles(rules, Filters(skip=("2003",)))
    return LibraryNames(("/Photos",), titles, {"2004": ALBUM}, hidden)


# -- a file and its name
# ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        (MAIN, ""),
        (f"{MAIN}/Summer", "Summer - a.jpg"),
        (f"{MAIN}/Summer/Beach", "Summer - Beach - a.jpg"),
        (f"{MAIN}/a%2Fb", "a/b - a.jpg"),
    ],
)
def test_a_photo_is_told_apart_by_the_way_to_its_folder(folder: str, name: str) -> None:
    assert ALBUM.qualify(folder, "a.jpg") == name


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("a.jpg", (MAIN, "a.jpg")),
        ("Autumn - a.jpg", (MAIN, "Autumn - a.jpg")),
        ("Summer - a.jpg", (f"{MAIN}/Summer", "a.jpg")),
        ("Summer - Beach - a.jpg", (f"{MAIN}/Summer/Beach", "a.jpg")),
        ("Summer - Winter - a.jpg", (f"{MAIN}/Summer", "Winter - a.jpg")),
    ],
)
def test_a_name_leads_to_the_deepest_folder_that_it_tells_of(
    name: str, place: tuple[str, str]
) -> None:
    assert ALBUM.locate(name, MAIN) == place


@given(
    st.sampled_from(FOLDERS[1:]),
    st.text(st.sampled_from("ab -/"), min_size=1).map(lambda stem: f"{stem}.jpg"),
)
def test_a_name_told_apart_leads_back_to_its_file(folder: str, name: str) -> None:
    assert ALBUM.locate(ALBUM.qualify(folder, name), MAIN) == (folder, name)


def test_a_name_leads_to_its_folder_however_the_folder_is_spelt() -> None:
    folder = f"{MAIN}/O\u0308l"
    names = AlbumNames("2004", (MAIN, folder))
    assert names.locate("\xd6l - a.jpg", MAIN) == (folder, "a.jpg")


def test_an_excluded_folder_renames_no_photo_of_the_others() -> None:
    summer, winter = f"{MAIN}/Summer", f"{MAIN}/Winter"
    names = AlbumNames("2004", (winter,), named_from=(summer, winter))
    named = name_photos(names, [photo(winter, "a.jpg")], [photo(summer, "a.jpg")])
    (found,) = named.photos
    assert names.locate(found.name, winter) == (winter, "a.jpg")
    assert named.hidden == {"a.jpg"}


def test_of_two_photos_of_one_name_in_one_folder_the_second_is_refused() -> None:
    names = AlbumNames("2004", (MAIN,))
    composed, decomposed = photo(MAIN, "\xe9.jpg"), photo(MAIN, "e\u0301.jpg")
    named = name_photos(names, [decomposed, composed], [])
    assert named.photos == [composed]
    assert named.refused == [decomposed]


# -- a title and its folders
# ----------------------------------------------------------------------


def test_an_album_that_is_here_is_found_under_any_spelling_of_its_title() -> None:
    names = library()
    assert names.get_album("2004") is ALBUM
    assert names.get_album("2004", as_is=True) is ALBUM


def test_an_album_that_is_not_here_has_the_folders_that_would_make_it() -> None:
    album = library().get_album("2005 - Trip")
    assert album.folders == ()
    assert album.new_folders == ("/Photos/2005 - Trip", "/Photos/2005/Trip")
    assert not album.is_hidden


def test_a_title_of_another_disk_is_written_as_that_disk_writes_it() -> None:
    names = library()
    assert names.get_album("CON").new_folders == ("/Photos/%43ON",)
    assert names.get_album("CON", as_is=True).new_folders == ("/Photos/CON",)


def test_an_album_is_hidden_where_a_folder_that_makes_it_is() -> None:
    names = library(hidden=frozenset({"2002"}))
    assert names.get_album("2003").is_hidden
    assert names.get_album("2003").new_folders == ()
    assert names.get_album("2003 - Trip").is_hidden
    assert names.get_album("2002").is_hidden
    assert not names.get_album("2001").is_hidden


def test_a_folder_leads_to_its_title_and_the_title_back_to_the_folder() -> None:
    titles = AlbumTitles(NamingRules(), Filters())
    assert titles.find_title("/Photos", ("AC%2FDC", "_raw", "Live")) == "AC/DC - Live"
    found = titles.list_folders("/Photos", "AC/DC - Live", as_is=False)
    assert found == ["/Photos/AC%2FDC - Live", "/Photos/AC%2FDC/Live"]


def test_a_new_album_gets_its_folder_beside_those_whose_titles_begin_alike() -> None:
    rules = NamingRules(replace=Substitution.parse(" - |/"))
    titles = AlbumTitles(rules, Filters())
    albums = {
        title: AlbumNames(title, (folder,))
        for title, folder in {
            "2018/Oslo": "/Photos/2018/Oslo",
            "2019/Rome": "/Photos/2019/Rome",
            "Photos": "/Photos",
            "2020/Nice": "/Other/2020/Nice",
        }.items()
    }
    names = LibraryNames(("/Photos",), titles, albums, frozenset())
    assert names.get_album("2019/Oslo").new_folders[0] == "/Photos/2019/Oslo"
    assert names.get_album("2020/Oslo").new_folders == ("/Photos/2020%2FOslo",)


def test_an_album_that_lost_its_folder_gets_it_again_where_memory_knows_it() -> None:
    titles = AlbumTitles(NamingRules(), Filters())
    known = {
        "/Photos/2019/Rome/_best/a.jpg": "a.jpg",
        "/Other/2019/Rome/b.jpg": "b.jpg",
        "/Other/2019/Rome/c.jpg": "c.jpg",
        "/gone/2019/Rome/d.jpg": "d.jpg",
        "/gone/2019/Rome/e.jpg": "e.jpg",
        "/gone/2019/Rome/f.jpg": "f.jpg",
    }
    roots = ("/Photos", "/Other")
    names = LibraryNames(roots, titles, {}, frozenset(), find_known=lambda _: known)
    rome = names.get_album("2019 - Rome").new_folders
    assert rome == ("/Other/2019/Rome", "/Other/2019 - Rome")
    # Other rules make other titles of that folder.
    assert names.get_album("Rome").new_folders == ("/Other/Rome",)


# -- names of an album, decided once
# ----------------------------------------------------------------------

BEST = f"{MAIN}/_best"
INNER = f"{BEST}/_best"


def named(
    *files: tuple[str, str], known: dict[str, str] | None = None
) -> dict[str, str]:
    """The names in the album by the paths of files; refused ones have none."""
    photos = [photo(folder, file) for folder, file in files]
    folders = tuple(dict.fromkeys(folder for folder, _ in files))
    names = AlbumNames("2004", tuple(sorted(folders)))
    found = name_photos(names, photos, [], lambda _: known or {})
    return {photo.path: photo.name for photo in found.photos}


def test_a_photo_keeps_its_name_when_another_of_its_name_comes_or_goes() -> None:
    apart = {f"{BEST}/a.jpg": "_best - a.jpg"}
    plain = {f"{BEST}/a.jpg": "a.jpg"}
    alone = [(MAIN, "b.jpg"), (BEST, "a.jpg")]
    both = [(MAIN, "a.jpg"), (BEST, "a.jpg")]
    assert named(*alone)[f"{BEST}/a.jpg"] == "a.jpg"
    assert named(*alone, known=apart)[f"{BEST}/a.jpg"] == "_best - a.jpg"
    assert named(*both)[f"{BEST}/a.jpg"] == "_best - a.jpg"
    assert named(*both, known=plain) == {
        f"{BEST}/a.jpg": "a.jpg",
        f"{MAIN}/a.jpg": "2004 - a.jpg",
    }


def test_a_name_that_is_not_that_of_the_file_is_not_kept() -> None:
    both = [(MAIN, "b.jpg"), (BEST, "A.jpg")]
    assert named(*both, known={f"{BEST}/A.jpg": "a.jpg"})[f"{BEST}/A.jpg"] == "A.jpg"


@pytest.mark.parametrize(
    "files",
    [
        # The long name of the second is the name of the third.
        [(MAIN, "a.jpg"), (BEST, "a.jpg"), (MAIN, "_best - a.jpg")],
        # Two long names are one.
        [
            (MAIN, "a.jpg"),
            (BEST, "_best - a.jpg"),
            (INNER, "a.jpg"),
            (MAIN, "_best - a.jpg"),
        ],
    ],
)
def test_no_two_photos_of_an_album_get_one_name(files: list[tuple[str, str]]) -> None:
    found = named(*files)
    assert len(set(found.values())) == len(found)
    assert len(found) == len(files) - 1


def test_a_second_name_that_two_claim_is_nobodys_by_which_to_be_known() -> None:
    folders = (MAIN, BEST, INNER)
    photos = [photo(BEST, "_best - a.jpg"), photo(INNER, "a.jpg")]
    found = name_photos(AlbumNames("2004", folders), photos, []).photos
    assert [(photo.name, photo.qualified) for photo in found] == [
        ("_best - a.jpg", ""),
        ("a.jpg", ""),
    ]


FILES = st.lists(
    st.tuples(
        st.sampled_from((MAIN, BEST, INNER)),
        st.sampled_from(
            (
                "a.jpg",
                "_best - a.jpg",
                "_best - _best - a.jpg",
                "\xe9.jpg",
                "e\u0301.jpg",
            )
        ),
    ),
    unique=True,
    min_size=1,
)


@given(FILES, FILES)
def test_names_once_given_stay_whatever_else_happens_to_the_album(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    known = named(*before)
    found = named(*after, known=known)
    assert len({name_key(name) for name in found.values()}) == len(found)
    if len({folder for folder, _ in after}) > 1:
        stayed = [path for path in found if path in known]
        assert [found[path] for path in stayed] == [known[path] for path in stayed]
        assert {f"{folder}/{file}" for folder, file in after} & known.keys() <= set(
            found
        )
