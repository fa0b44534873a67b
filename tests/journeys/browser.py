"""Which browser the journeys use, and what every page is asked."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Page

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")

ROOT = Path(__file__).resolve().parents[2]


def axe_source() -> str:
    """axe-core, installed once for each state of its lock file."""
    source, cache = ROOT / "tests" / "axe", ROOT / ".cache"
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
        with suppress(OSError):  # another process was first
            fresh.rename(target)
    return (target / "node_modules" / "axe-core" / "axe.min.js").read_text()


def serious(page: Page, axe: str) -> list[str]:
    """Findings of axe that keep somebody from using the page."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [
        f"{one['id']}: {node['target']}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def too_wide(page: Page) -> bool:
    """Whether the page has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))
