"""Measures behind the verdicts, each against a photo changed in the way that it measures, and only so."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image
from skimage import data

from benchmarks import degradations as spoil
from generation.engine import faces, photos, pose, rules, shading, tints, view
from generation.engine.types import Photo, Pixels

PHOTOS = Path(__file__).parent.parent / "photos"
TRUTH: dict[str, dict[str, Any]] = json.loads((PHOTOS / "truth.json").read_text())
BARE = sorted(name for name, truth in TRUTH.items() if truth["occlusion"] == "none")
FRONTAL = ["person-1-0.jpg", "person-3-0.jpg", "person-8-0.jpg"]
REST = {"mouth_open": 0.02, "mouth_width": 0.54, "brow_height": 0.22, "smile": 0.1}


@cache
def pixels(name: str) -> Pixels:
    return np.asarray(Image.open(PHOTOS / name).convert("RGB"))


def seen(image: Pixels) -> view.View:
    face = faces.largest(image)
    assert face is not None
    return view.view_of(image, face)


def lamps(name: str, left: tuple[float, float, float], right: tuple[float, float, float]) -> Pixels:
    """The photo in light that changes from side to side about the face's middle."""
    image = pixels(name)
    points = np.array(TRUTH[name]["landmarks"])
    across = (np.arange(image.shape[1]) - points[27, 0]) / (0.2 * spoil.face_width(points))
    share = (1 / (1 + np.exp(across)))[None, :, None]
    return spoil.coded(spoil.linear(image) * (np.array(left) * share + np.array(right) * (1 - share)))


@pytest.mark.parametrize("name", BARE)
def test_one_lamp_has_no_tint(name: str) -> None:
    assert tints.tint(seen(pixels(name))) < 0.8 * rules.TINT


@pytest.mark.parametrize("name", FRONTAL)
def test_two_lamps_have(name: str) -> None:
    assert tints.tint(seen(lamps(name, (1.2, 0.85, 0.45), (0.6, 0.85, 1.3)))) > 1.2 * rules.TINT


@pytest.mark.parametrize("name", FRONTAL)
def test_a_warm_lamp_alone_has_no_tint(name: str) -> None:
    warm = spoil.coded(spoil.linear(pixels(name)) * [1.0, 0.7, 0.4])
    assert tints.tint(seen(warm)) < 0.8 * rules.TINT


def test_a_strand_of_hair_is_no_lamp() -> None:
    one = seen(pixels("person-3-0.jpg"))
    strand = one.pixels.copy()
    left, right = np.quantile(np.nonzero(one.skin)[1], (0.0, 0.16)).astype(int)
    strand[:, left:right] = (190, 90, 30)
    assert tints.tint(view.View(strand, one.landmarks, one.skin, one.scale)) < rules.TINT


@pytest.mark.parametrize("name", FRONTAL)
def test_the_lit_half_is_known(name: str) -> None:
    even, left, right = (
        shading.side(seen(lamps(name, first, second)))
        for first, second in (((1, 1, 1), (1, 1, 1)), ((1, 1, 1), (0.5,) * 3), ((0.5,) * 3, (1, 1, 1)))
    )
    assert left > even + 4
    assert right < even - 4


def test_a_mirror_turns_the_light_round() -> None:
    for name in FRONTAL:
        straight, mirrored = (
            shading.side(seen(image)) for image in (pixels(name), pixels(name)[:, ::-1].copy())
        )
        assert straight == pytest.approx(-mirrored, abs=4), name


def test_a_mirrored_mesh_says_the_same_of_the_mouth() -> None:
    for name in BARE:
        (face,) = faces.detect(pixels(name))
        mirrored = faces.mirror_mesh(pixels(name), face)
        assert pose.smile(mirrored) == pytest.approx(pose.smile(face.landmarks), abs=0.35), name
        assert pose.head_pose(mirrored).yaw == pytest.approx(-face.yaw, abs=9), name


def test_what_a_smile_explains_is_not_extreme() -> None:
    laugh = {**REST, "mouth_open": 0.16, "mouth_width": 0.66, "smile": 1.1}
    assert rules.extreme(REST) < rules.EXTREME
    assert rules.extreme(laugh) < rules.EXTREME
    assert rules.extreme({**REST, "mouth_open": 0.16}) > rules.EXTREME
    assert rules.extreme({**laugh, "mouth_open": 0.27, "mouth_width": 0.8, "smile": 1.9}) > rules.EXTREME


@pytest.mark.parametrize("seed", range(5))
def test_nobody_is_nobody(seed: int) -> None:
    given = photos.judge(Photo(Image.fromarray(spoil.scenery(448, np.random.default_rng(seed)))))
    assert [reason.code for reason in given.reasons] == ["no_face"]


@pytest.mark.parametrize(("name", "blur"), [("person-3-0.jpg", 0.09), ("person-8-0.jpg", 0.07)])
def test_a_head_too_blurred_for_the_mesh_is_blurred_not_nobody(name: str, blur: float) -> None:
    points = np.array(TRUTH[name]["landmarks"])
    foggy = np.asarray(cv2.GaussianBlur(pixels(name), (0, 0), blur * spoil.face_width(points)), np.uint8)
    assert faces.detect(foggy) == []
    given = photos.judge(Photo(Image.fromarray(foggy)))
    assert [reason.code for reason in given.reasons] == ["blurred"]


def test_a_real_photograph_passes() -> None:
    """NASA's public-domain portrait of Eileen Collins; a flag and a shuttle stand behind her."""
    picture = np.asarray(data.astronaut(), np.uint8)
    given = photos.judge(Photo(Image.fromarray(picture)))
    assert given.accepted
    assert {reason.code for reason in given.reasons} <= {"busy_background"}
    assert given.measures["smile"] > pose.BROAD
    assert given.measures["face_height"] > rules.LEAST_FACE
