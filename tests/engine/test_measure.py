"""What ranking measures on real pictures: faces, sharpness, copies, skin."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from generation.engine import measure, ranking
from generation.engine.faces import largest
from generation.engine.gate import Open
from generation.engine.intake import open_photo
from generation.engine.looks import CATALOGUE
from generation.engine.ranking import Measures, Own
from generation.engine.reader import OwnReader, ReaderNet
from generation.engine.types import Face, Frame, Keep, Photo

LOOK = CATALOGUE["studio-grey"]
READER = OwnReader(ReaderNet())


@pytest.fixture(scope="module")
def photos(root: Path) -> list[tuple[Photo, Face]]:
    found = [open_photo(path) for path in sorted((root / "tests" / "photos").glob("person-2-*.jpg"))]
    return [(photo, face) for photo in found if (face := largest(photo.image))]


@pytest.fixture(scope="module")
def own(photos: list[tuple[Photo, Face]]) -> Own:
    return measure.own_photos(photos, READER.read([(photo.image, face) for photo, face in photos]))


def measured(image: Image.Image) -> Measures:
    frame = Frame(image.resize((256, 256), Image.Resampling.LANCZOS), LOOK, LOOK.directions[0], 0)
    return measure.measure([frame], READER, Open(), Keep())[0]


def test_a_photo_given_back_is_a_copy_and_its_mirror_is_none(
    photos: list[tuple[Photo, Face]], own: Own
) -> None:
    photo = photos[0][0].image
    assert ranking.copied(measured(photo), own) > ranking.COPY
    mirrored = photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    assert ranking.copied(measured(mirrored), own) < ranking.COPY


def test_blur_is_seen(photos: list[tuple[Photo, Face]]) -> None:
    photo = photos[0][0].image.resize((256, 256), Image.Resampling.LANCZOS)
    assert measured(photo.filter(ImageFilter.GaussianBlur(2))).sharpness < 0.5 * measured(photo).sharpness


def test_a_picture_without_a_face_is_measured_as_such_and_never_shown(own: Own) -> None:
    nothing = measured(Image.new("RGB", (256, 256), (128, 128, 128)))
    assert nothing.faces == 0
    score = ranking.rank([nothing], own)[0]
    assert score.faults == ("no face",)
    assert score.rank == 0


def test_skin_of_the_same_person_is_near_and_tinted_skin_is_far(
    photos: list[tuple[Photo, Face]], own: Own
) -> None:
    photo = photos[0][0].image
    plain = measured(photo)
    red, green, blue = photo.split()
    tinted = measured(Image.merge("RGB", (red, green, blue.point(lambda value: value * 0.45))))
    near, far = (ranking.rank([one], own)[0].skin_shift for one in (plain, tinted))
    assert near < far
    assert far > near + 4


def test_pose_is_carried_over(photos: list[tuple[Photo, Face]]) -> None:
    photo, face = photos[0]
    assert measured(photo.image).pose[0] == pytest.approx(face.yaw, abs=5)
    turned = replace(photo, image=photo.image.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    assert np.sign(measured(turned.image).pose[0]) == -np.sign(face.yaw)
