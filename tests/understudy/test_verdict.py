"""The judge's ruler for light: told by renders of the same face in known lights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

pytest.importorskip("dlib", reason="the judge comes with the understudy extra")

from generation.understudy import judge, verdict, witness
from generation.understudy.cast import LIGHTS

Array = np.ndarray


@dataclass
class Shown:
    shading: Array


@dataclass
class Judged:
    lights: dict[str, Array]


def face(light: str, beard: float, seed: int = 0) -> Array:
    """A face's shading, slanted by the light's azimuth; hard light is three times as deep."""
    rng = np.random.default_rng(seed)
    across = np.linspace(-1, 1, 468)
    azimuth, depth = LIGHTS[light][2]["key_azimuth"], 3 if LIGHTS[light][1] == "hard" else 1
    made = (
        4 + depth * (0.02 * azimuth * across - across**2) - beard * (across > 0.3) + rng.normal(0, 0.05, 468)
    )
    made[:20] = np.nan
    return made


@pytest.mark.parametrize("light", LIGHTS)
def test_light_is_told_whatever_the_exposure_and_the_beard(light: str) -> None:
    renders = [face(name, beard=0.8) for name in LIGHTS]
    picture = face(light, beard=0.8, seed=1) + 0.7
    picture[-30:] = np.nan
    assert list(LIGHTS)[witness.nearest_light(picture, renders)] == light


def test_lights_side_and_softness_are_counted_and_a_lost_face_is_wrong() -> None:
    trial: Any = Judged({f"2{name}": face(name, beard=0.0) for name in LIGHTS})

    def asked(side: str, light: str) -> dict[str, Any]:
        return {"name": "studio-grey-2", "direction": {"light_side": side, "light": light}}

    left: Any = Shown(face("-38-soft", beard=0.0, seed=1))
    front: Any = Shown(face("+7-hard", beard=0.0, seed=1))
    found = verdict._lit(
        [
            (trial, left, asked("left", "soft")),
            (trial, front, asked("front", "hard")),
            (trial, None, asked("left", "soft")),
        ]
    )
    assert found == {"light side right": pytest.approx(2 / 3), "soft against hard told apart": 0.75}
    unlit: Any = Judged({})
    assert np.isnan(list(verdict._lit([(unlit, left, asked("left", "soft"))]).values())).all()


@pytest.mark.parametrize("rest", [0.0, 0.4])  # how much the mouth seems to smile at rest
def test_a_smile_is_told_by_the_same_persons_mouth(rest: float) -> None:
    own = {"neutral": rest, "slight smile": rest + 0.4, "smile": rest + 0.9}
    for expression, value in own.items():
        assert witness.nearest_smile(value + 0.1, own) == expression


def test_the_judge_finds_a_face_whose_beard_outshines_its_eyes() -> None:
    import cv2
    from skimage.data import astronaut

    face = np.ascontiguousarray(astronaut()[0:256, 96:352])
    dark = (face * 0.12).astype(np.uint8)
    cv2.ellipse(dark, (128, 165), (52, 40), 0, 0, 180, (250, 250, 250), -1)
    assert not judge.boxes(dark)
    assert judge.boxes(judge.evened(dark))
