"""What few photos let us expect: comparable subsets, and means by number of photos."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from benchmarks.expectation import Outcome, report, subset
from generation.engine.shoot import Subject
from generation.engine.types import BadInput, Face, Photo


def subject(*turns: float) -> Subject:
    """A person whose photos are turned so."""
    box, mesh = (0.0, 0.0, 9.0, 9.0), np.zeros((468, 3), np.float32)
    grey = Photo(Image.new("RGB", (64, 64), "grey"))
    return Subject(
        photos=(grey,) * len(turns),
        faces=tuple(Face(box, 1.0, mesh, 9.0, turn, 0.0, 0.0) for turn in turns),
        readings=(),
        verdicts=(),
        advice="",
    )


def outcome(person: int, photos: int, good: int) -> Outcome:
    return Outcome(person, photos, 40, 60, 40, good, 10, 0.7, (0.8,), {"learn": 1.0}, "a card")


@pytest.mark.parametrize("seed", range(8))
def test_a_smaller_subset_lies_in_every_larger_one_and_one_photo_looks_at_the_camera(seed: int) -> None:
    turns = (40.0, -30.0, 5.0, 35.0, -8.0, 22.0, 50.0)
    whole = subset(subject(*turns), 7, seed)
    assert sorted(whole) == list(range(7))
    assert abs(turns[whole[0]]) < 15
    assert [subset(subject(*turns), size, seed) for size in (1, 3, 5)] == [whole[:1], whole[:3], whole[:5]]


def test_who_never_looks_at_the_camera_sends_the_photo_that_comes_nearest() -> None:
    assert subset(subject(40.0, -30.0, 35.0), 1, 0) == [1]


def test_means_are_by_the_number_of_photos(tmp_path: Path) -> None:
    shot = [outcome(0, 3, 10), outcome(1, 3, 20), outcome(0, 15, 30), outcome(1, 15, 31), outcome(1, 7, 40)]
    for number, made in enumerate(shot):
        (tmp_path / f"person-{number}.json").write_text(json.dumps(asdict(made)))
    said = report(tmp_path)  # one person alone shows nothing of 7 photos
    assert said["good"] == {"3": 15.0, "15": 30.5}
    assert (said["people"], said["asked"], said["machine"]) == (2, 40, "a card")


def test_nothing_shot_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="run the stage shoot first"):
        report(tmp_path)
