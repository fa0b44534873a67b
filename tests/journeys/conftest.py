"""A real browser against the real pages."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.journeys.browser import CHROMIUM

# Playwright keeps an event loop in this thread, and Django would refuse its database beside one.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium; as root, as in a container, it starts only without its sandbox."""
    args = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": args}


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """What the browser's console said: a broken content security policy, a missing file, an error."""
    said: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            said.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture(scope="session")
def axe(root: Path) -> str:
    """The source of axe-core, installed once for each state of its lock file."""
    source, cache = root / "tests" / "axe", root / ".cache"
    lock = (source / "package-lock.json").read_bytes()
    target = cache / f"axe-{hashlib.sha256(lock).hexdigest()[:12]}"
    if not target.exists():
        cache.mkdir(exist_ok=True)
        fresh = Path(tempfile.mkdtemp(dir=cache))
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, fresh)
        command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
        done = subprocess.run(command, cwd=fresh, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stderr
        with suppress(OSError):  # another test process was first
            fresh.rename(target)
    return (target / "node_modules" / "axe-core" / "axe.min.js").read_text()
