"""The coverage coach: it sees what is missing, says so, and is content once it is there."""

from __future__ import annotations

from itertools import product

import pytest

from generation.engine import coverage
from generation.engine.coverage import ANGLES, EXPRESSIONS, LIGHTS, Cell

YAW = dict(zip(ANGLES, (-32.0, -14.0, 0.0, 14.0, 32.0)))
LIGHT = dict(zip(LIGHTS, (-12.0, 0.0, 12.0)))
SMILE = dict(zip(EXPRESSIONS, (0.12, 0.45, 0.95)))


def photo(cell: Cell) -> dict[str, float]:
    angle, light, expression = cell
    return {"yaw": YAW[angle], "light": LIGHT[light], "smile": SMILE[expression]}


def plan() -> list[Cell]:
    """15 photos that show every pair of values once or more: a Latin square of light."""
    return [
        (angle, LIGHTS[(i + j) % 3], expression)
        for (i, angle), (j, expression) in product(enumerate(ANGLES), enumerate(EXPRESSIONS))
    ]


@pytest.mark.parametrize("gap", range(15))
def test_the_one_missing_photo_is_asked_for(gap: int) -> None:
    cells = plan()
    missing = cells.pop(gap)
    assert coverage.next_best(coverage.cover([photo(cell) for cell in cells])) == missing


@pytest.mark.parametrize("gap", range(15))
def test_adding_it_changes_the_advice(gap: int) -> None:
    cells = plan()
    missing = cells.pop(gap)
    before = coverage.cover([photo(cell) for cell in cells])
    after = coverage.cover([photo(cell) for cell in [*cells, missing]])
    assert coverage.advise(before) != coverage.advise(after)


def test_an_empty_set_starts_with_a_frontal_softly_smiling_photo() -> None:
    assert coverage.next_best(coverage.cover([])) == ("front", "front", "slight smile")


def test_advice_fills_the_map_in_fifteen_photos() -> None:
    shown: list[dict[str, float]] = []
    for _ in range(15):
        shown.append(photo(coverage.next_best(coverage.cover(shown))))
    covered = coverage.cover(shown)
    assert covered.angles == 5
    assert {cell[2] for cell in covered.cells} == set(EXPRESSIONS)
    assert {cell[1] for cell in covered.cells} == set(LIGHTS)
    assert len(set(covered.cells)) == 15


def test_few_angles_is_a_warning_and_three_are_enough() -> None:
    front = [photo(("front", light, face)) for light, face in product(LIGHTS, EXPRESSIONS)]
    (warning,) = coverage.advise(coverage.cover(front))
    assert warning.code == "few_angles"
    assert not warning.blocking
    assert "turned" in warning.sentence
    more = [photo((angle, "front", "smile")) for angle in ("three-quarter left", "slightly right")]
    (advice,) = coverage.advise(coverage.cover(front + more))
    assert advice.code == "next_photo"
    assert advice.sentence.startswith("The next best photo: Add one ")


def test_counts_are_of_photos() -> None:
    cell: Cell = ("front", "left", "smile")
    covered = coverage.cover([photo(cell), photo(cell), photo(("front", "right", "neutral"))])
    assert covered.counts[cell] == 2
    assert sum(covered.counts.values()) == 3


def test_a_mouth_that_always_turns_up_still_counts_as_calm_at_its_calmest() -> None:
    """Mouths differ: the set is read from its own calmest photo."""
    faces = [*EXPRESSIONS, *EXPRESSIONS]
    curved = [{**photo(("front", "front", face)), "smile": SMILE[face] + 0.2} for face in faces]
    assert [cell[2] for cell in coverage.cover(curved).cells] == faces


def test_the_sentence_says_what_to_do() -> None:
    words = coverage.sentence(("three-quarter left", "right", "smile"))
    assert words == (
        "add one turned three-quarters to the picture's left, with a smile and "
        "window light on the face's right half as seen in the picture."
    )
