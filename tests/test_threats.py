"""Each threat of docs/threat-model.md has something that stops it, and tests that exist show it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHOWN = re.compile(r"`([^`]+)`")
HEAD = {"threat", "---"}


def rows() -> Iterator[tuple[str, str, list[str]]]:
    """(threat, what stops it, what shows it)"""
    for line in (ROOT / "docs/threat-model.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("|") and cells[0] not in HEAD:
            threat, stop, shown = cells
            yield threat, stop, SHOWN.findall(shown)


def test_every_threat_is_stopped_and_something_shows_it() -> None:
    found = list(rows())
    assert len(found) > 30
    assert not [threat for threat, stop, shown in found if not stop or not shown]


def test_what_shows_it_is_there() -> None:
    verbs = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    assert not [name for _, _, shown in rows() for name in shown if not _is_there(name, verbs)]


def _is_there(name: str, verbs: set[str]) -> bool:
    if name.startswith("make "):
        return name.removeprefix("make ") in verbs
    file, _, test = name.partition("::")
    return (ROOT / file).is_file() and f"def {test}(" in (ROOT / file).read_text()
