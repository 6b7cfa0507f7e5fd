"""What a smaller copy of each kind says and lacks, with exiftool as the judge before and
after. The README tells the same in words.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from harness.corpus import write_tags
from harness.pictures import (
    box,
    exif,
    exiftool_all,
    image,
    needs_exiftool,
    needs_heif,
    picture,
    png_chunk,
)
from PIL import Image, ImageCms

from photosync.media.shrink.pool import OTHER_KIND
from photosync.media.shrink.shrink import shrink
from photosync.media.shrink.smaller import Shrunk, Whole

pytestmark = [needs_exiftool, needs_heif]

BIG = (400, 250)
SIZES = {"ImageWidth", "ImageHeight", "ExifImageWidth", "ExifImageHeight"}
# How the pixels of a TIFF or a PNG lie in the file.
LAYOUT = {
    "BitsPerSample",
    "Compression",
    "PhotometricInterpretation",
    "PlanarConfiguration",
    "RowsPerStrip",
    "SamplesPerPixel",
    "StripByteCounts",
    "StripOffsets",
    "SampleFormat",
    "BitDepth",
    "ColorType",
    "Filter",
    "Interlace",
    "ExtraSamples",
    "SubfileType",
    "PageNumber",
    "Predictor",
}
GROUPS = [
    "EXIF",
    "XMP",
    "IPTC",
    "ICC_Profile",
    "Photoshop",
    "PNG",
    "MakerNotes",
    "Comment",
]
SAYS = (
    "-EXIF:Artist=Bjørn",
    "-UserComment=Ærlig",
    "-XMP:Title=Hällo",
    "-XMP:Subject=a",
    "-XMP:Subject=b",
    "-XMP-tiff:Orientation#=6",
    "-XMP-exif:ExifImageWidth=400",
)
IPTC = ("-IPTC:Keywords=øne", "-IPTC:City=Tromsø")
Tags = tuple[str, ...]
Make = Callable[[Path], Tags | None]

XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description '
    'rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" {attributes} '
    'dc:source="Hällo">{elements}</rdf:Description></rdf:RDF></x:xmpmeta>'
)
CAMERA = "http://ns.google.com/photos/1.0/camera/"
CONTAINER = "http://ns.google.com/photos/1.0/container/"
DIRECTORY = (
    f'<C:Directory xmlns:C="{CONTAINER}" xmlns:Item="{CONTAINER}item/"><rdf:Seq>'
    '<rdf:li rdf:parseType="Resource"><C:Item Item:Semantic="{what}" '
    'Item:Mime="x/y" Item:Length="4000"/></rdf:li></rdf:Seq></C:Directory>'
)


def xmp(attributes: str = "", elements: str = "") -> bytes:
    return XMP.format(attributes=attributes, elements=elements).encode()


def said(tags: dict[str, Any]) -> dict[str, Any]:
    """All that a picture says of itself, by the names of its tags."""
    # A profile, where there was none, is looked at by the colours.
    names = {
        name.partition(":")[2]: value
        for name, value in tags.items()
        if not name.startswith("ICC")
    }
    unwanted = SIZES | LAYOUT | {"SourceFile", ""}
    return {name: value for name, value in names.items() if name not in unwanted}


def differences(before: dict[str, Any], after: dict[str, Any]) -> set[str]:
    names = before.keys() | after.keys()
    return {name for name in names if before.get(name) != after.get(name)}


# -- files as cameras and programs make them
# ----------------------------------------------


def plain(path: Path) -> Tags:
    picture(path, BIG)
    return SAYS


def with_iptc(path: Path) -> Tags:
    picture(path, BIG)
    return (*SAYS, *IPTC, "-Comment=Grüße")


def texts(path: Path) -> Tags:
    picture(path, BIG)
    return (*SAYS, *IPTC, "-PNG:Author=Zoë", "-PNG:Title=Ünder")


def gif(path: Path) -> Tags:
    picture(path, BIG, exif=b"")
    return ("-XMP:Title=Hällo", "-Comment=Grüße")


def plain_bmp(path: Path) -> None:
    image(size=BIG).save(path, "BMP")


def layers(path: Path) -> Tags:
    tags = Image.Exif()
    tags.update({37724: b"Adobe Photoshop Document Data Block\0" + bytes(90_000)})
    tags.update({315: "Ada", 37500: bytes(10)})
    image(size=BIG).save(path, tiffinfo=tags)
    return (*IPTC, "-XMP:Title=Hällo")


def long_exif(note: int, comment: int = 0) -> Make:
    def make(path: Path) -> None:
        block = exif(size=BIG)
        inner = block.get_ifd(0x8769)
        inner.update({37500: bytes(note), 37510: b"ASCII\0\0\0" + b"x" * comment})
        picture(path, BIG, exif=block)

    return make


def with_thumbnail(path: Path) -> None:
    """The block of a phone: EXIF that alone fits, and a large thumbnail behind it."""
    block = bytearray(exif(size=BIG).tobytes()[6:])
    thumbnail = b"\xff\xd8" + bytes(70_000) + b"\xff\xd9"
    order = "<" if block.startswith(b"II") else ">"
    place = struct.unpack(f"{order}L", block[4:8])[0]
    (count,) = struct.unpack(f"{order}H", block[place : place + 2])
    link = place + 2 + 12 * count
    block[link : link + 4] = struct.pack(f"{order}L", len(block))
    start = len(block) + 30
    rows = struct.pack(f"{order}HHHLL", 2, 513, 4, 1, start)
    rows += struct.pack(f"{order}HHLLL", 514, 4, 1, len(thumbnail), 0)
    picture(path, BIG, exif=b"Exif\0\0" + bytes(block) + rows + thumbnail)


def motion(path: Path) -> None:
    attributes = f'xmlns:G="{CAMERA}" G:MotionPhoto="1" G:MotionPhotoVersion="1"'
    elements = DIRECTORY.format(what="MotionPhoto")
    picture(path, BIG, xmp=xmp(attributes, elements))
    path.write_bytes(path.read_bytes() + bytes(4000))


def micro_video(path: Path) -> None:
    attributes = f'xmlns:G="{CAMERA}" G:MicroVideo="1" G:MicroVideoOffset="4000"'
    picture(path, BIG, xmp=xmp(attributes))
    path.write_bytes(path.read_bytes() + bytes(4000))


def xiaomi(path: Path) -> None:
    block = exif(size=BIG)
    block.get_ifd(0x8769).update({0x8897: b"\1"})
    attributes = f'xmlns:G="{CAMERA}" G:MicroVideo="1" G:MicroVideoOffset="4000"'
    picture(path, BIG, exif=block, xmp=xmp(attributes))
    path.write_bytes(path.read_bytes() + bytes(4000))


def old_samsung(path: Path) -> None:
    picture(path, BIG)
    entry = b"\0\0\x30\x0a" + struct.pack("<LL", 4000, 4000)
    table = b"SEFH" + struct.pack("<LL", 106, 1) + entry
    trailer = bytes(4000) + table + struct.pack("<L", len(table)) + b"SEFT"
    path.write_bytes(path.read_bytes() + trailer)


def gain_map(path: Path) -> None:
    attributes = (
        'xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0"'
    )
    picture(path, BIG, xmp=xmp(attributes, DIRECTORY.format(what="GainMap")))
    path.write_bytes(path.read_bytes() + bytes(4000))


def extended_xmp(path: Path) -> None:
    note = 'xmlns:N="http://ns.adobe.com/xmp/note/" N:HasExtendedXMP="AB12"'
    picture(path, BIG, xmp=xmp(note))


def long_history(path: Path) -> None:
    """What Photoshop writes of its work: more than the one block has room for."""
    picture(path, BIG)
    history = path.with_suffix(".txt")
    history.write_text("\n".join(f"step {number}" for number in range(30_000)))
    write_tags(
        [["-XMP-dc:Title=H\xe4llo", f"-XMP-photoshop:History<={history}", str(path)]]
    )
    history.unlink()


def long_xmp(path: Path) -> None:
    history = (
        f"<dc:rights><rdf:Alt><rdf:li>{'x' * 70_000}</rdf:li></rdf:Alt></dc:rights>"
    )
    picture(path, BIG, xmp=xmp("", history))


def multi_picture(kind: int) -> Make:
    """A file with a second picture of this kind, by the numbers of CIPA DC-007."""

    def make(path: Path) -> None:
        frames = [image(size=BIG)]
        image(size=BIG).save(
            path, "MPO", save_all=True, append_images=frames, exif=exif(size=BIG)
        )
        with Image.open(path) as opened:
            several: Any = opened
            size = several.mpinfo[0xB002][0]["Size"]
        content = bytearray(path.read_bytes())
        first = content.index(struct.pack("<LL", 0x030000, size))
        content[first + 16 : first + 20] = struct.pack("<L", kind)
        path.write_bytes(content)

    return make


def apple_gain_map(path: Path) -> None:
    """Only the second picture says that it makes the first one HDR."""
    multi_picture(0)(path)
    content = path.read_bytes()
    second = content.rindex(b"\xff\xd8\xff")
    packet = b"http://ns.adobe.com/xap/1.0/\0" + xmp(
        'xmlns:H="http://ns.apple.com/HDRGainMap/1.0/" H:HDRGainMapVersion="65536"'
    )
    segment = b"\xff\xe1" + struct.pack(">H", len(packet) + 2) + packet
    path.write_bytes(content[: second + 2] + segment + content[second + 2 :])


def iso_gain_map(path: Path) -> None:
    picture(path, BIG)
    content = path.read_bytes()
    if path.suffix == ".heic":
        path.write_bytes(content.replace(b"miaf", b"tmap", 1))
        return
    told = b"urn:iso:std:iso:ts:21496:-1\0\0\0\0\0"
    segment = b"\xff\xe2" + struct.pack(">H", len(told) + 2) + told
    path.write_bytes(content[:2] + segment + content[2:])


def moving_heic(path: Path) -> None:
    picture(path, BIG)
    path.write_bytes(path.read_bytes() + box(b"mpvd", bytes(4000)))


def coded(primaries: int, transfer: int) -> Make:
    """A picture whose colours are told by the numbers of the video world."""

    def make(path: Path) -> None:
        numbers: Any = {
            "color_primaries": primaries,
            "transfer_characteristics": transfer,
        }
        if path.suffix == ".heic":
            picture(path, BIG, **numbers)
            return
        picture(path, BIG)
        content = path.read_bytes()
        if path.suffix == ".png":
            chunk = png_chunk(b"cICP", bytes((primaries, transfer, 0, 1)))
            content = content[:33] + chunk + content[33:]
        else:
            place = content.index(b"nclx") + 4
            code = struct.pack(">HH", primaries, transfer)
            content = content[:place] + code + content[place + 4 :]
        path.write_bytes(content)

    return make


def several(path: Path) -> None:
    frames = [image("1", BIG).convert("RGB")]
    image(size=BIG).save(path, save_all=True, append_images=frames)


def fractions(path: Path) -> None:
    Image.new("F", BIG, 0.5).save(path)


def bytes_of(head: bytes) -> Make:
    def make(path: Path) -> None:
        path.write_bytes(head + bytes(600))

    return make


def jpeg2000(path: Path) -> None:
    image(size=BIG).save(path)


SRGB = ImageCms.createProfile("sRGB")
PARTS = {
    "HasExtendedXMP",
    "MicroVideo",
    "MicroVideoOffset",
    "MotionPhoto",
    "MotionPhotoVersion",
    "DirectoryItemLength",
    "DirectoryItemMime",
    "DirectoryItemSemantic",
}
CLAIMS = PARTS | {"Version", "XMPToolkit"}
TURNED = {"Orientation"}
NUMBERS = {
    "ColorPrimaries",
    "TransferCharacteristics",
    "MatrixCoefficients",
    "VideoFullRangeFlag",
    "ProfileName",
}

COPIES: dict[str, tuple[Make, tuple[str, ...], set[str]]] = {
    # The kind of file: how it is made, what its copy lacks, and which tags may differ.
    "plain.jpg": (with_iptc, (), set()),
    "plain.png": (texts, (), set()),
    "plain.webp": (plain, (), set()),
    "plain.avif": (plain, (), set()),
    "plain.heic": (plain, (), TURNED),
    "plain.tif": (with_iptc, (), TURNED),
    # exiftool has two names for it, one for each format.
    "plain.gif": (gif, (), {"Comment"}),
    "plain.bmp": (plain_bmp, (), set()),
    "layers.tif": (layers, ("layers of Photoshop",), {"ImageSourceData"}),
    "note.heic": (
        long_exif(70_000),
        ("maker note",),
        TURNED | {"MakerNoteUnknown", "MakerNoteUnknownBinary"},
    ),
    "thumbnail.webp": (
        with_thumbnail,
        (),
        {"ThumbnailImage", "ThumbnailLength", "ThumbnailOffset"},
    ),
    "motion.jpg": (motion, ("moving part",), CLAIMS),
    "micro.jpg": (micro_video, ("moving part",), CLAIMS),
    "xiaomi.jpg": (xiaomi, ("moving part",), CLAIMS | {"Exif_0x8897"}),
    "samsung.jpg": (
        old_samsung,
        ("moving part",),
        {"EmbeddedVideoFile", "EmbeddedVideoType"},
    ),
    "eyes.jpg": (multi_picture(0x020002), ("further pictures",), set()),
    "preview.jpg": (multi_picture(0x010001), (), set()),
    "unknown.jpg": (multi_picture(0), ("further pictures",), set()),
    "apple.jpg": (apple_gain_map, ("HDR gain map",), set()),
    "iso.jpg": (iso_gain_map, ("HDR gain map",), set()),
    "iso.heic": (iso_gain_map, ("HDR gain map",), TURNED),
    "moving.heic": (moving_heic, ("moving part",), TURNED),
    "gain.jpg": (gain_map, ("HDR gain map",), CLAIMS),
    "extended.jpg": (extended_xmp, ("longest part of the XMP",), CLAIMS),
    "long.webp": (long_xmp, ("longest part of the XMP",), {"Rights"}),
    "p3.heic": (coded(12, 13), (), TURNED),
    "p3.png": (coded(12, 13), (), NUMBERS),
    # It tells in a box how it lies, and its copy in EXIF.
    "p3.avif": (coded(12, 13), (), {"Orientation"}),
}
WHOLE: dict[str, tuple[Make, str]] = {
    "pq.heic": (coded(9, 16), "a JPEG cannot show HDR light"),
    "hlg.avif": (coded(9, 18), "a JPEG cannot show HDR light"),
    "pq.png": (coded(9, 16), "a JPEG cannot show HDR light"),
    "moving.gif": (several, "several pictures in one file"),
    "moving.webp": (several, "several pictures in one file"),
    "moving.png": (several, "several pictures in one file"),
    "pages.tif": (several, "several pictures in one file"),
    "fractions.tif": (fractions, "pixels that are fractions"),
    "comment.heic": (long_exif(10, 70_000), "a JPEG has no room for its EXIF data"),
    "a.cr2": (plain_bmp, "RAW pictures are not made smaller"),
    "a.jxl": (bytes_of(b"\xff\x0a"), "JPEG XL pictures cannot be opened here"),
    "a.jp2": (jpeg2000, "JPEG 2000 pictures cannot be opened here"),
    "a.psd": (bytes_of(b"8BPS\0\1"), "Photoshop pictures cannot be opened here"),
}


def test_what_a_smaller_copy_of_each_kind_says_and_lacks(tmp_path: Path) -> None:
    made = {name: COPIES[name][0](tmp_path / name) or () for name in COPIES}
    write_tags([[*tags, str(tmp_path / name)] for name, tags in made.items() if tags])
    originals = [tmp_path / name for name in COPIES]
    copies = [shrink(str(path), f"{path}-copy", 100) for path in originals]
    groups = [f"-{group}:all" for group in GROUPS]
    before = exiftool_all(originals, *groups)
    paths = [copy.path for copy in copies if isinstance(copy, Shrunk)]
    assert len(paths) == len(copies), list(zip(COPIES, copies, strict=True))
    after = exiftool_all(paths, *groups)
    wrong: dict[str, object] = {}
    for name, copy, old, new in zip(COPIES, copies, before, after, strict=True):
        _, lacks, may_differ = COPIES[name]
        differing = differences(said(old), said(new))
        # What stays behind is claimed by nothing.
        if not differing <= may_differ or PARTS & said(new).keys():
            wrong[name] = differing - may_differ
        if isinstance(copy, Shrunk) and copy.lacks != lacks:
            wrong[f"{name} lacks"] = copy.lacks
        if made[name] and "Hällo" not in new.values():
            wrong[f"{name} was not told"] = made[name]
    assert not wrong, "\n".join(f"{name}: {what}" for name, what in wrong.items())


@pytest.mark.parametrize("name", WHOLE)
def test_what_is_sent_whole(tmp_path: Path, name: str) -> None:
    make, reason = WHOLE[name]
    path = tmp_path / name
    make(path)
    assert shrink(str(path), str(tmp_path / "copy"), 100) == Whole(reason)


def test_the_readme_names_all_that_a_copy_lacks_and_why_others_are_whole() -> None:
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    lacks = {word for _, lacking, _ in COPIES.values() for word in lacking}
    reasons = {reason for _, reason in WHOLE.values()} | {OTHER_KIND}
    # One line for what is said of three kinds.
    reasons = {re.sub("JPEG XL|JPEG 2000", "Photoshop", reason) for reason in reasons}
    assert not {word for word in lacks if f"| {word} |" not in readme}
    assert not {reason for reason in reasons if f"| {reason} |" not in readme}


def test_the_rest_of_a_long_xmp_goes_over_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    long_history(path)
    copy = shrink(str(path), str(tmp_path / "copy"), 100)
    assert isinstance(copy, Shrunk)
    old, new = exiftool_all([str(path), copy.path], "-XMP:all")
    assert (copy.lacks, new) == ((), old | {"SourceFile": new["SourceFile"]})
    assert len(new["XMP-photoshop:History"]) > 300_000


@pytest.mark.parametrize("ending", ["png", "avif", "heic"])
def test_wide_colours_without_a_profile_get_one(tmp_path: Path, ending: str) -> None:
    # The red, the grey and the middle brown of sRGB as a phone's screen counts them.
    wide = {
        (234, 51, 35): (255, 0, 0),
        (128,) * 3: (128,) * 3,
        (122, 101, 83): (126, 100, 80),
    }
    for number, (shown, expected) in enumerate(wide.items()):
        path = tmp_path / f"{number}.{ending}"
        make_coloured(path, shown)
        copy = shrink(str(path), str(tmp_path / "copy"), 100)
        assert isinstance(copy, Shrunk)
        with Image.open(copy.path) as opened:
            profile = io.BytesIO(opened.info["icc_profile"])
            screen = ImageCms.profileToProfile(opened.convert("RGB"), profile, SRGB)
        assert screen
        found = screen.getpixel((20, 20))
        assert isinstance(found, tuple)
        assert all(abs(a - b) <= 6 for a, b in zip(found, expected, strict=True)), found


def make_coloured(path: Path, colour: tuple[int, ...]) -> None:
    plain = Image.new("RGB", BIG, colour)
    if path.suffix == ".png":
        stream = io.BytesIO()
        plain.save(stream, "PNG")
        content = stream.getvalue()
        chunk = png_chunk(b"cICP", bytes((12, 13, 0, 1)))
        path.write_bytes(content[:33] + chunk + content[33:])
    elif path.suffix == ".heic":
        picture(path, BIG)
        numbers: Any = {"color_primaries": 12, "transfer_characteristics": 13}
        plain.save(path, quality=100, chroma=444, **numbers)
    else:
        plain.save(path, quality=100, subsampling="4:4:4")
        content = path.read_bytes()
        place = content.index(b"nclx") + 4
        path.write_bytes(content[:place] + b"\0\x0c\0\x0d" + content[place + 4 :])
