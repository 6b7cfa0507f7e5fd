"""The MIME type of a photo: by what it holds, else by its name."""

from __future__ import annotations

import mimetypes
from collections.abc import Mapping

from photosync.disk.streams import SeekableReadable
from photosync.media import is_raw, recognise_format
from photosync.media.kinds import ending_of

_HEAD = 512
_UNKNOWN = "application/octet-stream"

_BY_FORMAT: Mapping[str, str] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
    "WebP": "image/webp",
    "HEIC": "image/heic",
    "AVIF": "image/avif",
    "JPEG XL": "image/jxl",
    "JPEG 2000": "image/jp2",
    "Photoshop": "image/vnd.adobe.photoshop",
    "CRW": "image/x-canon-crw",
    "MRW": "image/x-minolta-mrw",
    "X3F": "image/x-sigma-x3f",
    "MXF": "application/mxf",
    "RealMedia": "application/vnd.rn-realmedia",
    "CR2": "image/x-canon-cr2",
    "CR3": "image/x-canon-cr3",
    "ORF": "image/x-olympus-orf",
    "RAF": "image/x-fuji-raf",
    "RW2": "image/x-panasonic-rw2",
    "QuickTime": "video/quicktime",
    "3GP": "video/3gpp",
    "MP4": "video/mp4",
    "AVI": "video/x-msvideo",
    "Matroska": "video/x-matroska",
    "WebM": "video/webm",
    "MPEG": "video/mpeg",
    "MPEG-TS": "video/mp2t",
    "ASF": "video/x-ms-asf",
    "FLV": "video/x-flv",
    "Ogg": "video/ogg",
}
_BY_ENDING: Mapping[str, str] = {
    "dng": "image/x-adobe-dng",
    "cr2": "image/x-canon-cr2",
    "cr3": "image/x-canon-cr3",
    "nef": "image/x-nikon-nef",
    "arw": "image/x-sony-arw",
    "raf": "image/x-fuji-raf",
    "orf": "image/x-olympus-orf",
    "rw2": "image/x-panasonic-rw2",
    "crw": "image/x-canon-crw",
    "dcr": "image/x-kodak-dcr",
    "kdc": "image/x-kodak-kdc",
    "erf": "image/x-epson-erf",
    "mrw": "image/x-minolta-mrw",
    "nrw": "image/x-nikon-nrw",
    "pef": "image/x-pentax-pef",
    "sr2": "image/x-sony-sr2",
    "srf": "image/x-sony-srf",
    "srw": "image/x-samsung-srw",
    "x3f": "image/x-sigma-x3f",
    "3fr": "image/x-hasselblad-3fr",
    "jxl": "image/jxl",
    "hif": "image/heif",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "avif": "image/avif",
    "mkv": "video/x-matroska",
    "mts": "video/mp2t",
    "m2ts": "video/mp2t",
    "m2t": "video/mp2t",
    "tod": "video/mp2t",
    "mod": "video/mpeg",
    "vob": "video/mpeg",
    "insv": "video/mp4",
    "lrv": "video/mp4",
    "xmp": "application/rdf+xml",
    "json": "application/json",
}


def detect_type(stream: SeekableReadable, name: str) -> str:
    """Tell the type of a stream, which is then at its beginning again."""
    found = recognise_format(stream.read(_HEAD))
    stream.seek(0)
    # Most raw kinds are TIFF inside: their name tells more.
    is_raw_tiff = found and found.name == "TIFF" and is_raw(name)
    if found and not is_raw_tiff:
        return _BY_FORMAT.get(found.name, _UNKNOWN)
    guessed, _ = mimetypes.guess_type(name)
    return _BY_ENDING.get(ending_of(name)) or guessed or _UNKNOWN
