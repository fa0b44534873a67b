"""A result fits the code that it measured, or somebody is told what to run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import fresh
from benchmarks.measures import MEASURES, PUT_OFF, RESULTS, code, digest


def told(folder: Path, name: str, held: object) -> list[str]:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(held))
    return [words for _, words in fresh.stale(file)]


@pytest.mark.parametrize("name", MEASURES)
def test_what_a_result_measures_is_there(name: str, root: Path) -> None:
    assert not [path for path in MEASURES[name].paths if not list(root.glob(path))]


def test_a_result_of_todays_code_is_fresh(tmp_path: Path) -> None:
    assert told(tmp_path, "corpus", {"commit": "abc", "code": code("corpus")}) == []
    runs = [{"commit": "abc"}, {"commit": "def", "code": code("training")}]
    assert told(tmp_path, "training", runs) == []  # only the last made what is there


def test_a_result_of_other_code_names_what_changed_and_the_command(tmp_path: Path) -> None:
    changed = "generation/engine/plain.py"
    (sentence,) = told(tmp_path, "corpus", {"commit": "abc", "code": code("corpus") | {changed: "0" * 12}})
    assert changed in sentence
    assert "decoder.py" not in sentence
    assert sentence.endswith("make corpus")


def test_a_part_of_a_result_is_old_alone(tmp_path: Path) -> None:
    parts = {"flush": {"commit": "abc", "code": code("faults flush")}, "estimates": {"commit": "abc"}}
    (sentence,) = told(tmp_path, "faults", parts)
    assert "estimates" in sentence
    assert sentence.endswith("estimates=30")


def test_a_result_that_nobody_described_is_pointed_at(tmp_path: Path) -> None:
    assert "measures.py" in told(tmp_path, "speed", {"commit": "abc"})[0]


def test_only_what_is_measured_and_old_is_put_off() -> None:
    old = {name for file in RESULTS.glob("*.json") for name, _ in fresh.stale(file)}
    assert set(PUT_OFF) <= old


def test_a_digest_sees_contents_and_names_of_files(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    first = digest("*.py", tmp_path)
    (tmp_path / "a.py").write_text("2")
    second = digest("*.py", tmp_path)
    (tmp_path / "a.py").rename(tmp_path / "b.py")
    assert len({first, second, digest("*.py", tmp_path)}) == 3
    (tmp_path / "b.py").rename(tmp_path / "a.py")
    assert digest("*.py", tmp_path) == second
