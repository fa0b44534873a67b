"""What is promised of the site's figures, and which of them do not keep it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

# Milliseconds, requests, queries of one page, milliseconds, share of the screen that moves.
MOST = {"p95_ms": 200, "errors": 0, "queries": 15, "lcp_ms": 2500, "cls": 0.1, "serious": 0}


def missed(figures: Mapping[str, Any]) -> list[str]:
    """A sentence for each figure above what is promised, wherever among the figures it stands."""
    return [
        f"{', '.join(path)}: {value}, at most {MOST[kind]}"
        for path, value in _leaves(figures)
        for kind in MOST.keys() & set(path)
        if value > MOST[kind]
    ]


def _leaves(part: Mapping[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], float]]:
    for name, value in part.items():
        if isinstance(value, Mapping):
            yield from _leaves(value, (*path, name))
        else:
            yield (*path, name), len(value) if isinstance(value, list) else value
