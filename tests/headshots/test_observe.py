"""What ``deploy/observe`` asks for is what ``/metrics`` tells; alarms are silent below their thresholds."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.utils import timezone

from accounts.models import User
from generation.models import Shoot
from headshots.models import Worker
from headshots.monitoring import PREFIX, everything, lines
from tests import cast

NAME = re.compile(rf"\b{PREFIX}[a-z_]+")
LABELLED = re.compile(rf"\b({PREFIX}[a-z_]+){{([a-z]+)=~?\"([^\"]+)\"}}")


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "deploy/observe"


@pytest.fixture
def told(ivy: User) -> set[tuple[str, str, str]]:
    """Name, label and value of everything that a site tells that has finished a shoot."""
    timings = {"train": 60.0, "generate": 20.0, "rank": 3.0}
    Shoot.objects.filter(pk=cast.ready(ivy, 1).pk).update(timings=timings)
    now = timezone.now()
    Worker.objects.create(samples=1, began=now - timedelta(minutes=1), seen_at=now)
    return {
        (PREFIX + one.name, label, value)
        for one in everything(now)
        for labels, _ in one.values
        for label, value in (labels or {"": ""}).items()
    }


def rules(folder: Path) -> list[dict[str, Any]]:
    (group,) = yaml.safe_load((folder / "alarms.yml").read_text())["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


def values(thing: Any, key: str) -> Iterator[str]:
    """Of that key, anywhere within."""
    if isinstance(thing, dict):
        yield from (value for name, value in thing.items() if name == key and isinstance(value, str))
    for inner in thing.values() if isinstance(thing, dict) else thing if isinstance(thing, list) else ():
        yield from values(inner, key)


def test_alarms_and_dashboard_ask_for_what_there_is(folder: Path, told: set[tuple[str, str, str]]) -> None:
    board = list(values(json.loads((folder / "dashboard.json").read_text()), "expr"))
    asked = [rule["expr"] for rule in rules(folder)] + board
    assert len(board) > 20
    names = {name for expression in asked for name in NAME.findall(expression)}
    assert names <= {name for name, _, _ in told}
    labelled = {
        (name, label, value)
        for expression in asked
        for name, label, said in LABELLED.findall(expression)
        for value in said.split("|")
    }
    assert labelled
    assert labelled <= told


def test_the_dashboard_shows_every_figure(folder: Path, told: set[tuple[str, str, str]]) -> None:
    board = (folder / "dashboard.json").read_text()
    assert {name for name, _, _ in told} <= set(NAME.findall(board))


def test_every_alarm_says_what_to_do_and_is_tested(folder: Path) -> None:
    names = [rule["alert"] for rule in rules(folder)]
    tests = yaml.safe_load((folder / "alarms_test.yml").read_text())["tests"]
    assert [test["name"] for test in tests] == names
    for rule, test in zip(rules(folder), tests, strict=True):
        assert rule["labels"]["severity"] in {"page", "ticket"}
        assert set(rule["annotations"]) == {"summary", "what_to_do"}
        silent, fires = (one["exp_samples"] for one in test["promql_expr_test"])
        assert not silent
        assert fires


def test_the_alarms_fire_as_they_are_tested(folder: Path) -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed; Debian's package prometheus brings it.")
    for asked in (("check", "rules", "alarms.yml"), ("test", "rules", "alarms_test.yml")):
        said = subprocess.run([program, *asked], cwd=folder, capture_output=True, text=True, check=False)
        assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.django_db
def test_the_page_is_what_prometheus_reads() -> None:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed; Debian's package prometheus brings it.")
    page = "".join(lines(everything(timezone.now())))
    said = subprocess.run(
        [program, "check", "metrics"], input=page, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
