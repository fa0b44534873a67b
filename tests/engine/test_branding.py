"""Headshots cut to a brand: eyes on one line, upright, before its exact colour, never enlarged."""

from __future__ import annotations

import math
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.engine import faces, marking
from generation.engine.branding import _room, branded, conformity, cuts
from generation.engine.types import BadInput, Style

STYLE = Style((46, 48, 80), head_height=0.66, eye_line=0.45)
# Of the recorded gallery: turned to all sides, in all outfits, before all kinds of backdrop.
SOME = ("01", "09", "14", "27", "33", "40")


def headshot(root: Path, name: str) -> Image.Image:
    with Image.open(root / f"generation/recorded/{name}.jpg") as opened:
        return opened.convert("RGB")


def sent(image: Image.Image) -> Image.Image:
    """As whoever gets it reads it."""
    return Image.open(BytesIO(marking.jpeg(image))).convert("RGB")


def test_a_set_has_its_eyes_on_one_line_before_one_colour(root: Path) -> None:
    cut = [branded(headshot(root, name), STYLE) for name in SOME]
    found = [conformity(sent(image), STYLE) for image in cut]
    assert max(abs(one.eye_line - STYLE.eye_line) for one in found) <= 0.02
    assert max(abs(one.head_height / STYLE.head_height - 1) for one in found) <= 0.15
    assert max(abs(one.tilt) for one in found) <= 2
    assert max(one.backdrop for one in found) <= 1
    assert all(image.width == image.height <= 256 for image in cut)


def test_a_tilted_head_is_put_upright(root: Path) -> None:
    tilted = headshot(root, "01").rotate(-6, Image.Resampling.BICUBIC, fillcolor=(128, 128, 130))
    face = faces.largest(tilted)
    assert face is not None
    assert face.roll > 4
    assert abs(conformity(branded(tilted, STYLE), STYLE).tilt) < 2


def test_nobody_is_shown_cut_off(root: Path) -> None:
    """A headshot closer than the brand stays closer, rather than show where its shoulders end."""
    wide = Style(STYLE.backdrop, head_height=0.4, eye_line=0.4)
    cut = branded(headshot(root, "01"), wide)
    assert conformity(cut, wide).head_height > 0.5
    row = np.asarray(cut)[-1]
    behind = (row == STYLE.backdrop).all(-1)
    assert not behind[cut.width // 3 : -cut.width // 3].any()


def test_room_is_what_no_cut_off_pixel_reaches_into() -> None:
    assert _room(np.empty((0, 2)), 0.45) == math.inf
    assert _room(np.array([[-60.0, 80.0]]), 0.45) == pytest.approx(80 / 0.55)  # below: the lower edge
    assert _room(np.array([[-90.0, 10.0]]), 0.45) == pytest.approx(180)  # beside: the left edge
    assert _room(np.array([[0.0, -45.0]]), 0.45) == pytest.approx(100)  # above: the upper edge


def test_sizes_keep_the_framing_and_the_pixels(root: Path) -> None:
    square = branded(headshot(root, "01"), STYLE)
    made = dict(cuts(square, STYLE, ["slack-512", "cv-4x5", "round-512"]))
    assert made["slack-512"].size == square.size
    assert made["cv-4x5"].height == square.height
    assert made["cv-4x5"].width == pytest.approx(0.8 * square.width, abs=1)
    assert made["round-512"].mode == "RGBA"


def test_a_wall_is_no_headshot() -> None:
    with pytest.raises(BadInput, match="No face"):
        branded(Image.new("RGB", (256, 256), "slategrey"), STYLE)
