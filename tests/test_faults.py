"""Every fault that is played has a promise, code that it measures, and a module of its own."""

from __future__ import annotations

from benchmarks.measures import MEASURES
from tests.faults.__main__ import SCENARIOS
from tests.faults.promised import PROMISES, table


def test_each_scenario_is_promised_and_measured() -> None:
    assert set(PROMISES) == set(SCENARIOS)
    assert {f"faults {name}" for name in SCENARIOS} <= set(MEASURES)


def test_its_line_says_promise_figure_and_what_was_found() -> None:
    found = {"commit": "abc", "restarted": 20, "not finished": 1, "holds": False}
    line = table({"postgres": found})
    assert line.startswith("FAILS  postgres: ")
    assert "≤ 60 s" in line
    assert line.endswith("restarted 20, not finished 1")
