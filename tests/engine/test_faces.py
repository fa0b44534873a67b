"""Faces in photos: found, measured and cut out, against the renders' own truth."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from generation.engine import alignment, faces, pose, segment
from generation.engine.geometry import rotation
from generation.engine.types import Face, Pixels

PHOTOS = Path(__file__).parent.parent / "photos"
TRUTH: dict[str, dict[str, Any]] = json.loads((PHOTOS / "truth.json").read_text())
BARE = sorted(name for name, truth in TRUTH.items() if truth["occlusion"] == "none")


@cache
def pixels(name: str) -> Pixels:
    return np.asarray(Image.open(PHOTOS / name).convert("RGB"))


@cache
def found(name: str) -> tuple[Face, ...]:
    return tuple(faces.detect(pixels(name)))


@pytest.mark.parametrize("name", BARE)
def test_one_face_with_its_pose(name: str) -> None:
    (face,) = found(name)
    truth = TRUTH[name]
    assert abs(face.yaw - truth["yaw"]) < 9
    assert abs(face.pitch - truth["pitch"]) < 8
    assert abs(face.roll - truth["roll"]) < 5


@pytest.mark.parametrize("name", BARE)
def test_five_points_lie_on_the_true_ones(name: str) -> None:
    (face,) = found(name)
    true = alignment.five_of_68(TRUTH[name]["landmarks"])
    eyes = float(np.linalg.norm(true[0] - true[1])) / np.cos(np.radians(TRUTH[name]["yaw"]))
    assert np.linalg.norm(faces.five_points(face) - true, axis=1).max() < 0.17 * eyes


def test_poses_are_right_on_average() -> None:
    errors = [
        [abs(getattr(found(name)[0], angle) - TRUTH[name][angle]) for angle in ("yaw", "pitch", "roll")]
        for name in BARE
    ]
    yaw, pitch, roll = np.median(errors, axis=0)
    assert yaw < 3
    assert pitch < 4
    assert roll < 2


def test_a_smile_is_told_from_a_calm_mouth() -> None:
    smiles = {name: pose.smile(found(name)[0].landmarks) for name in BARE}
    broad = [smiles[name] for name in BARE if TRUTH[name]["detail"] in ("smile", "laugh")]
    calm = [smiles[name] for name in BARE if TRUTH[name]["detail"] in ("neutral", "serious")]
    assert min(broad) > max(calm)


def test_nobody_is_found_on_a_wall() -> None:
    wall = pixels("person-3-0.jpg")[:90, :90]
    assert faces.detect(cv2.resize(wall, (400, 400))) == []


def test_a_small_face_in_a_large_picture() -> None:
    """A face of 60 pixels in 1,800: too small for the whole picture's pass, found in a quarter."""
    scale = 60 / (faces.detect(pixels("person-3-0.jpg"))[0].box[2] - found("person-3-0.jpg")[0].box[0])
    small = cv2.resize(pixels("person-3-0.jpg"), None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    large = np.full((1800, 1800, 3), small[2, 2], np.uint8)
    large[1000 : 1000 + small.shape[0], 1300 : 1300 + small.shape[1]] = small
    (face,) = faces.detect(large)
    assert abs(face.box[0] - 1300 - found("person-3-0.jpg")[0].box[0] * scale) < 8


def test_a_face_that_fills_the_picture() -> None:
    left, top, right, bottom = (int(v) for v in found("person-3-0.jpg")[0].box)
    close = pixels("person-3-0.jpg")[top - 8 : bottom + 8, left - 4 : right + 4]
    assert len(faces.detect(cv2.resize(close, None, fx=3, fy=3))) == 1


def test_two_people_side_by_side() -> None:
    both = np.concatenate([pixels("person-3-0.jpg"), pixels("person-5-0.jpg")], 1)
    seen = faces.detect(both)
    assert len(seen) == 2
    assert seen[0].box[2] - seen[0].box[0] >= seen[1].box[2] - seen[1].box[0], "the largest comes first"


def test_twelve_megapixels_give_the_same_face() -> None:
    name = "person-5-0.jpg"
    (face,) = faces.detect(cv2.resize(pixels(name), (3584, 3584), interpolation=cv2.INTER_CUBIC))
    assert np.abs(np.array(face.box) / 8 - found(name)[0].box).max() < 6
    assert abs(face.yaw - found(name)[0].yaw) < 3


@pytest.mark.parametrize("tilt", [-30, -15, 15, 30])
def test_a_tilted_head(tilt: int) -> None:
    name = "person-3-0.jpg"
    turn = cv2.getRotationMatrix2D((224, 224), -tilt, 0.8)
    tilted = cv2.warpAffine(pixels(name), turn, (448, 448), borderMode=cv2.BORDER_REPLICATE)
    (face,) = faces.detect(np.asarray(tilted, np.uint8))
    assert abs(face.roll - TRUTH[name]["roll"] - tilt) < 6


def test_the_crop_puts_eyes_and_mouth_at_the_template() -> None:
    for name in BARE:
        crop = faces.align(pixels(name), found(name)[0], 128)
        assert crop.shape == (128, 128, 3)
        again = faces.detect(cv2.copyMakeBorder(crop, 64, 64, 64, 64, cv2.BORDER_REPLICATE))
        if abs(TRUTH[name]["yaw"]) < 20:
            points = faces.five_points(again[0]) - 64
            assert np.abs(points - alignment.TEMPLATE * 128).max() < 9, name


def test_the_fit_recovers_any_similarity() -> None:
    dice = np.random.default_rng(3)
    for _ in range(20):
        angle, scale = dice.uniform(-3, 3), dice.uniform(0.2, 5)
        turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        points = alignment.TEMPLATE @ turn.T * 100 + dice.uniform(-50, 50, 2)
        matrix = alignment.umeyama(points, 128)
        moved = points @ matrix[:, :2].T + matrix[:, 2]
        assert np.abs(moved - alignment.TEMPLATE * 128).max() < 1e-6


def test_the_fit_never_mirrors() -> None:
    mirrored = alignment.TEMPLATE * [-1, 1] * 100
    assert np.linalg.det(alignment.umeyama(mirrored, 128)[:, :2]) > 0


def test_the_fit_needs_different_points() -> None:
    with pytest.raises(ValueError, match="different"):
        alignment.umeyama(np.ones((5, 2)), 128)


@pytest.mark.parametrize("angles", [(0, 0, 0), (30, 0, 0), (-30, 10, 5), (15, -12, -8)])
def test_pose_of_a_turned_canonical_head(angles: tuple[float, float, float]) -> None:
    """The signs: yaw to the picture's right, chin up, crown to the right."""
    mesh = np.zeros((468, 3))
    mesh[pose.INDICES] = pose.CANONICAL @ rotation(*angles).T
    measured = pose.head_pose((mesh * [1, -1, -1]).astype(np.float32))
    assert measured.yaw == pytest.approx(angles[0], abs=0.1)
    assert measured.pitch == pytest.approx(angles[1] * pose.PITCH_SCALE, abs=0.1)
    assert measured.roll == pytest.approx(angles[2], abs=0.1)


def test_skin_is_skin() -> None:
    """Within the mask colours vary less than in the face's box, and eyes and mouth stay out."""
    for name in ("person-2-1.jpg", "person-5-0.jpg", "person-7-0.jpg"):
        (face,) = found(name)
        skin = segment.skin_mask(pixels(name), face)
        assert 0.02 < skin.mean() < 0.3
        for polygon in (segment.LEFT_EYE, segment.RIGHT_EYE, segment.LIPS):
            middle = face.landmarks[list(polygon), :2].mean(0).round().astype(int)
            assert not skin[middle[1], middle[0]]


def test_backdrop_and_garment_are_told_apart() -> None:
    """Person 2 in front of a red wall wears navy; person 3 in red sits before yellow."""
    for name, behind, worn in (("person-2-4.jpg", 0, 1), ("person-3-0.jpg", 1, 0)):
        (face,) = found(name)
        share = segment.person(pixels(name))
        wall = np.median(pixels(name)[segment.backdrop(share, face)], 0)
        cloth = np.median(pixels(name)[segment.garment(share, face)], 0)
        assert wall[behind] == pytest.approx(wall.max(), abs=60)
        assert cloth[worn] == cloth.max()
        assert np.linalg.norm(wall - cloth) > 80
