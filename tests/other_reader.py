"""A reader of Content Credentials that shares no code with ours, and what it says of pictures."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

FILES = ("package.json", "package-lock.json", "read.mjs")
Read = Callable[[Mapping[str, bytes]], dict[str, dict[str, Any]]]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="the other reader runs on Node.js")


@pytest.fixture(scope="session")
def reader(root: Path) -> Path:
    """The folder that the reader is installed in: once for each state of its lock file and script."""
    source, cache = root / "tests" / "c2pa_ts", root / ".cache"
    state = hashlib.sha256(b"".join((source / name).read_bytes() for name in FILES)).hexdigest()[:12]
    target = cache / f"c2pa-ts-{state}"
    if not target.exists():
        cache.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        for name in FILES:
            shutil.copy(source / name, fresh)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=fresh)
        with suppress(OSError):  # another test process was first
            fresh.rename(target)
    return target


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


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
