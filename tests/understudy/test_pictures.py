"""The renderer's pictures show what was decided. They need the head (FACEKIT), which is not ours to ship."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest

from generation.engine.looks import CATALOGUE
from generation.engine.types import Direction
from generation.understudy.head import EXPRESSIONS, Head
from generation.understudy.people import sample_person
from generation.understudy.scene import scene_for

pytest.importorskip("moderngl", reason="rendering comes with the understudy extra")
if not os.environ.get("FACEKIT"):
    pytest.skip("FACEKIT names no head", allow_module_level=True)

from generation.understudy.render import FACE, Renderer

PLAIN = sample_person(
    np.random.default_rng(5),
    covering="uncovered",
    hair_style="short hair",
    beard="no beard",
    glasses="no glasses",
)
LOOK = CATALOGUE["studio-grey"]


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer(Head(), 96, supersample=1)


def test_expressions_move_the_mean_landmarks(renderer: Renderer) -> None:
    table = renderer.head.mean_points()
    assert set(table) == set(EXPRESSIONS)
    width = {name: float(np.ptp(points[48:60, 0])) for name, points in table.items()}
    assert width["neutral"] < width["slight smile"] < width["smile"]


def test_the_same_scene_gives_the_same_picture(renderer: Renderer) -> None:
    scene = scene_for(LOOK, Direction(), np.random.default_rng(6))
    first, second = (renderer.render(PLAIN, scene).image for _ in range(2))
    assert np.array_equal(first, second)


def test_two_renderers_take_turns(renderer: Renderer) -> None:
    scene = scene_for(LOOK, Direction(), np.random.default_rng(6))
    alone = renderer.render(PLAIN, scene).image
    other = Renderer(renderer.head, 64, supersample=1)
    small = other.render(PLAIN, scene).image
    assert np.array_equal(renderer.render(PLAIN, scene).image, alone)
    assert np.array_equal(other.render(PLAIN, scene).image, small)


def test_landmarks_turn_and_stand_where_they_were_asked(renderer: Renderer) -> None:
    rng = np.random.default_rng(7)
    nose = {}
    for yaw in (-30, 0, 30):
        made = renderer.render(PLAIN, scene_for(LOOK, Direction(yaw=yaw), rng))
        nose[yaw] = made.mean_landmarks[30, 0] - made.mean_landmarks[[36, 45], 0].mean()
        eyes = made.mean_landmarks[36:48, 1].mean() / 96
        assert eyes == pytest.approx(0.42, abs=0.03)
        assert made.mask[tuple(np.round(made.landmarks[30]).astype(int)[::-1])] == FACE
    assert nose[-30] < nose[0] < nose[30]


def test_backdrop_and_cloth_come_out_as_asked(renderer: Renderer) -> None:
    scene = scene_for(LOOK, Direction(), np.random.default_rng(8))
    made = renderer.render(PLAIN, scene)
    assert np.abs(np.subtract(made.backdrop_rgb, scene.backdrop_rgb)).max() <= 1
    assert np.abs(np.subtract(made.garment_rgb, scene.outfit_rgb)).max() <= 20


def test_the_lit_cheek_is_on_the_lights_side(renderer: Renderer) -> None:
    for side, sign in (("left", 1), ("right", -1)):
        direction = Direction(light_side=side, light="hard")  # type: ignore[arg-type]
        made = renderer.render(PLAIN, scene_for(LOOK, direction, np.random.default_rng(9)))
        left, right = (
            made.landmarks[[eye, mouth]].mean(0).round().astype(int) for eye, mouth in ((41, 48), (46, 54))
        )
        brightness = [float(made.image[y - 2 : y + 3, x - 2 : x + 3].mean()) for x, y in (left, right)]
        assert sign * (brightness[0] - brightness[1]) > 5


def test_deeper_tones_render_deeper(renderer: Renderer) -> None:
    scene = scene_for(LOOK, Direction(light_side="front"), np.random.default_rng(10))
    tones = (1.0, 4.0, 7.0, 10.0)
    skins = [sum(renderer.render(replace(PLAIN, tone=tone), scene).skin_rgb) for tone in tones]
    assert skins == sorted(skins, reverse=True)
    assert skins[0] > 2 * skins[-1]
