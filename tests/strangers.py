"""The pretended engine, some of whose frames show somebody else; it waits only to be told which."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.conf import settings

from generation import lab
from generation.engine.ranking import Measures
from generation.engine.resident import Learned
from tests.faults import engine

LIKE = list[int]()  # of each training in turn: how many of its frames show the person
STRANGER = replace(engine.MEASURES, embedding=-engine.MEASURES.embedding)


class Resident(engine.Resident):
    def learn(self, *given: Any, seed: int, cancelled: Callable[[], bool], **more: Any) -> Learned:
        while len(LIKE) <= seed:
            engine.wait(0.05, cancelled)
        self.like = LIKE[seed]
        return super().learn(*given, seed=seed, cancelled=cancelled, **more)

    def frame(self, number: int) -> Measures:
        return engine.MEASURES if number < self.like else STRANGER


Checker = engine.Checker


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Fill it with how many frames of each training shall show the person."""
    monkeypatch.setattr(settings, "ENGINE", __name__)
    monkeypatch.setattr(engine, "STEP", 0)
    monkeypatch.setattr(engine, "FRAME", 0)
    lab.close()
    LIKE.clear()
    yield LIKE
    lab.close()
