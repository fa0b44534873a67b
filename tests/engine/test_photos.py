"""Verdicts: good photos of everybody pass, spoiled ones are refused for what was spoiled."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from benchmarks import degradations as spoil
from generation.engine import photos, together
from generation.engine.types import BadInput, Bounds, Photo, Pixels, Reading, Verdict

PHOTOS = Path(__file__).parent.parent / "photos"
TRUTH: dict[str, dict[str, Any]] = json.loads((PHOTOS / "truth.json").read_text())
BARE = sorted(name for name, truth in TRUTH.items() if truth["occlusion"] == "none")
SUNGLASSES = sorted(name for name, truth in TRUTH.items() if truth["occlusion"] == "sunglasses")
MASKS = sorted(name for name, truth in TRUTH.items() if truth["occlusion"] == "mask")
SET = ["person-2-0.jpg", "person-2-1.jpg", "person-2-2.jpg", "person-2-3.jpg"]


@cache
def photo(name: str) -> Photo:
    return Photo(Image.open(PHOTOS / name).convert("RGB"), name=name)


@cache
def verdict(name: str) -> Verdict:
    return photos.judge(photo(name))


def judged(pixels: Pixels) -> tuple[str, ...]:
    return codes(photos.judge(Photo(Image.fromarray(pixels))))


def codes(given: Verdict) -> tuple[str, ...]:
    return tuple(reason.code for reason in given.reasons)


def spoiled(name: str, how: spoil.Spoil) -> tuple[str, ...]:
    points = np.array(TRUTH[name]["landmarks"])
    return judged(how(np.asarray(photo(name).image), points, np.random.default_rng(4)))


@pytest.mark.parametrize("name", BARE)
def test_good_photos_pass(name: str) -> None:
    """Every Monk tone, headscarf, turban, glasses and beard among them."""
    assert verdict(name).accepted, codes(verdict(name))
    assert verdict(name).face is not None


def test_the_set_covers_whom_it_must() -> None:
    assert {round(TRUTH[name]["tone"]) for name in BARE} >= {1, 2, 3, 4, 5, 6, 7, 8, 9}
    assert {TRUTH[name]["covering"] for name in BARE} == {"headscarf", "turban", "uncovered"}
    assert any(TRUTH[name]["glasses"] != "no glasses" for name in BARE)
    assert any(TRUTH[name]["beard"] != "no beard" for name in BARE)


@pytest.mark.parametrize("name", SUNGLASSES)
def test_sunglasses_hide_the_eyes(name: str) -> None:
    assert codes(verdict(name)) == ("eyes_hidden",)


@pytest.mark.parametrize("name", MASKS)
def test_a_mask_covers_the_face(name: str) -> None:
    assert codes(verdict(name)) == ("face_covered",)


@pytest.mark.parametrize("name", ["person-1-0.jpg", "person-3-0.jpg", "person-5-0.jpg", "person-8-0.jpg"])
@pytest.mark.parametrize(
    ("how", "code"),
    [
        (spoil.blurred, "blurred"),
        (spoil.too_dark, "too_dark"),
        (spoil.blown, "blown"),
        (spoil.small, "too_small"),
    ],
)
def test_what_spoils_a_photo_is_named(name: str, how: spoil.Spoil, code: str) -> None:
    assert spoiled(name, how) == (code,)


@pytest.mark.parametrize(
    ("how", "code"), [(spoil.filtered, "heavy_filter"), (spoil.mixed, "mixed_light")], ids=["filter", "light"]
)
def test_advice_does_not_refuse(how: spoil.Spoil, code: str) -> None:
    name = "person-3-0.jpg"
    points = np.array(TRUTH[name]["landmarks"])
    pixels = how(np.asarray(photo(name).image), points, np.random.default_rng(4))
    given = photos.judge(Photo(Image.fromarray(pixels)))
    assert code in codes(given)
    assert given.accepted


def test_dark_skin_under_ordinary_light_is_not_a_dark_photo() -> None:
    """The same picture of person 8 (the darkest tone) stays accepted at half its light."""
    light = spoil.linear(np.asarray(photo("person-8-0.jpg").image))
    assert judged(spoil.coded(light * 0.5)) == ()


def test_two_people() -> None:
    both = spoil.beside(np.asarray(photo("person-3-0.jpg").image), np.asarray(photo("person-5-0.jpg").image))
    assert judged(both) == ("several_faces",)


def test_nobody() -> None:
    assert judged(spoil.scenery(448, np.random.default_rng(1))) == ("no_face",)
    assert judged(np.full((300, 300, 3), 128, np.uint8)) == ("no_face",)


def test_a_mask_that_hides_the_face_from_the_detector_is_still_named() -> None:
    """Detection itself fails on such photos; the person must not read that there is no face."""
    assert spoiled("person-4-0.jpg", spoil.masked) == ("face_covered",)


def test_ai_made_is_refused() -> None:
    marked = Photo(photo("person-3-0.jpg").image, ai_made=True)
    assert codes(photos.judge(marked)) == ("ai_made",)
    assert not photos.judge(marked).accepted


@pytest.mark.parametrize(("taken", "old"), [((2024, 10), True), ((2024, 11), False), (None, False)])
def test_two_years_are_old(taken: tuple[int, int] | None, old: bool) -> None:
    given = photos.judge(Photo(photo("person-3-0.jpg").image, month=taken), now=(2026, 11))
    assert ("old" in codes(given)) is old
    assert given.accepted


def test_every_sentence_says_what_to_do() -> None:
    for name in (*BARE, *SUNGLASSES, *MASKS):
        for reason in verdict(name).reasons:
            assert reason.sentence.endswith(".")
            assert "{" not in reason.sentence


def test_size_does_not_change_a_verdict() -> None:
    for name in ("person-3-0.jpg", *SUNGLASSES[:1]):
        large = photo(name).image.resize((1400, 1400), Image.Resampling.BICUBIC)
        assert codes(photos.judge(Photo(large))) == codes(verdict(name))


def embeddings(*people: int) -> np.ndarray[Any, np.dtype[np.float32]]:
    """Unit rows: photos of one person are alike (cosine about 0.9), different people are not."""
    dice = np.random.default_rng(7)
    centres = np.linalg.qr(dice.standard_normal((128, 8)))[0].T
    rows = np.array([centres[person] + dice.normal(0, 0.03, 128) for person in people])
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def readings(*people: int, same_person: float = 0.5) -> list[Reading]:
    return [Reading(row, {}, Bounds(same_person, 0.35)) for row in embeddings(*people)]


def strangers(given: list[Reading]) -> list[int]:
    return together.strangers(dict(enumerate(given)))


def test_a_stranger_is_singled_out() -> None:
    assert strangers(readings(0, 0, 1, 0, 0, 2)) == [2, 5]
    assert strangers(readings(0, 0, 0)) == []


def test_who_is_a_stranger_is_the_readers_own_measure() -> None:
    assert strangers(readings(0, 1, 0, same_person=-0.5)) == []
    assert strangers(readings(0, 0, 0, same_person=0.99)) == [1, 2]


def test_refused_photos_are_nobodys_strangers() -> None:
    shown = [Photo(photo(SET[0]).image, ai_made=True), photo(SET[1]), photo(SET[2])]
    assert whole_set(shown, [0, 1, 1]).reasons == ((), (), ())


def test_on_a_tie_the_earlier_photo_is_the_subject() -> None:
    assert strangers(readings(0, 1)) == [1]


def whole_set(shown: list[Photo], people: list[int]) -> together.SetVerdict:
    """The set's verdict where the reader sees these people."""
    seen = iter(readings(*people))
    checked = [photos.check(one, lambda faces: [next(seen) for _ in faces]) for one in shown]
    return together.judge_set(checked, [one.name for one in shown])


def test_a_good_set_has_no_further_reason() -> None:
    given = whole_set([photo(name) for name in SET], [0] * 4)
    assert given.reasons == ((),) * 4
    assert len(given.advice) == 1
    assert len(given.coverage.cells) == 4


def test_a_copy_is_refused_and_the_original_kept() -> None:
    shown, points = [photo(name) for name in SET], np.array(TRUTH[SET[1]]["landmarks"])
    again = spoil.copied(np.asarray(shown[1].image), points, np.random.default_rng(2))
    given = whole_set([*shown, Photo(Image.fromarray(again), name="again.jpg")], [0] * 5)
    assert given.accepted(1)
    assert [reason.code for reason in given.reasons[4]] == ["duplicate"]
    assert SET[1] in given.reasons[4][0].sentence


def test_a_stranger_in_the_set_is_refused() -> None:
    shown = [photo(name) for name in [*SET, "person-7-0.jpg"]]
    given = whole_set(shown, [0, 0, 0, 0, 1])
    assert [reason.code for reason in given.reasons[4]] == ["not_same_person"]
    assert len(given.coverage.cells) == 4


@pytest.mark.parametrize("count", [0, 21])
def test_one_to_twenty_photos(count: int) -> None:
    with pytest.raises(BadInput, match="photo"):
        together.judge_set([photos.check(photo(SET[0]), lambda faces: [])] * count, [""] * count)
