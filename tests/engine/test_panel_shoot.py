"""The fairness panel's shoot in its smallest size: two tones, two people each, the tiny model."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from generation.engine.looks import CATALOGUE
from generation.engine.types import BadInput, Recipe
from generation.tones import behind, enough
from generation.understudy import panel, panel_shoot

PEOPLE = (0, 1, 10, 11)
FULL = CATALOGUE["garden"]
LOOK = replace(FULL, directions=FULL.directions[:2])
TINY = Recipe(rank=4, steps=2, batch=2, checkpoints=1, warmup=1)


@pytest.fixture(scope="module")
def shot(tiny_model: Path, person: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("panel")
    for index in PEOPLE:
        photos = panel_shoot.folder_of(out, index) / "photos"
        photos.mkdir(parents=True)
        for file in person[:3]:
            shutil.copy(file, photos)
    panel_shoot.shoot_all(out, PEOPLE, [LOOK], tiny_model, device="cpu", recipe=TINY)
    return out


def test_each_tone_has_figures_of_each_look(shot: Path, tiny_model: Path) -> None:
    made = panel_shoot.figures(shot, PEOPLE, [LOOK], tiny_model)
    tones = made["looks"]["garden@1"]["tones"]
    assert {tone: row["people"] for tone, row in tones.items()} == {"1": 2, "2": 2}
    assert tones["1"]["usable"] == [0.0, 0.0, 0.0]  # a tiny random model draws no faces
    assert "nothing could be measured" in " ".join(behind(tones))
    assert not enough(tones)
    (file,) = panel_shoot.folder_of(shot, 0).glob("*/garden@1.json")
    assert len(json.loads(file.read_text())["frames"]) == len(LOOK.directions)


def test_a_second_run_learns_and_draws_only_what_is_missing(shot: Path, tiny_model: Path) -> None:
    (known,) = panel_shoot.folder_of(shot, 0).glob("*/garden@1.json")
    (other,) = panel_shoot.folder_of(shot, 1).glob("*/garden@1.json")
    identity = other.parent / "identity.safetensors"
    before = known.stat().st_mtime_ns, identity.stat().st_mtime_ns
    other.unlink()
    with pytest.raises(BadInput, match="garden@1 is not measured of person 1: run the stage shoot"):
        panel_shoot.figures(shot, PEOPLE, [LOOK], tiny_model)
    panel_shoot.shoot_all(shot, PEOPLE, [LOOK], tiny_model, device="cpu", recipe=TINY)
    assert other.is_file()
    assert (known.stat().st_mtime_ns, identity.stat().st_mtime_ns) == before


def test_a_changed_look_of_the_same_name_is_not_taken_for_measured(shot: Path, tiny_model: Path) -> None:
    changed = replace(LOOK, outfit_colour="red")
    with pytest.raises(BadInput, match="not measured"):
        panel_shoot.figures(shot, PEOPLE, [changed], tiny_model)


def test_who_has_no_photos_is_said_and_the_others_are_shot(
    shot: Path, tiny_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    panel_shoot.shoot_all(shot, (0, 5), [LOOK], tiny_model, device="cpu", recipe=TINY)
    said = capsys.readouterr().err
    assert "person 5: There is no folder" in said
    assert "person 0: 0 s" in said
    assert panel.person(5).tone == 6
