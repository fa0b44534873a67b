"""Open an uploaded photo safely: known formats, limits before decoding, upright, sRGB, no metadata.

Nothing here imports torch or OpenCV: the decoder runs alone in a child process of the web application.
"""

from __future__ import annotations

import re
import warnings
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps

from .types import BadInput, Month, Photo

MOST_BYTES = 50 * 1024 * 1024
MOST_PIXELS = 50_000_000
SHORTEST_SIDE, LONGEST_SIDE = 256, 12_000  # pixels
CAPTURED, CHANGED = 0x9003, 0x0132  # EXIF DateTimeOriginal (in its sub-folder), DateTime
EXIF_FOLDER = 0x8769
HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
# IPTC's term for pictures that a generative model made, in XMP, IPTC or a C2PA assertion alike.
AI_TERM = b"trainedAlgorithmicMedia"
MANIFEST_TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}

READABLE = "Use a JPEG, PNG, WebP or HEIC photo"


def open_photo(data: bytes | Path, name: str = "") -> Photo:
    """A photo as the engine wants it: upright, sRGB, mode RGB, stripped of metadata but the capture month.

    ``name`` is what the person calls the file; it appears in every message. An animation gives its first
    picture, transparency is laid on white. ``ai_made`` says that the file declares itself AI-made.
    Raises BadInput, before anything is decoded, for other formats, more than 50 MB, more than 50 megapixels
    or sides outside 256-12,000 pixels; and for files that are damaged or cut off.
    """
    if isinstance(data, Path):
        name, data = name or data.name, _read(data, name or data.name)
    label = name or "The photo"
    if not data:
        raise BadInput(f"{label} is empty; upload it again.")
    if len(data) > MOST_BYTES:
        raise BadInput(f"{label} is larger than 50 MB; save a smaller copy of it.")
    kind = _kind(data)
    if kind is None:
        raise BadInput(f"{label} is not a photo we can read. {READABLE}.")
    picture, month = _decoded(data, kind, label)
    return Photo(image=picture, month=month, name=name, ai_made=declares_ai(data, kind))


def _read(path: Path, label: str) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadInput(f"{label} is larger than 50 MB; save a smaller copy of it.")
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{label} cannot be read ({error.strerror}); check the path and its rights.") from None


def _kind(data: bytes) -> str | None:
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


def _decoded(data: bytes, kind: str, label: str) -> tuple[Image.Image, Month | None]:
    if kind == "HEIF":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    broken = BadInput(f"{label} is damaged or incomplete; upload the original file again.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # our own limit is stricter than Pillow's warning
            picture = Image.open(BytesIO(data), formats=[kind])
        _check_size(picture, label)
        month = _month(picture)
        picture.load()
        return _plain(picture), month
    except BadInput:
        raise
    except Image.DecompressionBombError:
        raise BadInput(_too_many(label)) from None
    except Exception:  # decoders raise anything on hostile bytes: OSError, SyntaxError, struct.error, …
        raise broken from None


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


def _plain(picture: Image.Image) -> Image.Image:
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    flat = _on_white(_eight_bits(upright))
    converted = _to_srgb(flat, profile)
    # A new image has no info: EXIF, XMP, comments and thumbnails stay behind.
    clean = Image.new("RGB", converted.size)
    clean.paste(converted)
    return clean


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16-bit and float grey to 8 bits; Pillow's own conversion clips instead of scaling."""
    if picture.mode not in ("I", "F") and not picture.mode.startswith("I;16"):
        return picture
    values = np.asarray(picture, np.float64)
    top = 65535 if values.max(initial=0) > 255 else 255
    return Image.fromarray((np.clip(values / top, 0, 1) * 255 + 0.5).astype(np.uint8), "L")


def _on_white(picture: Image.Image) -> Image.Image:
    """Palette resolved, transparency laid on white; L, RGB and CMYK pass as they are."""
    if picture.mode == "P" or "transparency" in picture.info or picture.mode in ("LA", "PA", "La", "RGBa"):
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(white, picture).convert("RGB")
    return picture if picture.mode in ("L", "RGB", "CMYK") else picture.convert("RGB")


def _to_srgb(picture: Image.Image, profile: object) -> Image.Image:
    """Colours as the embedded profile means them; without one, or with a broken one, taken as sRGB."""
    if isinstance(profile, bytes) and profile:
        with suppress(ImageCms.PyCMSError, OSError, ValueError):
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            target = ImageCms.createProfile("sRGB")
            result = ImageCms.profileToProfile(
                picture, source, target, ImageCms.Intent.RELATIVE_COLORIMETRIC, outputMode="RGB"
            )
            if result is not None:
                return result
    return picture.convert("RGB")


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

        with c2pa.Reader(MANIFEST_TYPES[kind], BytesIO(data)) as reader:
            return AI_TERM.decode() in reader.json()
    return False
