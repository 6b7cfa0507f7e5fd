"""Small files of many kinds with dates in all places where cameras and programs write
them, made by Pillow, ffmpeg and exiftool, which then is their judge.
"""

from __future__ import annotations

import io
import json
import struct
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from PIL import Image

from harness.pictures import box, exif, image

TAKEN = "2012:03:04 05:06:07"
SAID = TAKEN.replace(":", "-", 2)
RAWS = "nef pef arw dng srw 3fr nrw sr2 erf kdc mef mos iiq dcr rwl gpr srf fff dcs eip"
PICTURES = "jpg png webp tif avif heic jp2"
NAMES_OF_ONE_KIND = {
    "jpg": "jpeg jpe jfif mpo insp",
    "png": "apng",
    "tif": "tiff",
    "heic": "heif hif",
}
FILMS = "mov mp4 m4v 3gp mkv avi wmv"
FILMS_OF_ONE_KIND = {"mp4": "insv lrv 360", "mov": "qt"}


class Way(NamedTuple):
    """A way to say when: options of exiftool, and why it names no DateTimeOriginal."""

    options: str
    reason: str = ""


# What each way writes besides is a change of today, which must not count.
CHANGED = f"-EXIF:ModifyDate={TAKEN.replace('2012', '2020')}"
WAYS = {
    "exif": Way(f"-EXIF:DateTimeOriginal={TAKEN}"),
    "exif-and-xmp": Way(
        f"-EXIF:DateTimeOriginal={TAKEN} -XMP-xmp:CreateDate=2019:01:01 00:00:00"
    ),
    "xmp": Way(f"-XMP-exif:DateTimeOriginal={TAKEN}"),
    "digitized": Way(f"-EXIF:CreateDate={TAKEN}", "a scan tells its CreateDate only"),
    "xmp-created": Way(
        f"-XMP-photoshop:DateCreated={TAKEN}", "exiftool calls it XMP:DateCreated"
    ),
    "xmp-tool": Way(f"-XMP-xmp:CreateDate={TAKEN}", "exiftool calls it XMP:CreateDate"),
}
ONLY_SOME = {
    "iptc": (
        "jpg tif psd png",
        Way(
            "-IPTC:DateCreated=2012:03:04 -IPTC:TimeCreated=05:06:07+00:00",
        ),
    ),
    "zone": (
        "jpg heic tif png",
        Way(f"-EXIF:DateTimeOriginal={TAKEN} -EXIF:OffsetTimeOriginal=+05:30"),
    ),
}


# A picture of one grey pixel without layers.
EMPTY_PHOTOSHOP = (
    b"8BPS\0\1" + bytes(6) + b"\0\1" + b"\0\0\0\1" * 2 + b"\0\x08\0\1" + bytes(15)
)
PHOTOSHOPS = {
    "exif.psd": f"-EXIF:DateTimeOriginal={TAKEN.replace(' ', 'T')}",
    "xmp.psd": f"-XMP-exif:DateTimeOriginal={TAKEN.replace(' ', 'T')}",
    "iptc.psd": "-IPTC:DateCreated=2012:03:04 -IPTC:TimeCreated=05:06:07+00:00",
}


def make_corpus(folder: Path) -> dict[str, str]:
    """Make the files; returns their names with the reason for which exiftool knows no
    DateTimeOriginal, empty where it does.
    """
    bases = _make_pictures()
    reasons: dict[str, str] = {}
    calls: list[list[str]] = []
    for ending, content in bases.items():
        for name, way in _choose_ways(ending).items():
            path = folder / f"{name}.{ending}"
            path.write_bytes(content)
            reasons[path.name] = way.reason
            options = [f"-{part}" for part in way.options.removeprefix("-").split(" -")]
            calls.append([*options, CHANGED, str(path)])
    image().save(folder / "xmp.gif")
    reasons["xmp.gif"] = ""
    calls.append([f"-XMP-exif:DateTimeOriginal={TAKEN}", str(folder / "xmp.gif")])
    for name, tags in PHOTOSHOPS.items():
        (folder / name).write_bytes(EMPTY_PHOTOSHOP)
        reasons[name] = ""
        calls.append([*tags.split(), str(folder / name)])
    write_tags(calls)
    reasons |= _make_jxl(folder)
    for path in sorted(folder.iterdir()):
        for other in NAMES_OF_ONE_KIND.get(path.suffix[1:], "").split():
            twin = path.with_suffix(f".{other}")
            twin.write_bytes(path.read_bytes())
            reasons[twin.name] = reasons[path.name]
    reasons |= _make_raws(folder)
    reasons |= _make_special_pictures(folder)
    reasons |= _make_films(folder)
    reasons |= _make_special_films(folder)
    reasons |= _make_films_of_makers(folder)
    reasons |= _make_old_raws(folder)
    return reasons


def _make_pictures() -> dict[str, bytes]:
    import pillow_heif  # noqa: PLC0415 - an optional package

    pillow_heif.register_heif_opener()
    formats = Image.registered_extensions()
    bases: dict[str, bytes] = {}
    for ending in PICTURES.split():
        target = io.BytesIO()
        image(size=(32, 24)).save(target, formats[f".{ending}"])
        bases[ending] = target.getvalue()
    return bases


def _choose_ways(ending: str) -> dict[str, Way]:
    ways = dict(WAYS)
    for name, (endings, way) in ONLY_SOME.items():
        if ending in endings.split():
            ways[name] = way
    return ways


def write_tags(calls: list[list[str]]) -> None:
    """Have exiftool write tags into files, each call with options and a path, at once."""
    lines: list[str] = []
    for call in calls:
        lines += ["-overwrite_original", "-m", "-q", "-q", *call, "-execute"]
    command = ["exiftool", "-@", "-"]
    text = "\n".join(lines) + "\n"
    subprocess.run(command, input=text, text=True, check=False, capture_output=True)


def _make_raws(folder: Path) -> dict[str, str]:
    """Most raw kinds are a TIFF, some with a mark of their own."""
    block = exif(TAKEN).tobytes().removeprefix(b"Exif\0\0")
    names: dict[str, str] = {}
    for ending in RAWS.split():
        path = folder / f"raw.{ending}"
        path.write_bytes(block)
        names[path.name] = ""
    little = _make_little_tiff()
    (folder / "raw.orf").write_bytes(b"IIRO" + little[4:])
    jpeg = io.BytesIO()
    image().save(jpeg, "JPEG", exif=exif(TAKEN))
    head = b"FUJIFILMCCD-RAW 0201FF383501".ljust(84, b"\0")
    head += (148).to_bytes(4, "big") + len(jpeg.getvalue()).to_bytes(4, "big")
    (folder / "raw.raf").write_bytes(head.ljust(148, b"\0") + jpeg.getvalue())
    return names | {"raw.orf": "", "raw.raf": ""}


def _make_little_tiff() -> bytes:
    block = Image.Exif()
    block.endian = "<"
    block.get_ifd(0x8769).update({36867: TAKEN})
    return block.tobytes().removeprefix(b"Exif\0\0")


def _make_special_pictures(folder: Path) -> dict[str, str]:
    """What phones and old programs made of a JPEG and a PNG."""
    whole = (folder / "exif.jpg").read_bytes()
    for size in (4_000, 60_000):
        # Google puts what it knows before what the camera said.
        segment = b"\xff\xe5" + (size + 2).to_bytes(2, "big") + bytes(size)
        path = folder / f"behind-{size}.jpg"
        path.write_bytes(whole[:2] + 2 * segment + whole[2:])
    from PIL.PngImagePlugin import PngInfo  # noqa: PLC0415

    texts = PngInfo()
    texts.add_text("Creation Time", TAKEN)
    image().save(folder / "text.png", pnginfo=texts)
    profile = exif(TAKEN).tobytes()
    packed = PngInfo()
    packed.add_text(
        "Raw profile type exif",
        f"\nexif\n{len(profile):8}\n{profile.hex()}\n",
        zip=True,
    )
    image().save(folder / "profile.png", pnginfo=packed)
    return {
        "behind-4000.jpg": "",
        "behind-60000.jpg": "",
        "text.png": "exiftool calls it CreationTime",
        "profile.png": "",
    }


def _make_films(folder: Path) -> dict[str, str]:
    stamp = ["-metadata", "creation_time=2012-03-04T05:06:07Z"]
    date = ["-metadata", "date=2012-03-04 05:06:07"]
    command = ["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=s=64x64:d=0.1:r=10"]
    for ending in FILMS.split():
        codec = ["-c:v", "mpeg4"]
        command += [*codec, *stamp, *date, str(folder / f"film.{ending}")]
    command += ["-c:v", "libvpx", *stamp, str(folder / "film.webm")]
    subprocess.run(command, check=True)
    reason = "the header of a film has a CreateDate"
    names = {f"film.{ending}": reason for ending in FILMS.split()}
    names |= {
        "film.mkv": "",
        "film.webm": "",
        "film.avi": "exiftool calls it DateCreated",
    }
    for ending, others in FILMS_OF_ONE_KIND.items():
        for other in others.split():
            path = folder / f"film.{other}"
            path.write_bytes((folder / f"film.{ending}").read_bytes())
            names[path.name] = reason
    return names


def _make_special_films(folder: Path) -> dict[str, str]:
    """Films of cameras that say when in ways of their own."""
    # AVCHD: a message within the pictures, cut into packets.
    message = b"MDPM\x02\x18\0\x20\x12\x03\x19\x04\x05\x06\x07"
    unit = bytes.fromhex("17ee8c60f84d11d98cd60800200c9a66") + message
    picture = b"\0\0\0\1\x06\x05" + bytes([len(unit)]) + unit + b"\x80"
    pes = b"\0\0\1\xe0\0\0\x80\0\0" + picture
    for ending, lead in (("mts", b""), ("m2ts", bytes(4))):
        packet = lead + b"\x47\x41\x00\x10" + pes.ljust(184, b"\xff")
        empty = lead + b"\x47\x1f\xff\x10" + bytes(184)
        (folder / f"avchd.{ending}").write_bytes(packet + 40 * empty)
    seconds = int(datetime(2012, 3, 4, 5, 6, 7).timestamp()) + 2_082_844_800  # noqa: DTZ001
    header = box(b"mvhd", bytes(4) + 2 * seconds.to_bytes(4, "big") + bytes(88))
    gopro = box(b"udta", box(b"FIRM", b"HD9.01.01.50.00"))
    content = box(b"ftyp", b"mp41\0\0\0\0mp41") + box(b"moov", header + gopro)
    (folder / "gopro.mp4").write_bytes(content)
    reason = "exiftool takes a clock of the camera for UTC"
    avchd = "a stream of pictures cut to one packet"
    return {"avchd.mts": avchd, "avchd.m2ts": avchd, "gopro.mp4": reason}


def _make_jxl(folder: Path) -> dict[str, str]:
    """JPEG XL in boxes, as phones and Photoshop write it."""
    head = box(b"JXL ", b"\r\n\x87\n") + box(b"ftyp", b"jxl \0\0\0\0jxl ")
    block = exif(TAKEN).tobytes().removeprefix(b"Exif\0\0")
    content = (folder / "xmp.jpg").read_bytes()
    _, start, rest = content.partition(b"<?xpacket begin")
    packet = start + rest.partition(b"\xff\xdb")[0]
    pixels = box(b"jxlc", b"\xff\x0a" + bytes(40))
    (folder / "exif.jxl").write_bytes(head + box(b"Exif", bytes(4) + block) + pixels)
    (folder / "xmp.jxl").write_bytes(head + pixels + box(b"xml ", packet))
    return {"exif.jxl": "", "xmp.jxl": ""}


def _make_films_of_makers(folder: Path) -> dict[str, str]:
    """What makers write beside the header, which says something else."""
    wrong = box(b"mvhd", bytes(4) + 2 * (3_900_000_000).to_bytes(4, "big") + bytes(88))
    head = box(b"ftyp", b"mp42\0\0\0\0mp42")
    block = exif(TAKEN).tobytes().removeprefix(b"Exif\0\0")
    jpeg = io.BytesIO()
    image().save(jpeg, "JPEG", exif=exif(TAKEN))
    note = '<NonRealTimeMeta><CreationDate value="2012-03-04T05:06:07+02:00"/>'
    note += "</NonRealTimeMeta>"
    handler = box(b"hdlr", bytes(8) + b"nrtm" + bytes(12))
    sony = box(b"meta", bytes(4) + handler + box(b"xml ", note.encode()))
    canon = bytes.fromhex("85c0b687820f11e08111f4ce462b6a48")
    thumbnail = box(b"udta", box(b"CNTH", box(b"CNDA", jpeg.getvalue())))
    own = box(b"uuid", canon + box(b"CMT2", block))
    seconds = int(datetime(2012, 3, 4, 5, 6, 7).timestamp()) + 2_082_844_800  # noqa: DTZ001
    clock = box(b"mvhd", bytes(4) + 2 * seconds.to_bytes(4, "big") + bytes(88))
    maker = box(b"udta", box(b"\xa9mak", b"\0\x08\0\0Insta360"))
    seconds -= 7200
    zoned = box(b"mvhd", bytes(4) + 2 * seconds.to_bytes(4, "big") + bytes(88))
    record = struct.pack(">LHH", 0x12, 2, 20) + TAKEN.encode() + b"\0"
    nikon = box(b"udta", box(b"NCDT", box(b"NCTG", record)))
    films = {
        "nikon.mov": head + box(b"moov", zoned + nikon),
        "sony.mp4": head + box(b"moov", wrong) + sony,
        "canon.mov": head + box(b"moov", wrong + thumbnail),
        "canon.mp4": head + box(b"moov", own + wrong),
        "insta.insv": head + box(b"moov", clock + maker),
        "camera.avi": _make_avi(b"IDIT", b"Sun Mar 04 05:06:07 2012\n\0"),
    }
    for name, content in films.items():
        (folder / name).write_bytes(content)
    return {
        "nikon.mov": "",
        "sony.mp4": "exiftool calls it CreationDateValue",
        "canon.mov": "",
        "canon.mp4": "",
        "insta.insv": "exiftool takes a clock of the camera for UTC",
        "camera.avi": "",
    }


def _make_avi(name: bytes, text: bytes) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return name + len(data).to_bytes(4, "little") + data + bytes(len(data) % 2)

    header = chunk(b"LIST", b"hdrl" + chunk(b"avih", bytes(56)) + chunk(name, text))
    return chunk(b"RIFF", b"AVI " + header + chunk(b"LIST", b"movi"))


def _make_old_raws(folder: Path) -> dict[str, str]:
    """The raw kinds that are no TIFF."""
    seconds = int(datetime(2012, 3, 4, 5, 6, 7, tzinfo=UTC).timestamp())
    # CRW: a heap within a heap, each with its list at its end.
    entry = struct.pack("<HHLLL", 1, 0x180E, 12, 0, 12)
    inner = struct.pack("<LLL", seconds, 0, 0) + entry
    entry = struct.pack("<HHLLL", 1, 0x300A, len(inner), 0, len(inner))
    crw = b"II\x1a\0\0\0HEAPCCDR\2\0\1\0".ljust(26, b"\0") + inner + entry
    (folder / "old.crw").write_bytes(crw)
    # X3F: sections, of which one holds names and values of 16 bits.
    texts = f"TIME\0{seconds}\0".encode("utf-16-le")
    section = b"SECp" + struct.pack("<LLLLL", 0x20000, 1, 0, 0, len(texts) // 2)
    section += struct.pack("<LL", 0, 5) + texts
    start = 40
    x3f = b"FOVb" + struct.pack("<L", 0x20000)
    x3f = x3f.ljust(start, b"\0") + section
    table = b"SECd" + struct.pack("<LLLL4s", 0x20000, 1, start, len(section), b"PROP")
    (folder / "old.x3f").write_bytes(x3f + table + struct.pack("<L", len(x3f)))
    # Later ones hold a JPEG with EXIF instead.
    jpeg = io.BytesIO()
    image().save(jpeg, "JPEG", exif=exif(TAKEN))
    section = b"SECi" + struct.pack("<LLLLLL", 0x20000, 2, 18, 64, 48, 0)
    # A camera writes no JFIF before its EXIF.
    section += b"\xff\xd8" + jpeg.getvalue()[20:]
    x3f = x3f[:start] + section
    table = b"SECd" + struct.pack("<LLLL4s", 0x20000, 1, start, len(section), b"IMA2")
    (folder / "jpeg.x3f").write_bytes(x3f + table + struct.pack("<L", len(x3f)))
    block = exif(TAKEN).tobytes().removeprefix(b"Exif\0\0")
    blocks = b"\0PRD" + struct.pack(">L", 24) + b"21860002" + bytes(16)
    blocks += b"\0TTW" + struct.pack(">L", len(block)) + block
    (folder / "old.mrw").write_bytes(b"\0MRM" + struct.pack(">L", len(blocks)) + blocks)
    return {"old.crw": "", "old.x3f": "", "jpeg.x3f": "", "old.mrw": ""}


def judge(folder: Path) -> dict[str, str]:
    """Return what exiftool calls DateTimeOriginal, by name of file, in one call."""
    command = ["exiftool", "-json", "-DateTimeOriginal", "-d", "%Y-%m-%d %H:%M:%S"]
    files = [str(path) for path in folder.iterdir()]
    run = subprocess.run(
        [*command, *files], check=False, capture_output=True, text=True
    )
    found = json.loads(run.stdout)
    return {
        Path(entry["SourceFile"]).name: entry.get("DateTimeOriginal", "")
        for entry in found
    }
