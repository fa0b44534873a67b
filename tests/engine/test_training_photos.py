"""Photos as training takes them: framed like headshots, never invented at the edges, captioned in words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from generation.engine import faces, intake, looks, pipeline
from generation.engine.pipeline import Engine
from generation.engine.training_photos import TrainingPhoto, prepare
from generation.engine.types import Face, Keep, Photo

SIZE = 128
KEEP = Keep(("full beard", "square glasses"))


@pytest.fixture(scope="module")
def engine(tiny_model: Path) -> Engine:
    made = pipeline.load(tiny_model, device="cpu")
    made.settings = replace(made.settings, size=SIZE)
    return made


@pytest.fixture(scope="module")
def subject(root: Path) -> list[tuple[Photo, Face]]:
    found = []
    for path in sorted((root / "generation" / "photos").glob("*.jpg"))[:4]:
        photo = intake.open_photo(path, path.name)
        face = faces.largest(photo.image)
        assert face is not None
        found.append((photo, face))
    return found


@pytest.fixture(scope="module")
def prepared(engine: Engine, subject: list[tuple[Photo, Face]]) -> list[TrainingPhoto]:
    return prepare([photo for photo, _ in subject], [face for _, face in subject], engine, keep=KEEP)


def test_every_photo_gives_a_headshot_and_mostly_a_close_up(prepared: list[TrainingPhoto]) -> None:
    assert {photo.source for photo in prepared} == {0, 1, 2, 3}
    assert 4 < len(prepared) <= 8
    assert {photo.image.size for photo in prepared} == {(SIZE, SIZE)}


def test_the_head_is_in_the_mask_and_the_corners_are_not(prepared: list[TrainingPhoto]) -> None:
    for photo in prepared:
        assert photo.mask.shape == (SIZE, SIZE)
        assert photo.mask[SIZE * 4 // 10 : SIZE * 6 // 10, SIZE * 4 // 10 : SIZE * 6 // 10].mean() > 0.95
        assert photo.mask[: SIZE // 10, : SIZE // 10].mean() < 0.3
        assert 0.15 < photo.mask.mean() < 0.8
        assert photo.mask[-3:].mean() < 0.5


def test_captions_say_kept_traits_and_the_token_and_only_known_words(prepared: list[TrainingPhoto]) -> None:
    phrases = [*looks.COLOURS, *looks.OUTFITS, *looks.BACKDROPS, *looks.MEDIA, *looks.KEEP_WORDS]
    grammar = "of a sks person facing forward turned slightly three-quarter profile left right chin up down"
    grammar += (
        " neutral slight smile soft hard light from the front background close-up headshot head and shoulders"
    )
    known = {word for phrase in [*phrases, grammar] for word in phrase.split()}
    for photo in prepared:
        assert "of a sks person, full beard, square glasses, " in photo.caption
        assert not {word for word in photo.caption.replace(",", "").split() if word not in known}


def test_a_photo_without_room_is_moved_never_padded(
    engine: Engine, subject: list[tuple[Photo, Face]]
) -> None:
    photo, face = subject[0]
    left, top, right, _ = (round(value) for value in face.box)
    edge = photo.image.crop((left, max(0, top - 40), right, photo.image.height))
    moved = faces.largest(edge)
    assert moved is not None
    for framed in prepare([Photo(edge)], [moved], engine):
        assert framed.image.size == (SIZE, SIZE)
        rows = np.asarray(framed.image, np.float32)
        assert (rows.std((1, 2)) > 2).all()  # no row of one painted colour
