"""Files that somebody may upload, by mistake or with intent: bombs, polyglots, cut, renamed, odd, mutated."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from typing import Literal
from zipfile import ZipFile

import numpy as np
import pillow_heif
from PIL import Image

KINDS = ("JPEG", "PNG", "WEBP", "HEIF")
SEED = 19
MUTATED = 2000  # files in the whole corpus

Fate = Literal["accepted", "refused", "either"]


@dataclass(frozen=True)
class Case:
    """One file and what must become of it."""

    name: str
    data: bytes
    fate: Fate


def cases(mutated: int = MUTATED) -> Iterator[Case]:
    """The corpus but for ``largest``; ``mutated`` is how many of the mutated files to give."""
    yield from bombs()
    yield from polyglots()
    yield from cut()
    yield from renamed()
    yield from odd()
    yield from mutations(mutated)


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    stream = BytesIO()
    if kind == "HEIF":
        pillow_heif.from_pillow(picture).save(
            stream, quality=80, enc_params={"preset": "ultrafast"}, **options
        )
    else:
        picture.save(stream, kind, **options)
    return stream.getvalue()


@cache
def scene(width: int = 320, height: int = 280) -> Image.Image:
    """A picture with edges and grain, as a camera's has."""
    dice = np.random.default_rng(SEED)
    coarse = Image.fromarray(dice.integers(0, 255, (height // 20, width // 20, 3), np.uint8))
    smooth = np.asarray(coarse.resize((width, height), Image.Resampling.BICUBIC), np.int16)
    return Image.fromarray(np.clip(smooth + dice.integers(-6, 7, smooth.shape), 0, 255).astype(np.uint8))


@cache
def whole(kind: str) -> bytes:
    return saved(scene(), kind)


def chunk(name: bytes, body: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(header: tuple[int, int, int, int], *chunks: bytes) -> bytes:
    """A PNG of (width, height, bit depth, colour type) with ``chunks`` between header and end."""
    start = chunk(b"IHDR", struct.pack(">IIBBBBB", *header, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + start + b"".join(chunks) + chunk(b"IEND", b"")


def blank(width: int, height: int, bits: int) -> bytes:
    """The IDAT chunk of a black picture: 20 KB for 12,800 x 12,800 pixels of one bit."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width * bits + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return chunk(b"IDAT", body)


def bombs() -> Iterator[Case]:
    """Small files that would cost memory or time; none may be accepted."""
    yield Case("one-bit.png", png((12_800, 12_800, 1, 0), blank(12_800, 12_800, 1)), "refused")
    yield Case("billions.png", png((2**31 - 1, 2**31 - 1, 8, 6), chunk(b"IDAT", b"")), "refused")
    yield Case("50001-by-1000.png", png((50_001, 1_000, 8, 2), blank(500, 500, 8)), "refused")
    yield Case("frames.png", _animation(25_000), "refused")
    yield Case("chunks.png", png((300, 300, 8, 0), chunk(b"teST", b"") * 1_000_000), "refused")
    yield Case("text.png", png((300, 300, 8, 0), *_text_bombs(), blank(300, 300, 8)), "refused")
    yield Case("65535.jpg", _claiming(whole("JPEG"), b"\xff\xc0", 5, ">HH", 65_535, 65_535), "refused")
    yield Case("scans.jpg", _scans(3000), "refused")
    yield Case("segments.jpg", b"\xff\xd8" + b"\xff\xfe\x00\x02" * 1_000_000 + whole("JPEG")[2:], "refused")
    yield Case("16383.webp", _canvas(16_383), "refused")
    yield Case("30000.heic", _claiming(whole("HEIF"), b"ispe", 8, ">II", 30_000, 30_000), "refused")
    yield Case("7000.heic", _claiming(whole("HEIF"), b"ispe", 8, ">II", 7_000, 7_000), "refused")


def _claiming(data: bytes, mark: bytes, skip: int, form: str, *values: int) -> bytes:
    """``data`` with every size that follows ``mark`` replaced."""
    spoiled, at = bytearray(data), data.find(mark)
    while at >= 0:
        struct.pack_into(form, spoiled, at + skip, *values)
        at = data.find(mark, at + 1)
    return bytes(spoiled)


def _animation(frames: int) -> bytes:
    """An APNG that says a million frames and holds so many."""
    control = struct.pack(">IIIIHHBB", 300, 300, 0, 0, 1, 30, 0, 0)
    picture = blank(300, 300, 8)
    parts = [chunk(b"acTL", struct.pack(">II", 1_000_000, 0)), chunk(b"fcTL", bytes(4) + control), picture]
    for number in range(1, 2 * frames, 2):
        parts.append(chunk(b"fcTL", struct.pack(">I", number) + control))
        parts.append(chunk(b"fdAT", struct.pack(">I", number + 1) + picture[8:-4]))
    return png((300, 300, 8, 0), *parts)


def _text_bombs() -> Iterator[bytes]:
    body = b"Comment\0\0" + zlib.compress(bytes(60 << 20), 9)
    return (chunk(b"zTXt", body) for _ in range(20))


def _scans(times: int) -> bytes:
    """A progressive JPEG of 49 megapixels whose last scan is there so many times."""
    data = saved(Image.new("L", (7000, 7000), 90), "JPEG", progressive=True)
    last = data[data.rindex(b"\xff\xda") : -2]
    return data[:-2] + last * times + data[-2:]


def _canvas(side: int) -> bytes:
    """An extended WebP whose canvas is ``side`` squared."""
    body = saved(scene(), "WEBP", xmp=b"<x/>")
    at = body.index(b"VP8X") + 12
    size = (side - 1).to_bytes(3, "little")
    return body[:at] + size + size + body[at + 6 :]


def largest() -> Iterator[Case]:
    """Within every limit, and as much work as that allows; whether it fits in memory depends on the mode."""
    for bits, depth, colour in ((1, 1, 0), (16, 16, 0), (24, 8, 2), (32, 8, 6)):
        yield Case(f"{bits}-bits.png", png((7000, 7000, depth, colour), blank(7000, 7000, bits)), "either")
    yield Case("49-megapixels.jpg", saved(Image.new("CMYK", (7000, 7000)), "JPEG"), "accepted")


def polyglots() -> Iterator[Case]:
    """Photos that are also something else; what is kept is the photo alone."""
    stream = BytesIO()
    with ZipFile(stream, "w") as archive:
        archive.writestr("payload.html", "<script>payload</script>")
    page = b"<html><script>payload</script></html>"
    jpeg = whole("JPEG")
    yield Case("jpeg-zip.jpg", jpeg + stream.getvalue(), "accepted")
    yield Case("png-zip.png", whole("PNG") + stream.getvalue(), "accepted")
    yield Case("jpeg-html.jpg", saved(scene(), "JPEG", comment=page), "accepted")
    yield Case("jpeg-pdf.jpg", saved(scene(), "JPEG", comment=b"%PDF-1.7\npayload") + b"%%EOF", "accepted")
    yield Case(
        "png-html.png", whole("PNG")[:-12] + chunk(b"tEXt", b"x\0" + page) + whole("PNG")[-12:], "accepted"
    )
    yield Case("html-jpeg.jpg", page + jpeg, "refused")
    yield Case("zip-jpeg.jpg", stream.getvalue() + jpeg, "refused")


def cut() -> Iterator[Case]:
    """Every format cut off at many places; only the very end may be missing."""
    for kind in KINDS:
        data = whole(kind)
        for percent in (0, 1, 2, 5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 98):
            yield Case(f"{percent}-percent.{kind}", data[: 12 + (len(data) - 12) * percent // 100], "refused")
        yield Case(f"but-four-bytes.{kind}", data[:-4], "either")


def renamed() -> Iterator[Case]:
    """What is no photo, under a photo's name, and behind a photo's first bytes."""
    strangers = {
        "psd": b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 400, 400, 8, 3) + bytes(4000),
        "pdf": b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\n" + bytes(2000) + b"%%EOF",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='file:///etc/passwd'/></svg>",
        "html": b"<!doctype html><script>alert(1)</script>" * 20,
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 400 400\n(w) file\n" * 20,
        "mp4": b"\0\0\0\x20ftypisom" + bytes(2000),
        **{kind.lower(): saved(scene(), kind) for kind in ("GIF", "TIFF", "BMP", "ICO", "AVIF", "JPEG2000")},
    }
    for kind, data in strangers.items():
        yield Case(f"{kind}.jpg", data, "refused")
        yield Case(f"{kind}-inside.jpg", b"\xff\xd8\xff" + data, "refused")
        yield Case(f"{kind}-inside.png", b"\x89PNG\r\n\x1a\n" + data, "refused")
    for size in (0, 1, 3, 12):
        yield Case(f"{size}-bytes.jpg", whole("JPEG")[:size], "refused")
    yield Case("51-megabytes.jpg", whole("JPEG") + bytes(51 << 20), "refused")


def odd() -> Iterator[Case]:
    """Unusual, but photos: colour modes, animations, orientations that do not exist."""
    for mode, kind in (
        *(("CMYK", "JPEG"), ("L", "JPEG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG")),
        *(("RGBA", "PNG"), ("I;16", "PNG"), ("RGBA", "WEBP"), ("RGBA", "HEIF"), ("L", "HEIF")),
    ):
        source = scene().convert("L") if mode == "I;16" else scene()
        yield Case(f"{mode}.{kind}", saved(source.convert(mode), kind), "accepted")
    for turn in (0, 9, 255, 65_535):
        exif = Image.Exif()
        exif[0x0112] = turn
        yield Case(f"turned-{turn}.jpg", saved(scene(), "JPEG", exif=exif), "accepted")
    yield Case("torn-exif.jpg", saved(scene(), "JPEG", exif=b"Exif\0\0MM\0*\0\0\xff\xff"), "accepted")
    yield Case("no-icc.jpg", saved(scene(), "JPEG", icc_profile=b"not a profile" * 20), "accepted")
    yield Case("progressive.jpg", saved(scene(), "JPEG", progressive=True), "accepted")
    frames = [scene(), scene().transpose(Image.Transpose.ROTATE_180)] * 3
    for kind in ("PNG", "WEBP"):
        moving = saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=50)
        yield Case(f"moving.{kind}", moving, "accepted")


def mutations(count: int) -> Iterator[Case]:
    """Whole files with bytes changed, cut out, doubled or blown up; the same ones every time."""
    dice = np.random.default_rng(SEED)
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        yield Case(f"mutated-{number}.{kind}", _mutated(whole(kind), dice), "either")


def _mutated(data: bytes, dice: np.random.Generator) -> bytes:
    spoiled = bytearray(data)
    # Half of the changes hit the first kilobyte, where sizes, offsets and tables stand.
    reach = 1024 if dice.random() < 0.5 else len(data)
    for _ in range(int(dice.integers(1, 24))):
        spoiled[int(dice.integers(3, min(reach, len(spoiled))))] = int(
            dice.choice([0, 1, 127, 128, 255, dice.integers(256)])
        )
    start, end = sorted(int(place) for place in dice.integers(12, len(spoiled), 2))
    match int(dice.integers(6)):
        case 0:
            del spoiled[start : start + (end - start) // 8]
        case 1:
            spoiled[start:start] = spoiled[start:end]
        case 2:
            spoiled[start:start] = dice.bytes(int(dice.integers(1, 4096)))
    return bytes(spoiled)
