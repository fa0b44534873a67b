"""Open an uploaded photo safely: known formats, limits before decoding, upright, sRGB, no metadata.

Nothing here imports torch or OpenCV: the decoder runs alone in a child process of the web application.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path

from PIL import Image

from .plain import plain
from .types import BadInput, Month, Photo

MOST_BYTES = 50 * 1024 * 1024
MOST_PIXELS = 50_000_000
SHORTEST_SIDE, LONGEST_SIDE = 256, 12_000  # pixels
# A file of many tiny parts costs time without costing bytes. A 50 MB PNG in libpng's usual 8 KB chunks has
# 6,400; a progressive JPEG has about ten scans, and each further one walks over all pixels again.
MOST_PARTS, MOST_SCANS = 20_000, 100
CAPTURED, CHANGED = 0x9003, 0x0132  # EXIF DateTimeOriginal (in its sub-folder), DateTime
EXIF_FOLDER = 0x8769
# The next marker of a JPEG, over compressed bytes (FF00) and restarts (FFD0-FFD7).
MARKER, SCAN, END_OF_PICTURE = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.S), b"\xff\xda", b"\xff\xd9"
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# IPTC's term for pictures that a generative model made, in XMP, IPTC or a C2PA assertion alike.
AI_TERM = b"trainedAlgorithmicMedia"
MANIFEST_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
# A file may name an address to fetch its manifest from: a stranger's file must not make us call anywhere.
OFFLINE = {"verify": {"remote_manifest_fetch": False, "ocsp_fetch": False}}

LONGEST_NAME = 80  # characters
UNSHOWN = str.maketrans(dict.fromkeys('"*:<>?|', "_"))  # Windows takes none of them in a file's name

READABLE = "Use a JPEG, PNG, WebP or HEIC photo"


def open_photo(data: bytes | Path, name: str = "", longest: int | None = None) -> Photo:
    """A photo as the engine wants it: upright, sRGB, mode RGB, stripped of metadata but the capture month.

    ``name`` is what the person calls the file; it appears in every message. An animation gives its first
    picture, transparency is laid on white. ``ai_made`` says that the file declares itself AI-made.
    ``longest`` shrinks the photo to so many pixels a side; the limits are those of the file as given.
    Raises BadInput, before anything is decoded, for other formats, more than 50 MB, more than 50 megapixels
    or sides outside 256-12,000 pixels; and for files that are damaged or cut off.
    """
    if isinstance(data, Path):
        name, data = name or data.name, _read(data, name or data.name)
    label = name or "The photo"
    kind = admitted(data, label)
    picture, month = _decoded(data, kind, label, longest)
    return Photo(image=picture, month=month, name=name, ai_made=declares_ai(data, kind))


def safe_name(given: str) -> str:
    """What a person calls a file, fit for a page, a sentence and a downloaded file's name; never for a path.

    Without folders, control, direction and other invisible characters; a long one keeps its ending.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", given))[-1].translate(UNSHOWN)
    shown = "".join(_shown(letter) for letter in last)
    name = " ".join(shown.split()).lstrip(". ")
    if len(name) > LONGEST_NAME:
        stem, ending = name[:-8], name[-8:]
        name = stem[: LONGEST_NAME - 9].rstrip() + "…" + ending
    return name or "Photo"


def _shown(letter: str) -> str:
    """A space for a blank, nothing for Unicode's "other" characters: controls, bidi overrides, half pairs."""
    if letter.isspace():
        return " "
    return "" if unicodedata.category(letter).startswith("C") else letter


def _read(path: Path, label: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{label} is larger than 50 MB; save a smaller copy of it.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{label} cannot be read ({error.strerror}); check the path and its rights.") from None


def admitted(data: bytes, label: str) -> str:
    """``kind_of`` a file that may be decoded. Raises BadInput for what its size or first bytes rule out."""
    if not data:
        raise BadInput(f"{label} is empty; upload it again.")
    if len(data) > MOST_BYTES:
        raise BadInput(f"{label} is larger than 50 MB; save a smaller copy of it.")
    kind = kind_of(data)
    if kind is None:
        raise BadInput(f"{label} is not a photo we can read. {READABLE}.")
    return kind


def kind_of(data: bytes) -> str | None:
    """Pillow's name of the format that the first bytes announce; None for everything not on the list."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        return "HEIF"
    return None


def _decoded(data: bytes, kind: str, label: str, longest: int | None) -> tuple[Image.Image, Month | None]:
    if kind == "HEIF":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    broken = BadInput(f"{label} is damaged or incomplete; upload the original file again.")
    try:
        _check_parts(data, kind, label)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is stricter than Pillow's warning
            picture = Image.open(BytesIO(data), formats=[kind])
        _check_size(picture, label)
        month = _month(picture)
        if longest:
            _draft(picture, longest)
        picture.load()
        return plain(picture, longest), month
    except BadInput:
        raise
    except MemoryError:
        raise BadInput(f"{label} needs too much memory to read; save a smaller copy of it.") from None
    except Image.DecompressionBombError:
        raise BadInput(_too_many(label)) from None
    except Exception:  # decoders raise anything on hostile bytes: OSError, SyntaxError, struct.error, …
        raise broken from None


def _draft(picture: Image.Image, longest: int) -> None:
    """Let a JPEG be decoded at a half, a quarter or an eighth, never below ``longest``."""
    scale = longest / max(picture.size)
    picture.draft(None, (round(picture.width * scale), round(picture.height * scale)))


def _check_parts(data: bytes, kind: str, label: str) -> None:
    count = {"JPEG": _jpeg_parts, "PNG": _png_parts}.get(kind)
    parts, scans = count(data) if count else (0, 0)
    if parts > MOST_PARTS or scans > MOST_SCANS:
        raise BadInput(f"{label} is made of too many parts; save a copy of it as an ordinary JPEG.")


def _jpeg_parts(data: bytes) -> tuple[int, int]:
    """Segments and scans up to the end of the picture; what a phone appends to it does not count."""
    place, parts, scans = 2, 0, 0
    while (found := MARKER.search(data, place)) and parts <= MOST_PARTS and scans <= MOST_SCANS:
        if found[0] == END_OF_PICTURE:
            break
        parts, scans = parts + 1, scans + (found[0] == SCAN)
        place = found.end() + int.from_bytes(data[found.end() : found.end() + 2], "big")
    return parts, scans


def _png_parts(data: bytes) -> tuple[int, int]:
    place, parts = 8, 0
    while place < len(data) and parts <= MOST_PARTS:
        place, parts = place + 12 + int.from_bytes(data[place : place + 4], "big"), parts + 1
    return parts, 0


def _too_many(label: str) -> str:
    return f"{label} has more than 50 megapixels; save a smaller copy of it."


def _check_size(picture: Image.Image, label: str) -> None:
    width, height = picture.size
    if width * height > MOST_PIXELS:
        raise BadInput(_too_many(label))
    if max(width, height) > LONGEST_SIDE:
        raise BadInput(f"{label} is longer than {LONGEST_SIDE} pixels; crop it around the person.")
    if min(width, height) < SHORTEST_SIDE:
        raise BadInput(
            f"{label} is only {width} by {height} pixels; use the original, at least {SHORTEST_SIDE} a side."
        )


def _month(picture: Image.Image) -> Month | None:
    """Year and month of capture; None where EXIF has none or nonsense."""
    with suppress(Exception):  # EXIF is a stranger's bytes: a broken tag must not refuse the photo
        exif = picture.getexif()
        text = str(exif.get_ifd(EXIF_FOLDER).get(CAPTURED) or exif.get(CHANGED) or "")
        found = re.match(r"(\d{4})[:\-/](\d{2})", text)
        if found:
            year, month = int(found[1]), int(found[2])
            if 1990 <= year <= 2100 and 1 <= month <= 12:
                return year, month
    return None


def declares_ai(data: bytes, kind: str) -> bool:
    """Whether the file says of itself that a model made it: IPTC/XMP source type or a C2PA manifest.

    A signature need not be valid: who lies about being AI-made does so in the other direction.
    """
    if AI_TERM in data or AI_TERM.decode().encode("utf-16-le") in data:
        return True
    if b"c2pa" not in data and b"jumb" not in data:
        return False
    with suppress(Exception):  # a manifest that cannot be read declares nothing
        import c2pa

        context = c2pa.Context(c2pa.Settings.from_dict(OFFLINE))
        with c2pa.Reader(MANIFEST_TYPES[kind], BytesIO(data), context=context) as reader:
            return AI_TERM.decode() in reader.json()
    return False
