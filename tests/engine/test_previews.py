"""Smaller copies and the words over them."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from generation.engine import intake, previews


@pytest.mark.parametrize(("size", "becomes"), [((1024, 1024), (480, 480)), ((900, 1200), (360, 480))])
def test_a_preview_is_at_most_so_long_and_says_that_it_is_ai_made(
    size: tuple[int, int], becomes: tuple[int, int]
) -> None:
    data = previews.preview(Image.new("RGB", size, "teal"), 480)
    with Image.open(BytesIO(data)) as picture:
        assert (picture.format, picture.size) == ("WEBP", becomes)
    assert intake.declares_ai(data, "WEBP")


def test_a_small_picture_is_not_enlarged() -> None:
    with Image.open(BytesIO(previews.preview(Image.new("RGB", (256, 256)), 480))) as picture:
        assert picture.size == (256, 256)


@pytest.mark.parametrize("wall", [0, 128, 255])
@pytest.mark.parametrize("size", [(256, 256), (1024, 768)])
def test_words_lie_over_every_part_on_every_wall(wall: int, size: tuple[int, int]) -> None:
    plain = Image.new("RGB", size, (wall, wall, wall))
    marked = previews.watermarked(plain, "Headshots preview")
    changed = np.abs(np.asarray(marked, int) - wall).max(axis=-1) > 12
    assert 0.02 < changed.mean() < 0.35  # to be seen, and the face still is
    rows, columns = size[1] // 3, size[0] // 3
    parts = [
        changed[y * rows : (y + 1) * rows, x * columns : (x + 1) * columns]
        for y in range(3)
        for x in range(3)
    ]
    assert min(part.mean() for part in parts) > 0.01
