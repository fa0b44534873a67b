"""Traits are drawn independently, scenes are decided as asked, and what is missing is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generation.engine.looks import CATALOGUE, COLOURS, KEEP_GROUPS, KEEP_WORDS
from generation.engine.types import BadInput, Direction
from generation.understudy import people
from generation.understudy.casual import phone
from generation.understudy.colours import albedo, linear, skin_albedo, unfilmed
from generation.understudy.convert_head import NEUTRAL, convert
from generation.understudy.head import EXPRESSIONS, head_path
from generation.understudy.lights import rig
from generation.understudy.people import check_training_seed, population_rng, sample_person
from generation.understudy.scene import sample_scene, scene_for

CROWD = [sample_person(population_rng(3, index)) for index in range(600)]


@pytest.mark.parametrize("seed", [0, 7, 80, 99, 100])
def test_people_kept_for_tests_are_refused_for_training(seed: int) -> None:
    with pytest.raises(BadInput, match="not for training"):
        check_training_seed(seed)


def test_training_seeds_pass() -> None:
    assert [check_training_seed(seed) for seed in (1, 6, 8, 79)] == [1, 6, 8, 79]


def test_a_person_belongs_to_their_seed_and_index() -> None:
    again, other = (sample_person(population_rng(3, index)) for index in (5, 6))
    assert np.array_equal(again.shape, CROWD[5].shape)
    assert again.keep_words() == CROWD[5].keep_words()
    assert not np.array_equal(other.shape, again.shape)


def test_no_person_beyond_the_population() -> None:
    with pytest.raises(BadInput, match="100000"):
        population_rng(1, people.POPULATION)


def test_traits_come_as_often_as_meant() -> None:
    def share(trait: str, absent: str) -> float:
        return float(np.mean([getattr(person, trait) != absent for person in CROWD]))

    assert share("beard", "no beard") == pytest.approx(0.30, abs=0.06)
    assert share("glasses", "no glasses") == pytest.approx(0.25, abs=0.06)
    assert share("covering", "uncovered") == pytest.approx(0.12, abs=0.04)
    assert np.mean([person.tone for person in CROWD]) == pytest.approx(5.5, abs=0.4)


@pytest.mark.parametrize("trait", ["hair_colour", "hair_style", "beard", "glasses", "covering"])
def test_no_trait_tells_the_tone(trait: str) -> None:
    """Tones of people who share a word differ from everyone's by no more than chance would make them."""
    tones = np.array([person.tone for person in CROWD])
    words = np.array([getattr(person, trait) for person in CROWD])
    for word in set(words):
        among = tones[words == word]
        assert abs(among.mean() - tones.mean()) < 4 * tones.std() / np.sqrt(len(among))


def test_kept_words_are_the_catalogues_and_at_most_one_of_a_group() -> None:
    for person in CROWD:
        words = person.keep_words()
        assert set(words) <= set(KEEP_WORDS)
        for name, group in KEEP_GROUPS.items():
            assert len(set(words) & set(group)) <= (2 if name == "marks" else 1)


def test_a_covering_hides_hair_and_a_bald_head_has_no_colour() -> None:
    rng = np.random.default_rng(0)
    covered = sample_person(rng, covering="turban", hair_style="bob", hair_colour="red hair").keep_words()
    assert "turban" in covered
    assert not {"bob", "red hair"} & set(covered)
    bald = sample_person(
        rng, covering="uncovered", hair_style="bald head", hair_colour="red hair"
    ).keep_words()
    assert "bald head" in bald
    assert "red hair" not in bald


def test_scenes_stay_inside_what_the_studio_shoots() -> None:
    rng = np.random.default_rng(1)
    scenes = [sample_scene(rng, "studio portrait") for _ in range(300)]
    assert all(0.46 <= s.direction.head_height <= 0.74 and abs(s.direction.pitch) <= 25 for s in scenes)
    assert all(s.key_rgb == s.around_rgb == (1, 1, 1) and not s.eyes_closed for s in scenes)
    for scene in scenes:
        side = {"left": -1, "front": 0, "right": 1}[scene.direction.light_side]
        assert (abs(scene.key_azimuth) <= 15) if side == 0 else (30 <= side * scene.key_azimuth <= 75)
    hard = [s for s in scenes if s.direction.light == "hard"]
    soft = [s for s in scenes if s.direction.light == "soft"]
    assert max(s.softness for s in hard) < min(s.softness for s in soft) / 4
    assert max(s.fill for s in hard) < min(s.fill for s in soft) / 3
    named = [s for s in scenes if s.backdrop_colour]
    assert 0.6 < len(named) / len(scenes) < 0.8
    assert all(np.ptp(np.subtract(s.backdrop_rgb, COLOURS[s.backdrop_colour])) <= 10 for s in named)


def test_a_phone_photo_has_a_colour_cast_and_more_faces_than_the_catalogue() -> None:
    rng = np.random.default_rng(2)
    scenes = [sample_scene(rng, "phone photo") for _ in range(300)]
    assert np.mean([np.ptp(s.key_rgb) > 0.03 for s in scenes]) > 0.8
    assert {s.expression_detail for s in scenes} == set(EXPRESSIONS)
    assert {s.direction.expression for s in scenes} == {"neutral", "slight smile", "smile"}


def test_a_look_becomes_the_scene_that_it_asks_for() -> None:
    look = CATALOGUE["deep-teal"]
    scene = scene_for(look, look.directions[0], np.random.default_rng(3))
    assert scene.direction == look.directions[0]
    assert scene.backdrop_rgb == COLOURS["teal"]
    assert (scene.outfit, scene.outfit_rgb) == ("turtleneck", COLOURS["black"])


def test_the_key_comes_from_the_side_that_was_asked() -> None:
    look = CATALOGUE["studio-grey"]
    for side, sign in (("left", -1), ("right", 1)):
        scene = scene_for(look, Direction(light_side=side), np.random.default_rng(4))  # type: ignore[arg-type]
        assert np.sign(rig(scene)[0]["key_at"][0]) == sign


def test_asked_colours_survive_the_film_curve() -> None:
    for rgb in COLOURS.values():
        light = albedo(rgb, 1.9) * 1.9
        assert np.allclose(light * (1 + light / 3.2) / (1 + light), linear(rgb), atol=1e-6)
    assert unfilmed(np.array([0.0]))[0] == 0


def test_each_tone_is_darker_than_the_one_before() -> None:
    luminance = [skin_albedo(tone) @ [0.2126, 0.7152, 0.0722] for tone in range(1, 11)]
    assert np.all(np.diff(luminance) < 0)


def test_a_phone_changes_a_picture_a_little() -> None:
    y, x = np.mgrid[:128, :128]
    picture = np.stack([x + 60, y + 40, (x + y) // 2 + 50], -1).astype(np.uint8)
    for seed in range(10):
        taken = phone(picture, np.random.default_rng(seed))
        difference = taken.astype(float) - picture
        assert taken.shape == picture.shape
        assert 0.5 < np.sqrt((difference**2).mean()) < 25
    assert np.array_equal(phone(picture, np.random.default_rng(1)), phone(picture, np.random.default_rng(1)))


def test_a_missing_head_is_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FACEKIT", raising=False)
    with pytest.raises(BadInput, match="set FACEKIT"):
        head_path()
    with pytest.raises(BadInput, match="no packed head"):
        head_path("nowhere.npz")


def test_a_folder_that_is_not_the_public_head_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="FaceXModel"):
        convert(tmp_path, tmp_path / "head.npz")
    (tmp_path / NEUTRAL).write_text("v 0 0 0\nv 1 0 0\n")
    with pytest.raises(BadInput, match="2 vertices, not 26719"):
        convert(tmp_path, tmp_path / "head.npz")
    assert not (tmp_path / "head.npz").exists()
