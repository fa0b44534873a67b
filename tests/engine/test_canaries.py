"""What a file says beside its picture is nowhere in what is kept: a canary in every place for words."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from functools import cache

import pytest
from PIL import Image, ImageCms

from generation.engine import decoder

from . import corpus

CANARY = b"canary-in-here"  # as many letters as "sRGB built-in " has
KEPT_SEGMENTS = {0xE0, 0xDB, 0xC0, 0xC4, 0xDA}  # JFIF, tables, sizes, scan


def tiff() -> bytes:
    """EXIF with canaries in the picture's, the camera's and the place's folders, and in its own thumbnail."""
    exif = Image.Exif()
    for tag in (
        0x010E,
        0x010F,
        0x0110,
        0x0131,
        0x013B,
        0x8298,
    ):  # title, make, model, software, artist, rights
        exif[tag] = CANARY.decode()
    exif[0x9C9B] = CANARY.decode().encode("utf-16-le")  # Windows' title
    camera = exif.get_ifd(0x8769)
    camera.update({0x927C: CANARY, 0x9286: b"ASCII\0\0\0" + CANARY, 0xA431: CANARY.decode()})
    camera[0x9003] = "2025:07:19 10:11:12"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 30.0), 0x1B: CANARY, 0x1D: "2025:07:19"})
    return _with_thumbnail(exif.tobytes()[6:])


def _with_thumbnail(data: bytes) -> bytes:
    """The same with a second folder that points to a small JPEG."""
    order = "<" if data.startswith(b"II") else ">"
    (first,) = struct.unpack_from(f"{order}I", data, 4)
    (entries,) = struct.unpack_from(f"{order}H", data, first)
    small = corpus.saved(corpus.scene().resize((40, 30)), "JPEG", comment=CANARY)
    place = len(data)
    folder = struct.pack(f"{order}HHHIIHHIII", 2, 0x201, 4, 1, place + 30, 0x202, 4, 1, len(small), 0)
    linked = bytearray(data)
    struct.pack_into(f"{order}I", linked, first + 2 + 12 * entries, place)
    return bytes(linked) + folder + small


XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><d>' + CANARY + b"</d></x:xmpmeta>"
IPTC = b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0" + struct.pack(">I", 5 + len(CANARY))
IPTC += b"\x1c\x02\x78" + struct.pack(">H", len(CANARY)) + CANARY


@cache
def profile() -> bytes:
    data = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    name = "sRGB built-in".encode("utf-16-be")
    assert name in data
    return data.replace(name, CANARY.decode()[:13].encode("utf-16-be"))


def segment(number: int, body: bytes) -> bytes:
    return b"\xff" + bytes([number]) + struct.pack(">H", len(body) + 2) + body


def jpeg() -> bytes:
    data = corpus.saved(corpus.scene(), "JPEG", exif=b"Exif\0\0" + tiff(), icc_profile=profile())
    more = segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP) + segment(0xED, IPTC)
    more += b"".join(segment(number, CANARY) for number in (*range(0xE2, 0xF0), 0xFE))
    return data[:2] + more + data[2:] + CANARY + corpus.saved(corpus.scene(), "JPEG", comment=CANARY)


def png() -> bytes:
    data = corpus.saved(corpus.scene(), "PNG", exif=tiff(), icc_profile=profile())
    text = b"Comment\0" + CANARY
    more = corpus.chunk(b"tEXt", text) + corpus.chunk(b"zTXt", b"Comment\0\0" + zlib.compress(CANARY))
    more += corpus.chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP) + corpus.chunk(b"prVt", CANARY)
    return data[:33] + more + data[33:-12] + corpus.chunk(b"tEXt", text) + data[-12:] + CANARY


def webp() -> bytes:
    data = corpus.saved(corpus.scene(), "WEBP", exif=tiff(), xmp=XMP, icc_profile=profile())
    whole = data[8:] + b"prVt" + struct.pack("<I", len(CANARY)) + CANARY
    return b"RIFF" + struct.pack("<I", len(whole)) + whole + CANARY


def heic() -> bytes:
    picture = corpus.scene().copy()
    picture.info["icc_profile"] = profile()
    data = corpus.saved(picture, "HEIF", exif=b"Exif\0\0" + tiff(), xmp=XMP)
    return data + struct.pack(">I", 8 + len(CANARY)) + b"free" + CANARY


def words() -> Iterator[bytes]:
    """The canary as every encoding would leave it; the profile's shows 13 letters."""
    for encoding in ("ascii", "utf-16-le", "utf-16-be"):
        yield CANARY.decode()[:13].encode(encoding)


PHOTOS = {"jpeg": jpeg, "png": png, "webp": webp, "heic": heic}


@pytest.mark.parametrize("kind", PHOTOS)
def test_no_word_of_the_file_is_kept(kind: str) -> None:
    data = PHOTOS[kind]()
    assert data.count(CANARY) >= 5
    photo = decoder.decode(data, "me")
    assert photo.month == (2025, 7)
    for kept in (photo.jpeg, photo.thumbnail):
        for trace in (*words(), b"Exif", b"xmp", b"2025:07:19", b"ICC_PROFILE"):
            assert trace not in kept


@pytest.mark.parametrize("kind", PHOTOS)
def test_what_is_kept_has_no_place_for_words(kind: str) -> None:
    """A JPEG of tables and pixels, a WebP of one chunk, and nothing behind their ends."""
    photo = decoder.decode(PHOTOS[kind](), "me")
    assert segments(photo.jpeg) <= KEPT_SEGMENTS
    assert photo.jpeg.endswith(b"\xff\xd9")
    assert photo.jpeg.count(b"\xff\xd9") == 1
    assert photo.thumbnail[12:16] == b"VP8 "
    (length,) = struct.unpack_from("<I", photo.thumbnail, 4)
    assert len(photo.thumbnail) == 8 + length


def segments(data: bytes) -> set[int]:
    found, place = set(), 2
    while data[place] == 0xFF and data[place + 1] != 0xD9:
        found.add(data[place + 1])
        if data[place + 1] == 0xDA:
            break
        place += 2 + int.from_bytes(data[place + 2 : place + 4], "big")
    return found
