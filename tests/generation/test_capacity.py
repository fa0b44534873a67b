"""Shoots per hour, cost and time of an order are hand calculations, and say where they come from."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import User
from generation import capacity, measured
from generation.capacity import Capacity, Measured, Together
from generation.models import Shoot
from tests import cast

BENCHMARK = {
    "commit": "0123456789abcdef",
    "gpu": "NVIDIA H200",
    "date": "2026-11-23",
    "seconds_total": 90.0,
    "stock_seconds_total": 1080.0,
    "stages": {},
    "workers": [
        {"gpus": 1, "shoots_per_hour": 38.0, "efficiency": 1.0},
        {"gpus": 2, "shoots_per_hour": 74.1, "efficiency": 0.975},
    ],
}


@pytest.fixture
def results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of results, empty."""
    monkeypatch.setattr(measured, "RESULTS", tmp_path)
    return tmp_path


def timed(owner: User) -> None:
    shoot = cast.ready(owner)
    seconds = {"train": 60.0, "generate": 16.0, "rank": 4.0}  # 0.4 s a headshot: 100 s for a hundred
    Shoot.objects.filter(pk=shoot.pk).update(timings=seconds, asked=40, ready_at=timezone.now())


def told(*words: str) -> str:
    out = StringIO()
    call_command("capacity", *words, stdout=out)
    return out.getvalue()


def test_without_a_measurement_of_several_each_does_what_one_does() -> None:
    known = Measured("here", seconds=120.0)
    assert capacity.capacity(known, 1) == Capacity(1, 30.0, 1.0)
    four = capacity.capacity(known, 4)
    assert four == Capacity(4, 120.0, 1.0, measured=False)
    assert four.hours(10_000) == pytest.approx(83.333, abs=1e-3)
    assert four.cost(3.0) == pytest.approx(0.1)


def test_what_several_did_at_once_counts_where_it_was_measured() -> None:
    known = Measured("H200", 90.0, {1: Together(38.0, 1.0), 2: Together(74.1, 0.975)})
    assert capacity.capacity(known, 2) == Capacity(2, 74.1, 0.975)
    four = capacity.capacity(known, 4)  # from what one did, not 3600 / 90, and no better than two did
    assert four == Capacity(4, pytest.approx(148.2), 0.975, measured=False)


@pytest.mark.django_db
def test_own_shoots_come_before_benchmarks(ivy: User, results: Path) -> None:
    (results / "gpu-shoot-h200.json").write_text(json.dumps(BENCHMARK))
    assert "gpu-shoot-h200.json: NVIDIA H200, commit 0123456789ab, 2026-11-23" in told()
    timed(ivy)
    assert "this installation's own last shoots (1, until " in told()
    (known,) = capacity.sources()
    assert known.seconds == pytest.approx(100.0)


@pytest.mark.django_db
def test_the_table_is_the_hand_calculation(results: Path) -> None:
    (results / "gpu-shoot-h200.json").write_text(json.dumps(BENCHMARK))
    said = told("--gpus", "2", "4", "--order", "1000", "--price-per-gpu-hour", "3", "--currency", "eur")
    rows = [line.split() for line in said.splitlines()[-3:-1]]
    assert rows == [
        ["2", "74.1", "€0.0810", "13", "h", "30", "min", "measured", "98", "%"],
        ["4", "148.2", "€0.0810", "6", "h", "45", "min", "assumed", "98", "%"],
    ]


@pytest.mark.django_db
def test_without_any_measurement_it_says_what_measures(results: Path) -> None:
    with pytest.raises(CommandError, match="make bench-gpu"):
        told()


@pytest.mark.parametrize("words", [["--gpus", "0"], ["--order", "ten"], ["--price-per-gpu-hour", "nan"]])
def test_numbers_that_make_no_sense_are_refused(words: list[str]) -> None:
    with pytest.raises(CommandError, match="say for example"):
        told(*words)
