"""Which browser the journeys use, and what every page is asked."""

from __future__ import annotations

import shutil

from playwright.sync_api import Page

from tests.npm import installed

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")


def axe_source() -> str:
    return (installed("axe") / "node_modules" / "axe-core" / "axe.min.js").read_text()


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
