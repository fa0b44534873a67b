"""Where the head is, measured: the same head at another place is found there, hair included."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from generation.engine import segment
from generation.engine.faces import detect
from generation.engine.framing import measured
from generation.engine.sizes import SIZES, Framing, cut

PHOTOS = Path(__file__).parent.parent / "photos"
FRONT, TURNED = PHOTOS / "person-3-0.jpg", PHOTOS / "person-2-3.jpg"


def framing_of(image: Image.Image) -> Framing:
    return measured(image, detect(image)[0])


@pytest.mark.parametrize("path", [FRONT, TURNED], ids=lambda path: path.stem)
def test_a_mirrored_head_is_as_far_from_the_other_edge(path: Path) -> None:
    image = Image.open(path).convert("RGB")
    straight, mirrored = framing_of(image), framing_of(ImageOps.mirror(image))
    assert mirrored.centre == pytest.approx(1 - straight.centre, abs=0.02)
    assert mirrored.head_height == pytest.approx(straight.head_height, rel=0.05)
    assert mirrored.eye_line == pytest.approx(straight.eye_line, abs=0.02)


@pytest.mark.parametrize("path", [FRONT, TURNED], ids=lambda path: path.stem)
def test_as_much_wall_is_left_of_the_head_as_right_of_it(path: Path) -> None:
    image = Image.open(path).convert("RGB")
    framing = framing_of(image)
    row = segment.person(image)[round((framing.eye_line - 0.1) * image.height)]
    head = np.flatnonzero(row > 0.5)
    assert framing.centre * image.width == pytest.approx((head[0] + head[-1]) / 2, abs=0.05 * image.width)


def test_a_ready_size_of_a_real_picture_measures_as_it_says() -> None:
    image = Image.open(FRONT).convert("RGB")
    size = SIZES["linkedin-400"]
    made = cut(image, size, framing_of(image))
    again = framing_of(made.image)
    assert again.head_height == pytest.approx(made.framing.head_height, rel=0.05)
    assert again.eye_line == pytest.approx(made.framing.eye_line, rel=0.05)
