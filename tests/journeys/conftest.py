"""A real browser against the real pages."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.sync_api import ConsoleMessage, Page

from tests.journeys.browser import CHROMIUM, axe_source

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
            said.append(f"{message.location['url']}: {message.text}")

    page.on("console", note)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


@pytest.fixture(scope="session")
def axe() -> str:
    return axe_source()
