"""When one skin tone falls behind another: by more than the margin, and not by chance."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.fairness_plot import drawn
from generation.tone_charts import BOTTOM, TOP, charts
from generation.tones import ALL, behind, by_tone, enough, look_version

FAIR: dict[str, list[float]] = {
    "usable": [0.96, 0.93, 0.99],
    "likeness": [0.81, 0.79, 0.83],
    "skin shift": [2.0, 1.7, 2.3],
    "lightness": [0.1, -0.4, 0.6],
    "direction": [2.5, 2.0, 3.0],
}


def tones(**changed: dict[str, list[Any]]) -> dict[str, dict[str, Any]]:
    """A fair look, with some figures of some tones (``t10``) changed."""
    made: dict[str, dict[str, Any]] = {tone: {"people": 20, **FAIR} for tone in ALL}
    for tone, figures in changed.items():
        made[tone.removeprefix("t")].update(figures)
    return made


def frame(usable: bool = True, **changed: float | None) -> dict[str, float | bool | None]:
    measured = {"likeness": 0.8, "skin shift": 2.0, "lightness": 0.0, "direction": 2.0}
    return {"usable": usable, **measured, **changed}


def test_a_look_that_treats_all_alike_has_no_sentence() -> None:
    assert behind(tones()) == []
    assert enough(tones())


@pytest.mark.parametrize(
    ("name", "figure", "said"),
    [
        ("usable", [0.80, 0.74, 0.86], "tone 10 has 0.80, tone 1 0.96"),
        ("likeness", [0.70, 0.67, 0.73], "tone 10 has 0.70"),
        ("skin shift", [4.1, 3.8, 4.4], "tone 10 has 4.1, tone 1 2.0; 1.5 apart"),
        ("direction", [6.5, 6.0, 7.0], "tone 10 has 6.5°"),
    ],
)
def test_the_worse_tone_is_named(name: str, figure: list[float], said: str) -> None:
    (sentence,) = behind(tones(t10={name: figure}))
    assert said in sentence


@pytest.mark.parametrize(
    ("name", "figure"),
    [
        ("usable", [0.92, 0.90, 0.925]),  # apart, and surely, but within the margin
        ("usable", [0.85, 0.70, 0.94]),  # far apart, and perhaps by chance
        ("skin shift", [0.2, 0.1, 0.3]),  # better by 1.8: then all the others are behind
        ("lightness", [9.0, 8.0, 10.0]),  # shown only: the skin shift has it
    ],
)
def test_little_and_chance_are_no_reason(name: str, figure: list[float]) -> None:
    sentences = behind(tones(t10={name: figure}))
    assert bool(sentences) == (figure[0] == 0.2)


def test_a_wide_interval_of_the_worst_hides_nobody_else() -> None:
    assert behind(tones(t9={"usable": [0.7, 0.4, 0.97]})) == []
    (sentence,) = behind(tones(t9={"usable": [0.7, 0.4, 0.97]}, t10={"usable": [0.8, 0.75, 0.85]}))
    assert "tone 10 has 0.80" in sentence


def test_what_could_not_be_measured_is_behind() -> None:
    (sentence,) = behind(tones(t4={"likeness": [None, None, None]}))
    assert "nothing could be measured of tone 4" in sentence


def test_few_people_are_no_measurement() -> None:
    assert not enough(tones(t3={"people": 19}))  # type: ignore[dict-item]
    assert not enough({"1": {"people": 20}})


def test_each_person_counts_once_and_the_interval_is_over_people() -> None:
    people = [(1, [frame(True)] * 3), (1, [frame(False)] * 30), (2, [frame(direction=None)])]
    found = by_tone(people)
    assert found["1"]["usable"][0] == 0.5
    assert found["1"]["usable"][1:] == [0.0, 1.0]
    assert (found["1"]["people"], found["2"]["people"]) == (2, 1)
    assert found["2"]["direction"] == [None, None, None]
    assert by_tone(people) == found  # the same draw each time


def test_more_people_narrow_the_interval() -> None:
    rng = np.random.default_rng(1)
    widths = []
    for count in (5, 80):
        likeness = rng.normal(0.8, 0.1, count)
        (_, low, high) = by_tone([(1, [frame(likeness=float(one))]) for one in likeness])["1"]["likeness"]
        widths.append(high - low)
        assert low < 0.8 < high
    assert widths[1] < widths[0] / 2


def test_a_look_is_known_by_what_is_drawn_not_by_its_name() -> None:
    data = {"id": "garden", "version": 1, "name": "Garden", "outfit": "shirt", "directions": [{"yaw": 1}]}
    assert look_version(data) == look_version({**data, "name": "Park", "version": 2})
    assert look_version(data) != look_version({**data, "directions": [{"yaw": 2}]})


def test_better_stands_where_it_belongs_in_the_drawing() -> None:
    usable = charts(tones(t10={"usable": [0.5, 0.4, 0.6]}))[0]
    first, last = usable.dots[0], usable.dots[-1]
    assert TOP < first.y < last.y < BOTTOM
    assert last.high < last.y < last.low
    assert [dot.tone for dot in usable.dots] == list(ALL)
    assert usable.allowed is not None
    top, height = usable.allowed
    assert top == first.y < top + height < last.y
    assert charts({}) == []


def test_the_plot_of_a_result_is_a_drawing_with_every_look_and_tone() -> None:
    drawing = ElementTree.fromstring(drawn({"garden@1": tones(), "low-key@1": tones()}))
    words = [one.text for one in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert "garden@1: likeness" in words
    assert words.count("10") == 2 * 5
