"""The suites of proofs name tests that exist, and count what came of them as they should."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests import proofs
from tests.drill.__main__ import STEPS
from tests.privacy.promises import PROOFS as PRIVACY
from tests.proofs import Proof
from tests.security.promises import PROOFS as SECURITY

PASSES = """import pytest
@pytest.mark.parametrize("n", [1, 2])
def test_holds(n: int) -> None: pass
@pytest.mark.parametrize("n", [1, 2])
def test_breaks(n: int) -> None: assert n == 1
@pytest.mark.skip
def test_waits() -> None: pass
"""


def test_every_proof_names_tests_that_exist() -> None:
    assert not proofs.missing([*PRIVACY, *SECURITY])
    assert proofs.missing([Proof(1, "", ("tests/test_proofs.py::test_nothing", "tests/nowhere.py"))]) == [
        "tests/test_proofs.py::test_nothing",
        "tests/nowhere.py",
    ]


def test_every_promise_of_the_suites_is_proven() -> None:
    assert {proof.promise for proof in SECURITY} == set(range(19, 31))
    assert {proof.promise for proof in PRIVACY} == set(range(31, 40))


def test_a_promise_holds_when_each_of_its_tests_passed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "sub").mkdir()
    file = tmp_path / "sub" / "test_it.py"
    file.write_text(PASSES)
    monkeypatch.setattr(proofs, "ROOT", tmp_path)
    nodes = [f"sub/test_it.py{test}" for test in ("::test_holds", "::test_breaks", "::test_waits", "")]
    found = proofs.gather([Proof(1, "", (node,)) for node in nodes])
    assert [one["holds"] for one in found["promises"]] == [True, False, False, False]
    assert [one["measured"] for one in found["promises"]] == [
        "tests: 1 passed",
        "tests: 1 failed",
        "tests: 1 skipped",
        "tests: 1 passed, 1 failed, 1 skipped",
    ]
    assert not found["holds"]


def test_the_drill_walks_through_sections_of_the_runbook(root: Path) -> None:
    """And the runbook names every command of its own."""
    runbook = (root / "docs" / "runbook.md").read_text(encoding="utf-8")
    assert all(f"## {step}\n" in runbook for step in STEPS)
    named = set(re.findall(r"manage\.py ([a-z_]+)", runbook))
    assert {"lock_out", "whose", "rotate_master_key"} <= named <= set(get_commands())


def test_each_part_of_a_result_keeps_its_own_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "RESULTS", tmp_path)
    proofs.note("privacy", "one", {"date": "a"}, {"holds": True})
    proofs.note("privacy", "two", {"date": "b"}, {"holds": False})
    proofs.note("privacy", "one", {"date": "c"}, {"holds": True})
    assert (tmp_path / "privacy.json").read_text().split() == (
        '{ "one": { "date": "c", "holds": true }, "two": { "date": "b", "holds": false } }'.split()
    )
