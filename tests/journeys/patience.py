"""Waits as long as something moves: a shoot takes minutes on an idle machine, and hours on a busy one."""

from __future__ import annotations

import time

from playwright.sync_api import Locator, expect

STILL = 480  # seconds in which the page says nothing new: by then even a busy machine has read its models
GLANCE = 5_000  # ms between two looks at what the page says


def until(shown: Locator) -> None:
    """Until it is there. Raises AssertionError with what the page says once nothing has moved for long."""
    said, since = "", time.monotonic()
    while True:
        try:
            expect(shown).to_be_visible(timeout=GLANCE)
        except AssertionError:
            says = shown.page.locator("main").inner_text()
            if says != said:
                said, since = says, time.monotonic()
            if time.monotonic() - since > STILL:
                raise AssertionError(f"Nothing moved for {STILL} s. The page says:\n{says}") from None
        else:
            return
