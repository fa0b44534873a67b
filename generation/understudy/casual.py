"""What a phone does to a picture: noise, a little blur, white balance, vignette, compression. Kept mild."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from generation.engine.types import Pixels

Array = NDArray[Any]


def phone(image: Pixels, rng: np.random.Generator) -> Pixels:
    """A studio-clean picture as a phone would have kept it; same size, (height, width, 3) sRGB.

    Each step is mild enough that a sharp, well lit picture stays acceptable; strengths scale with the size.
    """
    blurred = _blurred(image, rng)
    scene = _balanced(blurred.astype(np.float32) / 255, rng) * _vignette(image.shape[0], image.shape[1], rng)
    noisy = scene + _noise(scene, rng)
    pixels = np.clip(noisy * 255 + 0.5, 0, 255).astype(np.uint8)
    return _compressed(pixels, quality=int(rng.integers(72, 94)))


def _blurred(image: Pixels, rng: np.random.Generator) -> Pixels:
    """Defocus for most, a short hand movement for a few."""
    scale = image.shape[0] / 512
    picture = Image.fromarray(image).filter(ImageFilter.GaussianBlur(float(rng.uniform(0, 0.7)) * scale))
    steps = round(float(rng.uniform(1, 3)) * scale)
    if rng.random() > 0.2 or steps < 1:
        return np.asarray(picture)
    dx, dy = ((1, 0), (0, 1), (1, 1), (1, -1))[int(rng.integers(4))]
    moved = [np.roll(np.asarray(picture, np.float32), (k * dy, k * dx), (0, 1)) for k in range(steps + 1)]
    return np.asarray(np.mean(moved, 0), np.uint8)


def _balanced(scene: Array, rng: np.random.Generator) -> Array:
    """White balance that missed by a little, and a phone's own contrast."""
    gains = 1 + rng.normal(0, 0.022, 3)
    contrast = float(rng.uniform(0.94, 1.08))
    return np.asarray((scene * gains - 0.5) * contrast + 0.5, np.float32)


def _vignette(height: int, width: int, rng: np.random.Generator) -> Array:
    y, x = np.linspace(-1, 1, height)[:, None, None], np.linspace(-1, 1, width)[None, :, None]
    return np.asarray(1 - float(rng.uniform(0, 0.14)) * (x * x + y * y) / 2, np.float32)


def _noise(scene: Array, rng: np.random.Generator) -> Array:
    """Grain, stronger in the shadows, partly shared by the channels."""
    strength = float(rng.uniform(0.004, 0.016)) * (1.3 - 0.6 * np.clip(scene.mean(2, keepdims=True), 0, 1))
    grey = rng.standard_normal((*scene.shape[:2], 1), np.float32)
    colour = rng.standard_normal(scene.shape, np.float32)
    return np.asarray(strength * (0.8 * grey + 0.5 * colour), np.float32)


def _compressed(pixels: Pixels, *, quality: int) -> Pixels:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, "JPEG", quality=quality)
    return np.asarray(Image.open(stream).convert("RGB"))
