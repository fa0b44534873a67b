"""Spoils good photos in known ways, so that every reason of a verdict has pictures that deserve it.

The one copy of it: ``tests/engine/test_photos.py`` imports it from here.
"""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageEnhance

Pixels = NDArray[np.uint8]
Array = NDArray[np.float64]
Spoil = Callable[[Pixels, Array, np.random.Generator], Pixels]  # photo, its 68 true landmarks, dice

MASKS = ((150, 190, 215), (235, 235, 232), (32, 32, 36), (120, 160, 130), (60, 70, 120))


def linear(image: Pixels) -> Array:
    coded = image / 255.0
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


def coded(light: Array) -> Pixels:
    light = np.clip(light, 0, 1)
    value = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return np.asarray(value * 255 + 0.5, np.uint8)


def face_width(points: Array) -> float:
    """Eye distance twice over: like the jaw's width, but steadier under a turn (chin to eyes bounds it)."""
    eyes = float(np.linalg.norm(points[36:42].mean(0) - points[42:48].mean(0)))
    drop = float(np.linalg.norm(points[36:48].mean(0) - points[8]))
    return max(2.1 * eyes, 1.15 * drop)


def blurred(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """Out of focus, or the camera moved."""
    width = face_width(points)
    if rng.random() < 0.6:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), width * rng.uniform(0.028, 0.06)), np.uint8)
    length = max(5, round(width * rng.uniform(0.14, 0.26)))
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    angle = rng.uniform(0, np.pi)
    step = np.array([np.cos(angle), np.sin(angle)]) * length / 2
    start, end = (tuple(int(v) for v in np.round(length + s * step)) for s in (-1, 1))
    cv2.line(kernel, start, end, 1.0, 1)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


def too_dark(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """Six to eight stops under, with the sensor's noise."""
    light = linear(image) * rng.uniform(0.004, 0.016)
    light = light + rng.normal(0, 1, light.shape) * np.sqrt(light * 2e-4 + 1e-6)
    return coded(light)


def blown(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """So much light that the face's skin is white."""
    light = linear(image)
    box = np.round(points[[1, 15, 27, 8]]).astype(int)
    left, right = sorted(np.clip(box[:2, 0], 0, image.shape[1] - 1))
    top, bottom = np.clip([box[2, 1], box[3, 1]], 0, image.shape[0] - 1)
    face = light[top : bottom + 1, left : right + 1, 1]
    return coded(light / max(float(np.median(face)), 1e-3) * rng.uniform(1.2, 2.2))


def sunglasses(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """Dark lenses over both eyes, with a sheen and a bridge."""
    result = image.astype(np.float64)
    eyes = [points[36:42], points[42:48]]
    span = float(np.linalg.norm(eyes[0].mean(0) - eyes[1].mean(0)))
    tint = rng.uniform(4, 30, 3)
    centres = []
    for eye in eyes:
        centre = np.add(eye.mean(0), (0, 0.05 * span))
        centres.append(centre)
        wide = max(float(np.ptp(eye[:, 0])) * rng.uniform(0.95, 1.1), 0.30 * span)
        across = points[45] - points[36]
        lens = np.zeros(image.shape[:2], np.float32)
        angle = float(np.degrees(np.arctan2(across[1], across[0])))
        axes = (round(wide), round(0.42 * face_width(points) / 2))
        cv2.ellipse(lens, tuple(int(v) for v in centre), axes, angle, 0, 360, 1.0, -1, cv2.LINE_AA)
        sheen = np.linspace(rng.uniform(0, 40), 0, image.shape[0])[:, None, None]
        result += lens[..., None] * ((tint + sheen) - result) * rng.uniform(0.93, 1.0)
    left, right = ((int(x), int(y)) for x, y in centres)
    cv2.line(result, left, right, tint.tolist(), max(2, int(span * 0.06)))
    return np.asarray(np.clip(result, 0, 255), np.uint8)


def masked(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """A cloth mask from the nose bridge to under the chin, lit like the face that it hides."""
    outline = np.round(np.vstack([points[2:15], points[[28]]])).astype(np.int32)
    cover = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(cover, [outline], 1.0, cv2.LINE_AA)
    cloth = np.array(MASKS[int(rng.integers(len(MASKS)))], np.float64)
    luma = cv2.GaussianBlur(image.astype(np.float64).mean(2), (0, 0), face_width(points) * 0.06)
    inside = luma[cover > 0.5]
    shade = np.clip(luma / max(float(np.median(inside)), 1.0), 0.4, 1.4)[..., None]
    folds = 1 + 0.06 * np.sin(np.arange(image.shape[0]) / (face_width(points) * 0.03))[:, None, None]
    result = image * (1 - cover[..., None]) + cover[..., None] * cloth * shade * folds
    return np.asarray(np.clip(result, 0, 255), np.uint8)


def small(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """The person far away: the photo shrunk and its edges continued."""
    wanted = rng.uniform(30, 55)  # face width in pixels
    scale = wanted / face_width(points)
    tiny = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    margin = max(0, (400 - tiny.shape[0]) // 2)
    return np.asarray(cv2.copyMakeBorder(tiny, margin, 0, margin, margin, cv2.BORDER_REPLICATE), np.uint8)


def filtered(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """A beauty filter: skin smoothed flat, colours pushed until they clip."""
    smooth = image
    for _ in range(3):
        smooth = cv2.bilateralFilter(smooth, 0, 28, face_width(points) * 0.03)
    vivid = ImageEnhance.Color(Image.fromarray(np.asarray(smooth, np.uint8))).enhance(rng.uniform(2.2, 3.2))
    return np.asarray(ImageEnhance.Contrast(vivid).enhance(1.15))


def mixed(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """A warm lamp on one side of the face and a blue screen on the other."""
    centre, width = points[27, 0], face_width(points)
    columns = (np.arange(image.shape[1]) - centre) / (0.18 * width)
    share = (1 / (1 + np.exp(-columns * rng.choice((-1, 1)))))[None, :, None]
    warm, cold = np.array([1.25, 0.85, 0.42]), np.array([0.55, 0.85, 1.4])
    return coded(linear(image) * (warm * share + cold * (1 - share)))


def beside(image: Pixels, other: Pixels) -> Pixels:
    """Two people in one photo."""
    height = min(image.shape[0], other.shape[0])
    return np.concatenate([image[:height], other[:height]], 1)


def scenery(size: int, rng: np.random.Generator) -> Pixels:
    """Nobody: sky, hills and a path, or a wall with shelves."""
    rows = np.linspace(0, 1, size)[:, None, None]
    picture = np.array([120, 170, 230]) * (1 - 0.4 * rows) + np.zeros((size, size, 1))
    x = np.arange(size)
    for depth in np.sort(rng.uniform(0.35, 0.95, 4)):
        wave = sum(
            rng.uniform(0, 0.05) * np.sin(x * rng.uniform(0.004, 0.04) + rng.uniform(0, 6)) for _ in range(4)
        )
        below = np.arange(size)[:, None] > (depth + wave)[None] * size
        picture[below] = rng.uniform(30, 200, 3)
    for _ in range(int(rng.integers(0, 30))):
        left, top = rng.integers(0, size, 2)
        wide, high = rng.integers(4, size // 5, 2)
        cv2.rectangle(
            picture,
            (int(left), int(top)),
            (int(left + wide), int(top + high)),
            rng.uniform(0, 255, 3).tolist(),
            -1,
        )
    noisy = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 2)) + rng.normal(
        0, rng.uniform(0, 8), picture.shape
    )
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def cluttered(image: Pixels, person: NDArray[np.float32], rng: np.random.Generator) -> Pixels:
    """The person cut out and put before a heap of things."""
    size = max(image.shape[:2])
    heap = scenery(size, rng)[: image.shape[0], : image.shape[1]].copy()
    for _ in range(160):
        left, top = (int(v) for v in rng.integers(-20, size, 2))
        wide, high = (int(v) for v in rng.integers(6, size // 9, 2))
        colour = tuple(int(v) for v in rng.integers(0, 255, 3))
        cv2.rectangle(heap, (left, top), (left + wide, top + high), colour, -1)
    share = np.clip(person, 0, 1)[..., None]
    return np.asarray(image * share + heap * (1 - share), np.uint8)


def nobody(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """The clothes alone, or a wall alone, cut from a photo and enlarged; or a landscape."""
    height, width = image.shape[:2]
    chin = int(np.clip(points[8, 1] + 0.25 * face_width(points), 0, height - 40))
    choice = int(rng.integers(3))
    if choice == 2 or (choice == 0 and height - chin < 60):
        return scenery(448, rng)
    part = image[chin:] if choice == 0 else image[: height // 4, : width // 5]
    return np.asarray(cv2.resize(part, (448, 448), interpolation=cv2.INTER_CUBIC), np.uint8)


def copied(image: Pixels, points: Array, rng: np.random.Generator) -> Pixels:
    """The same photo once more: cropped a little, another size, another JPEG quality."""
    height, width = image.shape[:2]
    cut = [int(v) for v in rng.integers(0, round(0.04 * width) + 1, 4)]
    crop = Image.fromarray(image[cut[0] : height - cut[1], cut[2] : width - cut[3]])
    scale = rng.uniform(0.8, 1.3)
    crop = crop.resize((round(crop.width * scale), round(crop.height * scale)), Image.Resampling.LANCZOS)
    crop = ImageEnhance.Brightness(crop).enhance(rng.uniform(0.93, 1.07))
    stream = BytesIO()
    crop.save(stream, "JPEG", quality=int(rng.integers(55, 92)))
    return np.asarray(Image.open(stream).convert("RGB"))


SPOILERS: dict[str, Spoil] = {
    "blurred": blurred,
    "too_dark": too_dark,
    "blown": blown,
    "eyes_hidden": sunglasses,
    "face_covered": masked,
    "too_small": small,
    "heavy_filter": filtered,
    "mixed_light": mixed,
}
