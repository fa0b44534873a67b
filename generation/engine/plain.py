"""Make any decoded picture plain: upright, eight bits, on white, sRGB, without metadata."""

from __future__ import annotations

from contextlib import suppress
from io import BytesIO
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from .types import Pixels


def plain(picture: Image.Image, longest: int | None) -> Image.Image:
    """``picture`` as mode RGB; shrunk to ``longest`` pixels a side before the colours, to save memory."""
    profile = picture.info.get("icc_profile")
    ImageOps.exif_transpose(picture, in_place=True)
    flat = _on_white(_eight_bits(picture))
    converted = _to_srgb(_shrunk(flat, longest), profile)
    # A new image has no info: EXIF, XMP, comments and thumbnails stay behind.
    clean = Image.new("RGB", converted.size)
    clean.paste(converted)
    return clean


def _shrunk(picture: Image.Image, longest: int | None) -> Image.Image:
    if longest is None or max(picture.size) <= longest:
        return picture
    scale = longest / max(picture.size)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    return picture.resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """16-bit and float grey to 8 bits; Pillow's own conversion clips instead of scaling."""
    if picture.mode not in ("I", "F") and not picture.mode.startswith("I;16"):
        return picture
    values = np.asarray(picture)
    top = 65535 if values.max(initial=0) > 255 else 255
    if picture.mode.startswith("I;16"):  # by a table: 50 megapixels of floats would not fit the decoder
        return Image.fromarray(_eighth(np.arange(65_536), top)[values], "L")
    return Image.fromarray(_eighth(values, top), "L")


def _eighth(values: NDArray[Any], top: int) -> Pixels:
    return np.asarray(np.clip(values / top, 0, 1) * 255 + 0.5, np.uint8)


def _on_white(picture: Image.Image) -> Image.Image:
    """Palette resolved, transparency laid on white; L, RGB and CMYK pass as they are."""
    if picture.mode == "P" or "transparency" in picture.info or picture.mode in ("LA", "PA", "La", "RGBa"):
        picture = picture.convert("RGBA")
    if picture.mode == "RGBA":
        white = Image.new("RGB", picture.size, "white")
        white.paste(picture, mask=picture.getchannel("A"))
        return white
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
