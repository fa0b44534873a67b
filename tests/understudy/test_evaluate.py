"""The evaluation's arithmetic: what cannot be measured counts as wrong, shuffled scores gain nothing."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from generation.engine import pipeline
from generation.engine.types import BadInput
from generation.understudy import evaluate, scores, trial

Array = np.ndarray


def people(count: int, photos: int = 10, spread: float = 0.02, seed: int = 0) -> list[Array]:
    """Descriptors of photos: people some 0.65 apart, photos of one person some 0.35, as dlib's are."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 0.65 / 16, (count, 128))
    return [centre + rng.normal(0, spread, (photos, 128)) for centre in centres]


def test_likeness_is_the_median_distance_and_a_lost_face_is_the_worst() -> None:
    own = people(1)[0]
    near = scores.distances(own[:2], own)
    assert near.max() < 0.45
    lost = np.full((1, 128), np.nan)
    assert scores.distances(lost, own) == [scores.UNMEASURED]
    assert scores.distances(own[:3], np.full((4, 128), np.nan)).tolist() == [1.0] * 3
    with_hole = np.vstack([own, lost])
    np.testing.assert_allclose(scores.distances(own[:2], with_hole), near)


def test_the_nearest_person_is_found_and_an_unmeasurable_picture_is_wrong() -> None:
    crowd = people(50)
    pictures = np.vstack([crowd[0][:4], np.full((1, 128), np.nan)])
    assert scores.nearest_is_own(pictures, crowd[0], crowd[1:]).tolist() == [True] * 4 + [False]
    assert scores.nearest_is_own(crowd[3][:4], crowd[0], crowd[1:]).sum() == 0
    unknown = np.full((3, 128), np.nan)
    assert scores.nearest_is_own(crowd[0][:2], unknown, crowd[1:3]).sum() == 0


def test_swapped_galleries_are_noticed() -> None:
    photos = people(4)
    assert scores.swapped([own[:3] for own in photos], photos) == 1.0
    assert scores.swapped([photos[1][:3], photos[0][:3], photos[2][:3], photos[3][:3]], photos) < 0.9


def test_unmeasured_values_count_as_the_worst_in_a_median() -> None:
    assert scores.median([1.0, 2.0, np.nan]) == 2.0
    assert np.isnan(scores.median([1.0, np.nan, np.nan]))
    assert np.isnan(scores.median([]))
    assert np.isnan(scores.share([]))


@pytest.mark.parametrize(("shuffled", "held"), [(False, True), (True, False)])
def test_ranking_gain_is_above_its_interval_only_when_the_scores_are_true(shuffled: bool, held: bool) -> None:
    rng = np.random.default_rng(1)
    gains = []
    for _ in range(20):
        distance = rng.normal(0.5, 0.06, 40)
        score = -distance + rng.normal(0, 0.03, 40)
        if shuffled:
            score = rng.permutation(score)
        gains.append(scores.gain(distance, score >= np.sort(score)[-10]))
    low, high = scores.interval(gains)
    rows = scores.report(
        {
            "ranking: selects against all": float(np.mean(gains)),
            "ranking: lower end of the 95 % interval": low,
        }
    )
    assert low < high
    assert rows["ranking: selects against all"]["held_floor"] is held
    assert low < np.mean(gains) < high


def test_training_must_beat_the_selfie_and_the_selfie_nothing() -> None:
    assert scores.in_order(0.45, 0.55, 0.65)
    assert not scores.in_order(0.56, 0.55, 0.65)
    assert not scores.in_order(0.45, 0.66, 0.65)


def test_the_worst_tone_is_held_against_the_best() -> None:
    assert scores.worst_against_best({1: [2.0, 2.0], 5: [3.0], 10: [4.0, 4.2, 3.8]}) == pytest.approx(2.0)
    assert np.isnan(scores.worst_against_best({3: [1.0]}))


def test_every_goal_is_reported_with_its_bounds_and_what_is_missing_holds_nothing() -> None:
    rows = scores.report({"likeness of selects": 0.5, "yaw error": 3.0, "nearest of 50 people": 0.9})
    assert set(rows) == {goal.name for goal in scores.GOALS}
    assert {"value", "floor", "goal", "held_floor", "held"} <= set(rows["yaw error"])
    assert rows["yaw error"]["held"] is True
    assert (rows["likeness of selects"]["held_floor"], rows["likeness of selects"]["held"]) == (True, False)
    assert (rows["nearest of 50 people"]["held_floor"], rows["nearest of 50 people"]["held"]) == (True, False)
    assert rows["VAE ceiling"] | {"value": None, "held_floor": False, "held": False} == rows["VAE ceiling"]


@pytest.mark.parametrize("goal", scores.GOALS, ids=lambda goal: goal.name)
def test_no_goal_is_easier_than_its_floor(goal: scores.Goal) -> None:
    assert goal.goal <= goal.floor if goal.at_most else goal.goal >= goal.floor
    assert goal.verdict(goal.goal)["held_floor"] is True


def test_rendering_without_the_head_is_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("FACEKIT", raising=False)
    with pytest.raises(BadInput, match="set FACEKIT"):
        evaluate.render(tmp_path, people=1, workers=1)


def test_processes_share_the_subjects_and_one_that_cannot_be_shot_ends_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def shoot_subject(folder: Path, index: int, *_: object) -> None:
        if index == 1:
            raise BadInput("No photo can be used.")
        folder.mkdir()
        (folder / "shot").touch()

    monkeypatch.setattr(trial, "shoot_subject", shoot_subject)
    monkeypatch.setattr(pipeline, "load", lambda *_, **__: SimpleNamespace(device="cpu"))
    monkeypatch.setenv("WORLD_SIZE", "2")
    for rank in "10":
        monkeypatch.setenv("RANK", rank)
        evaluate.shoot(tmp_path, 5, evaluate.HERE / "weights", "cpu")
    shot = sorted(folder.name for folder in tmp_path.iterdir())
    assert shot == ["subject-00", "subject-02", "subject-03", "subject-04"]
    assert "shoot 1: No photo can be used." in capsys.readouterr().err
    with pytest.raises(BadInput, match="Nothing to judge in subject-01: run"):
        evaluate.judge(tmp_path, 5, 1)
