from __future__ import annotations

import pytest

from photosync.filters import Filters
from photosync.media import Kind, endings_of, kind_of

RAW = """
    3fr arw bay cr2 cr3 crw dcr dcs dng eip erf fff gpr iiq k25 kdc mef mos mrw nef nrw
    orf ori pef raf raw rw2 rwl rwz sr2 srf srw x3f
"""
PICTURES = """
    jpg jpeg jpe jif jfif mpo insp png apng gif bmp tif tiff webp heic heics heif heifs
    hif avif avifs jxl jp2 j2k jpf jpx psd psb
"""
FILMS = """
    mov mp4 mp mv m4v avi mkv webm 3gp 3gpp 3g2 3gp2 mts m2ts m2t mpg mpeg mpe m1v m2v vob mod
    tod dv mxf wmv asf flv f4v qt divx ogv ogm rm rmvb insv lrv lrf 360 braw r3d
"""
PHOTOS = (*PICTURES.split(), *RAW.split())
VIDEOS = tuple(FILMS.split())
FORMATS = {kind: Filters(format=kind) for kind in (Kind.PHOTO, Kind.VIDEO, Kind.BOTH)}


# -- kinds
# ---------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", PHOTOS)
def test_a_photo_of_every_kind_is_a_photo(ending: str) -> None:
    for name in (f"a.{ending}", f"A.{ending.upper()}", f"a.b.{ending.title()}"):
        assert kind_of(name) is Kind.PHOTO
        wanted = {
            kind for kind, filters in FORMATS.items() if filters.is_wanted_kind(name)
        }
        assert wanted == {Kind.PHOTO, Kind.BOTH}


@pytest.mark.parametrize("ending", VIDEOS)
def test_a_video_of_every_kind_is_a_video(ending: str) -> None:
    for name in (f"a.{ending}", f"A.{ending.upper()}", f"a.b.{ending.title()}"):
        assert kind_of(name) is Kind.VIDEO
        wanted = {
            kind for kind, filters in FORMATS.items() if filters.is_wanted_kind(name)
        }
        assert wanted == {Kind.VIDEO, Kind.BOTH}


def test_there_are_no_other_kinds() -> None:
    assert endings_of(Kind.PHOTO) == set(PHOTOS)
    assert endings_of(Kind.VIDEO) == set(VIDEOS)
    assert endings_of(Kind.BOTH) == {*PHOTOS, *VIDEOS}
    assert endings_of(Kind.NONE) == set()


def test_not_only_jpg_counts_as_a_photo() -> None:
    assert all(
        Filters().is_wanted_kind(f"IMG_1.{ending}")
        for ending in ("JPEG", "png", "HEIC")
    )


@pytest.mark.parametrize(
    "name",
    ["notes.txt", "jpg", ".jpg", "a.jpg.part", "a.jpg ", "a.jpgx", "a.", "", "a.jpg\n"],
)
def test_what_has_no_such_ending_is_neither(name: str) -> None:
    assert kind_of(name) is Kind.NONE
    assert not FORMATS[Kind.BOTH].is_wanted_kind(name)


@pytest.mark.parametrize(
    "name", [".hidden.jpg", "-dash.jpg", "..jpg", "IMG 1 (2).jpg", "é.JPG"]
)
def test_a_photo_may_have_an_odd_name(name: str) -> None:
    assert Filters().is_wanted_kind(name)


# -- what a NAS or a system makes for itself
# -----------------------------------------------


@pytest.mark.parametrize(
    "name",
    [
        *(
            "@eaDir",
            "#recycle",
            "#snapshot",
            "@Recycle",
            "@tmp",
            "lost+found",
            "$RECYCLE.BIN",
        ),
        *(
            "System Volume Information",
            ".Trash",
            ".Trash-1000",
            ".Trashes",
            ".@__thumb",
        ),
        *("@Recently-Snapshot", ".photosync-trash"),
    ],
)
def test_a_folder_that_a_system_makes_for_itself_is_junk(name: str) -> None:
    assert Filters.is_junk_folder(name)


@pytest.mark.parametrize(
    "name", ["Trip", "@home", "recycle", "@eaDir2", "my lost+found", ".Trash "]
)
def test_a_persons_folder_is_no_junk(name: str) -> None:
    assert not Filters.is_junk_folder(name)


@pytest.mark.parametrize(
    "name",
    [
        "._a.jpg",
        "SYNOFILE_THUMB_M.jpg",
        "SYNOPHOTO_THUMB_XL.jpg",
        ".DS_Store",
        "Thumbs.db",
    ],
)
def test_a_file_that_a_system_makes_for_itself_is_invisible_on_both_sides(
    name: str,
) -> None:
    filters = FORMATS[Kind.BOTH]
    assert not filters.is_wanted_kind(name)
    assert filters.hides_remote_photo("Trip", name)


def test_what_cameras_write_beside_a_film_is_wanted_with_films() -> None:
    for name in ("MVI_1.THM", "DJI_1.SRT", "C0001M01.XML"):
        assert not FORMATS[Kind.PHOTO].is_wanted_kind(name)
        assert FORMATS[Kind.VIDEO].is_wanted_kind(name)
        assert FORMATS[Kind.BOTH].is_wanted_kind(name)


@pytest.mark.parametrize(
    ("name", "is_other"),
    [
        *(("notes.txt", True), ("a.pdf", True), ("README", True), ("a.mp3", True)),
        *(("a.jpg", False), ("a.mov", False), ("a.xmp", False), ("A.AAE", False)),
        *(("C1M01.XML", False), ("C1.XML", True), ("A.THM", False), ("a.srt", False)),
        *((f"{'a' * 46}.json", False), (f"{'a' * 46}(1).json", False)),
        *((f"{'a' * 47}.json", True), ("album.json", True)),
        *((".DS_Store", False), ("._a.txt", False), (".nomedia", False)),
        *(("Thumbs.db", False), ("desktop.ini", False), ("Icon\r", False)),
    ],
)
def test_a_file_of_another_kind_is_a_persons_and_describes_no_photo(
    name: str, *, is_other: bool
) -> None:
    assert Filters.is_other_kind(name) == is_other


# -- folders of programs and systems, whatever is excluded
# ----------------------------------------------------------------------

SYSTEM = [
    *("Photos Library.photoslibrary", "Aperture Library.aplibrary"),
    *("Lightroom Catalog Previews.lrdata", "Backup.sparsebundle", "~snapshot"),
    *("@sharebin", "RECYCLER", "$Recycle.Bin", "Network Trash Folder"),
    *("Recycler", "RECYCLED", "#Snapshot", "@snapshot", "@__thumb", "Backups.backupdb"),
    *("Lightroom Library.lrlibrary", "Catalog.lrcat-data", "PHOTOS.PHOTOSLIBRARY"),
    *("Holiday.imovielibrary", "Film.fcpbundle", "Studio.cocatalog"),
    *("iPhoto.photolibrary/Thumbnails", "iPhoto Library/Thumbnails"),
]


@pytest.mark.parametrize("path", SYSTEM)
@pytest.mark.parametrize("above", ["", "2004/"])
def test_folders_of_programs_and_systems_are_excluded_whatever_else_is(
    above: str, path: str
) -> None:
    for filters in (Filters(), Filters(exclude=())):
        assert filters.hides_folder(path.rpartition("/")[2], above + path)
        assert filters.hides_path((*(above + path).split("/"), "Trip"))


@pytest.mark.parametrize("name", ["Mine.photoslibrary", "MINE.PHOTOSLIBRARY"])
def test_the_library_of_a_program_is_known_in_any_case(name: str) -> None:
    assert Filters.is_foreign_library(name)


@pytest.mark.parametrize(
    "path",
    [
        *("photoslibrary", "iPhoto.photolibrary", "iPhoto.photolibrary/Masters"),
        *("Thumbnails", "Trip/Thumbnails", "my RECYCLER", "snapshot", "a.lrdata.old"),
    ],
)
def test_a_persons_folder_is_none_of_a_program(path: str) -> None:
    assert not Filters().hides_folder(path.rpartition("/")[2], path)


# -- excluded folders
# ----------------------------------------------------------------------


@pytest.mark.parametrize("name", [".git", ".", "__MACOSX", "@eaDir"])
def test_the_default_excludes_hidden_and_doubly_underscored_folders(name: str) -> None:
    assert Filters().hides_folder(name, f"2004/{name}")


@pytest.mark.parametrize("name", ["Trip", "a.b", "a__b", "_raw", "@eaDir2", "my@eaDir"])
def test_the_default_excludes_no_other_folder(name: str) -> None:
    assert not Filters().hides_folder(name, f"2004/{name}")


def test_own_exclusions_replace_the_default() -> None:
    filters = Filters(exclude=("^private$", "tmp"))
    assert filters.hides_folder("private", "private")
    assert filters.hides_folder("my tmp folder", "my tmp folder")
    assert not filters.hides_folder("my private", "my private")
    assert not filters.hides_folder(".git", ".git")


def test_an_exclusion_is_about_the_name_of_one_folder() -> None:
    assert not Filters(exclude=("2004/",)).hides_folder("Trip", "2004/Trip")


def test_without_exclusions_no_folder_is_excluded() -> None:
    filters = Filters(exclude=(), exclude_in_title=())
    assert not filters.hides_folder(".git", ".git")
    assert not filters.is_untitled("_raw")


def test_each_expression_has_its_own_flags_and_groups() -> None:
    filters = Filters(
        exclude=("^(x)y$", r"^(.)\1$", "(?i)^PRIVATE$"), exclude_in_title=("(?i)^R",)
    )
    assert filters.hides_folder("aa", "aa")
    assert filters.hides_folder("private", "private")
    assert not filters.hides_folder("XY", "XY")
    assert filters.is_untitled("raw")


def test_the_default_leaves_underscored_folders_out_of_titles() -> None:
    assert Filters().is_untitled("_raw")
    assert not Filters().is_untitled("raw_")


def test_own_expressions_for_titles_replace_the_default() -> None:
    filters = Filters(exclude_in_title=("^raw$",))
    assert filters.is_untitled("raw")
    assert not filters.is_untitled("_raw")


# -- skipped files and folders
# -------------------------------------------------------------


@pytest.mark.parametrize(
    ("glob", "name", "path", "skipped"),
    [
        ("*.png", "a.png", "2004/a.png", True),
        ("*.png", "a.jpg", "2004/a.jpg", False),
        ("*.png", "a.PNG", "2004/a.PNG", False),
        ("a.*", "ba.jpg", "ba.jpg", False),
        ("Trip", "Trip", "2004/Trip", True),
        ("Trip", "Trip 2", "2004/Trip 2", False),
        ("2004/*", "a.jpg", "2004/a.jpg", True),
        ("2004/*", "a.jpg", "2004/Trip/a.jpg", True),
        ("2004/*", "a.jpg", "x/2004/a.jpg", False),
        ("2004/Trip", "Trip", "2004/Trip", True),
        ("2004/Trip", "Trip", "2005/Trip", False),
        ("IMG_?.jpg", "IMG_1.jpg", "IMG_1.jpg", True),
        ("IMG_?.jpg", "IMG_10.jpg", "IMG_10.jpg", False),
        ("IMG_[0-4].jpg", "IMG_5.jpg", "IMG_5.jpg", False),
        ("IMG_[!0-4].jpg", "IMG_5.jpg", "IMG_5.jpg", True),
        ("Caf\xe9*", "Cafe\u0301.jpg", "Cafe\u0301.jpg", True),
        ("Cafe\u0301*", "Caf\xe9.jpg", "Caf\xe9.jpg", True),
        ("a|b", "b", "b", False),
        ("new\nline*", "new\nline.jpg", "new\nline.jpg", True),
    ],
)
def test_skip_is_a_shell_pattern_for_a_whole_name_or_a_whole_path(
    glob: str, name: str, path: str, *, skipped: bool
) -> None:
    filters = Filters(skip=("nothing", glob))
    assert filters.skips(name, path) == skipped
    assert filters.hides_folder(name, path) == skipped


def test_without_skip_nothing_is_skipped() -> None:
    assert not Filters().skips("a.jpg", "a.jpg")
    assert not Filters().skips("", "")


def test_what_is_skipped_here_is_invisible_there() -> None:
    filters = Filters(skip=("*_bak.jpg", "Trip/b.jpg"))
    assert filters.hides_remote_photo("Trip", "a_bak.jpg")
    assert filters.hides_remote_photo("Trip", "b.jpg")
    assert not filters.hides_remote_photo("Other", "b.jpg")


# -- skipped albums and photos of a service
# ------------------------------------------------


@pytest.mark.parametrize(
    ("glob", "album", "name", "hidden"),
    [
        ("*.png", "Trip", "a.png", True),
        ("*.png", "Trip", "a.jpg", False),
        ("Trip/*", "Trip", "a.jpg", True),
        ("Trip/*", "Trips", "a.jpg", False),
        ("Trip/a.jpg", "Trip", "b.jpg", False),
        ("Caf\xe9/*", "Cafe\u0301", "a.jpg", True),
    ],
)
def test_skipserver_is_a_shell_pattern_for_a_photo_or_its_path_in_the_album(
    glob: str, album: str, name: str, *, hidden: bool
) -> None:
    assert Filters(skipserver=(glob,)).hides_remote_photo(album, name) == hidden


def test_skipserver_hides_whole_albums() -> None:
    filters = Filters(skipserver=("Private*", "Caf\xe9"))
    assert filters.hides_remote_album("Private 2004")
    assert filters.hides_remote_album("Cafe\u0301")
    assert not filters.hides_remote_album("My Private")
    assert not Filters().hides_remote_album("Private")


def test_skip_hides_no_album_and_skipserver_no_local_file() -> None:
    assert not Filters(skip=("Trip",)).hides_remote_album("Trip")
    assert not Filters(skipserver=("a.jpg",)).skips("a.jpg", "a.jpg")


def test_a_remote_photo_of_another_kind_is_invisible() -> None:
    assert FORMATS[Kind.PHOTO].hides_remote_photo("Trip", "a.mov")
    assert FORMATS[Kind.VIDEO].hides_remote_photo("Trip", "a.jpg")
    assert not FORMATS[Kind.BOTH].hides_remote_photo("Trip", "a.mov")
    assert not FORMATS[Kind.PHOTO].hides_remote_photo("Trip", "a.jpg")


@pytest.mark.parametrize(
    ("folders", "hidden"),
    [
        ((), False),
        (("2004", "Trip"), False),
        (("2004", ".hidden"), True),
        ((".hidden", "Trip"), True),
        (("2004", "#recycle", "Trip"), True),
        (("2004", "private"), True),
        (("private", "2004"), False),
    ],
)
def test_a_path_is_hidden_where_one_of_its_folders_is(
    folders: tuple[str, ...], *, hidden: bool
) -> None:
    assert Filters(skip=("2004/private",)).hides_path(folders) == hidden
