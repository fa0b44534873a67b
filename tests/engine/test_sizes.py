"""Ready sizes put head and eyes where a place wants them, and never invent pixels."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from PIL import Image, ImageDraw

from generation.engine import looks, sizes
from generation.engine.sizes import SIZES, Framing
from generation.engine.types import Direction

HEAD, EYES = (200, 40, 40), (40, 200, 40)


def drawn(framing: Framing, width: int = 640, height: int = 640) -> Image.Image:
    """A red bar from crown to chin with a green line at the eyes, on grey."""
    image = Image.new("RGB", (width, height), (128, 128, 128))
    draw = ImageDraw.Draw(image)
    middle, eyes = framing.centre * width, framing.eye_line * height
    half = framing.head_height * height / 2  # the eyes are half-way up the mean head
    draw.rectangle((middle - 30, eyes - half, middle + 30, eyes + half), fill=HEAD)
    draw.rectangle((middle - 30, eyes - 6, middle + 30, eyes + 6), fill=EYES)
    return image


def found(image: Image.Image) -> Framing:
    """The bar's place, read off the pixels."""
    pixels = np.asarray(image.convert("RGB"), int)
    red, green = pixels[..., 0] - pixels[..., 2] > 80, pixels[..., 1] - pixels[..., 2] > 80
    bar, line = np.argwhere(red | green), np.argwhere(green)
    height, width = pixels.shape[:2]
    return Framing(
        (bar[:, 0].max() - bar[:, 0].min() + 1) / height,
        (line[:, 0].mean() + 0.5) / height,
        (bar[:, 1].mean() + 0.5) / width,
    )


@pytest.mark.parametrize("name", SIZES)
def test_head_and_eyes_are_within_five_per_cent_of_the_size(name: str) -> None:
    size = SIZES[name]
    room = 0.46 if size.width > size.height else 0.58
    for head, eyes, centre in itertools.product((0.42, room), (0.40, 0.44, 0.48), (0.44, 0.5, 0.53)):
        framing = Framing(head, eyes, centre)
        made = sizes.cut(drawn(framing), size, framing)
        measured = found(made.image)
        assert made.as_asked
        assert measured.head_height == pytest.approx(size.head_height, rel=0.05)
        assert measured.eye_line == pytest.approx(size.eye_line, rel=0.05)
        assert measured.head_height == pytest.approx(made.framing.head_height, abs=0.006)
        assert measured.eye_line == pytest.approx(made.framing.eye_line, abs=0.006)


@pytest.mark.parametrize("direction", {d for look in looks.CATALOGUE.values() for d in look.directions})
def test_every_look_of_the_catalogue_fits_the_upright_sizes(direction: Direction) -> None:
    framing = Framing.of(direction)
    for size in SIZES.values():
        if size.width > size.height:
            continue
        assert sizes.fits(size, framing, 1024, 1024)
        made = sizes.cut(drawn(framing), size, framing)
        assert made.as_asked is (direction.head_height < 0.7)
        measured = found(made.image)
        assert measured.eye_line - measured.head_height / 2 > 0
        assert measured.eye_line + measured.head_height / 2 < 1


def test_a_closer_headshot_says_that_it_is_closer() -> None:
    framing = Framing(0.74, 0.46)
    made = sizes.cut(drawn(framing), SIZES["linkedin-400"], framing)
    assert not made.as_asked
    assert found(made.image).head_height == pytest.approx(0.74, abs=0.006)


def test_a_wide_size_is_offered_only_where_the_head_finds_room() -> None:
    wide = SIZES["web-3x2"]
    assert sizes.fits(wide, Framing(0.5, 0.42), 1024, 1024)
    assert not sizes.fits(wide, Framing(0.62, 0.44), 1024, 1024)
    assert sizes.fits(wide, Framing(0.62, 0.44), 1536, 1024)


@pytest.mark.parametrize("side", [256, 400, 1024])
@pytest.mark.parametrize("name", SIZES)
def test_nothing_is_enlarged_silently(name: str, side: int) -> None:
    size, framing = SIZES[name], Framing(0.5, 0.44)
    made = sizes.cut(drawn(framing, side, side), size, framing)
    assert made.image.width <= side
    assert made.reduced is (made.image.size != (size.width, size.height))
    assert made.image.width / made.image.height == pytest.approx(size.width / size.height, rel=0.01)
    if side == 256:
        assert made.reduced


def test_a_round_size_has_transparent_corners() -> None:
    framing = Framing(0.5, 0.44)
    alpha = np.asarray(
        sizes.cut(drawn(framing, 1024, 1024), SIZES["round-512"], framing).image.getchannel("A")
    )
    assert alpha[0, 0] == alpha[-1, -1] == alpha[0, -1] == 0
    assert alpha[256, 256] == alpha[256, 2] == alpha[2, 256] == 255
    assert alpha.mean() / 255 == pytest.approx(np.pi / 4, abs=0.002)


def test_no_size_is_for_official_papers() -> None:
    said = " ".join([*SIZES, *(size.name for size in SIZES.values())]).lower()
    assert not any(word in said for word in ("passport", "visa", " id", "licence", "35x45", "2x2"))
