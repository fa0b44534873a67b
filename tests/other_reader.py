"""A reader of Content Credentials that shares no code with ours, and what it says of pictures."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from .npm import installed, run

Read = Callable[[Mapping[str, bytes]], dict[str, dict[str, Any]]]


@pytest.fixture(scope="session")
def reader() -> Path:
    """The folder that the reader is installed in."""
    return installed("c2pa_ts")


@pytest.fixture
def read(reader: Path, tmp_path: Path) -> Read:
    """From pictures by name to what the reader says of each: found, valid, codes, source."""

    def said(pictures: Mapping[str, bytes]) -> dict[str, dict[str, Any]]:
        for name, data in pictures.items():
            (tmp_path / name).write_bytes(data)
        lines = run("node", "read.mjs", *(str(tmp_path / name) for name in pictures), folder=reader)
        return dict(zip(pictures, map(json.loads, lines.splitlines()), strict=True))

    return said


def altered(picture: bytes) -> bytes:
    """The same with one bit of what is seen the other way round."""
    changed = bytearray(picture)
    changed[-1000] ^= 1
    return bytes(changed)
