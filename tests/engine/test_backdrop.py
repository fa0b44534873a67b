"""A headshot before another backdrop: the colour is exact, the person is kept, the old wall is gone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from generation.engine import segment
from generation.engine.backdrop import swapped

PHOTOS = Path(__file__).parent.parent / "photos"
YELLOW_WALL, BLUE_WALL = PHOTOS / "person-3-0.jpg", PHOTOS / "person-2-3.jpg"
WALLS = [YELLOW_WALL, BLUE_WALL, PHOTOS / "person-8-0.jpg"]  # plain, streaked, lights out of focus
NAVY = (36, 46, 80)


def opened(path: Path) -> Image.Image:
    return Image.open(path).convert("RGB")


@pytest.mark.parametrize("path", WALLS, ids=lambda path: path.stem)
def test_the_backdrop_is_exactly_the_colour_and_the_person_is_kept(path: Path) -> None:
    image = opened(path)
    before, after = np.asarray(image), np.asarray(swapped(image, NAVY))
    share = segment.person(image)
    wall, inner = share < 0.01, share > 0.99
    exact = (after == NAVY).all(axis=-1)
    assert exact[:20].mean() > 0.99
    assert exact[wall].mean() > 0.97
    assert (after == before).all(axis=-1)[inner].mean() > 0.9


@pytest.mark.parametrize("path", WALLS, ids=lambda path: path.stem)
def test_no_rim_of_the_old_wall_stays(path: Path) -> None:
    """By way of a loud wall or straight to the new one: the same picture."""
    image = opened(path)
    straight = np.asarray(swapped(image, NAVY), float)
    detour = np.asarray(swapped(swapped(image, (250, 200, 0)), NAVY), float)
    share = segment.person(image)
    edge = (share > 0.02) & (share < 0.98)
    assert np.abs(straight - detour).max(-1)[edge].mean() < 9  # levels; 17 where edges keep the wall's colour


@pytest.mark.parametrize("size", [(256, 256), (600, 1024)])
def test_any_shape_keeps_its_size(size: tuple[int, int]) -> None:
    image = opened(YELLOW_WALL).resize(size)
    assert swapped(image, NAVY).size == size


def test_a_picture_without_a_person_is_all_backdrop() -> None:
    after = np.asarray(swapped(Image.new("RGB", (256, 256), (190, 190, 192)), NAVY))
    assert (after == NAVY).all(axis=-1).mean() > 0.97
