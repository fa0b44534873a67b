"""After each test of shoots the books agree: whatever spends a credit says so in the journal."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from billing import proof


@pytest.fixture(autouse=True)
def books(request: pytest.FixtureRequest) -> Iterator[None]:
    marked = request.node.get_closest_marker("django_db")
    held = marked or {"db", "transactional_db"} & set(request.fixturenames)
    if held:
        request.getfixturevalue("db")
    yield
    if held:
        assert proof.faults() == []
