"""JavaScript that tests talk to: each folder with a lock file, installed once for each state of its files."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
needs_node = pytest.mark.skipif(shutil.which("node") is None, reason="it runs on Node.js")


def installed(name: str) -> Path:
    """Where ``tests/<name>`` stands with its packages."""
    source, cache = ROOT / "tests" / name, ROOT / ".cache"
    state = hashlib.sha256(b"".join(file.read_bytes() for file in sorted(source.iterdir()))).hexdigest()
    target = cache / f"{name}-{state[:12]}"
    if not target.exists():
        cache.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        shutil.copytree(source, fresh, dirs_exist_ok=True)
        run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", folder=fresh)
        with suppress(OSError):  # another test process was first
            fresh.rename(target)
    return target


def run(*command: str, folder: Path) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout
