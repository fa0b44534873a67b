"""The list of breaks fits the code: each can still be made, by tests that are there."""

from __future__ import annotations

from pathlib import Path

import pytest

from .breaks import BREAKS, Break


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.what)
def test_a_break_can_still_be_made(root: Path, one: Break) -> None:
    assert (root / one.file).read_text().count(one.old) == 1


@pytest.mark.parametrize("one", BREAKS, ids=lambda one: one.what)
def test_what_must_notice_it_is_there(root: Path, one: Break) -> None:
    for test in one.tests:
        file, _, name = test.partition("::")
        assert (root / file).is_file()
        assert not name or f"def {name}(" in (root / file).read_text()


def test_every_group_of_promises_is_broken_at_least_once() -> None:
    groups = {one.group for one in BREAKS}
    assert groups >= {"money", "work", "files in", "who sees what", "free try", "consent", "erasure"}
    assert groups >= {"provenance", "model"}
