"""The fairness panel: enough people of every tone, and no trait that stands for a tone."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from generation.understudy import cast, panel

PEOPLE = [panel.person(index) for index in range(panel.TONES * panel.PER_TONE)]


def test_what_is_written_down_is_who_is_rendered() -> None:
    assert panel.DESCRIPTION.read_text() == panel.text(panel.described())


def test_twenty_people_of_every_tone_and_none_of_the_evaluations() -> None:
    assert Counter(one.tone for one in PEOPLE) == {float(tone): 20 for tone in range(1, 11)}
    seen = {one.seed for one in PEOPLE}
    assert len(seen) == len(PEOPLE)
    others = [cast.subject(i) for i in range(20)] + [cast.bystander(i) for i in range(60)]
    assert seen.isdisjoint(one.seed for one in others)


@pytest.mark.parametrize("tone", range(1, 11))
def test_glasses_covered_hair_and_age_cues_are_crossed_within_each_tone(tone: int) -> None:
    own = [one for one in PEOPLE if one.tone == tone]
    cells = Counter((one.glasses != "no glasses", one.hair_shows, int(5 * one.age)) for one in own)
    assert len(cells) == 20


def test_hair_and_beards_go_with_no_tone() -> None:
    tones = np.array([one.tone for one in PEOPLE])
    for trait in ("grey", "freckles", "hair_length", "volume"):
        assert abs(np.corrcoef(tones, [getattr(one, trait) for one in PEOPLE])[0, 1]) < 0.2, trait
    for tone in (1, 10):
        assert len({one.hair_style for one in PEOPLE if one.tone == tone}) > 6
