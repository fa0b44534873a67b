"""The gallery's two files and the mark in every headshot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from generation.engine import marking
from generation.engine.gallery import Gallery, Headshot, as_json, as_page, headshot
from generation.engine.intake import open_photo
from generation.engine.looks import CATALOGUE
from generation.engine.types import Direction, Frame, Score


def example(count: int = 3) -> Gallery:
    shots = tuple(
        Headshot(
            f"headshots/{i:03d}-studio-grey.jpg",
            i,
            i < 3,
            0.8,
            0.05,
            None if i == 2 else 2.5,
            -17.2,
            "studio-grey",
            1,
            Direction(yaw=-18),
            40 + i,
        )
        for i in range(1, count + 1)
    )
    photo = Image.new("RGB", (300, 400), (120, 90, 70))
    return Gallery(shots, (photo,), 256, "understudy", "a" * 64, "b" * 64, keep=("round glasses",))


def test_gallery_json_holds_every_field_and_no_nan() -> None:
    said = json.loads(as_json(example()), parse_constant=lambda word: pytest.fail(f"{word} in JSON"))
    fields = {
        "file",
        "rank",
        "select",
        "likeness",
        "sharpness",
        "skin_shift",
        "yaw",
        "look",
        "direction",
        "seed",
    }
    assert fields <= set(said["headshots"][0])
    assert said["headshots"][1]["skin_shift"] is None
    assert said["made_with_ai"] is True
    assert {"model", "adapter", "timings"} <= set(said)


def test_the_page_shows_every_headshot_loads_nothing_and_says_it_is_ai() -> None:
    page = as_page(example())
    for i in (1, 2, 3):
        assert f'src="headshots/{i:03d}-studio-grey.jpg"' in page
    assert "made with AI" in page
    assert "2 selects" in page
    assert "round glasses" in page
    assert "http:" not in page
    assert "https:" not in page
    assert "<script" not in page


def test_files_sort_best_first() -> None:
    look = CATALOGUE["boardroom"]
    frame = Frame(Image.new("RGB", (8, 8)), look, look.directions[0], 7)
    names = [headshot(frame, Score(0.8, 0.05, float("nan"), 0.1, 3.0, rank=i)).file for i in (2, 10, 1)]
    assert sorted(names) == [names[2], names[0], names[1]]
    assert names[0] == "headshots/002-boardroom.jpg"


def test_words_from_outside_cannot_break_the_page() -> None:
    page = as_page(Gallery((), (), 256, "<b>model</b>", "a" * 64, "", keep=("<i>",)))
    assert "<b>model" not in page
    assert "<i>" not in page


def test_a_saved_headshot_declares_itself_ai_made(tmp_path: Path) -> None:
    marking.write(tmp_path / "a.jpg", marking.jpeg(Image.new("RGB", (64, 64))))
    with Image.open(tmp_path / "a.jpg") as saved:
        assert "trainedAlgorithmicMedia" in str(saved.info["xmp"])
    assert [path.name for path in tmp_path.iterdir()] == ["a.jpg"]


def test_the_intake_knows_our_own_headshots_again() -> None:
    assert open_photo(marking.jpeg(Image.new("RGB", (300, 300))), "ours.jpg").ai_made
