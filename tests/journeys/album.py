"""A picture of every page that a journey comes to, and when it came there."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Page

# Pictures that are still to come would be missing; those further down are fetched only when they are near.
ARRIVED = """async () => {
    const pictures = [...document.images];
    for (const picture of pictures) picture.loading = "eager";
    const come = (picture) => new Promise((go) => (picture.onload = picture.onerror = go));
    await Promise.all(pictures.filter((picture) => !picture.complete).map(come));
    await Promise.all(pictures.map((picture) => picture.decode().catch(() => null)));
}"""


HEIGHT = 844


class Album:
    """The pictures of one journey; ``reached`` holds the seconds since its beginning, by name of the page."""

    def __init__(self, page: Page, folder: Path, width: int) -> None:
        self.page, self.folder, self.width = page, folder, width
        self.begun, self.reached = time.monotonic(), dict[str, float]()
        self.pages, self.routes = 0, set[str]()

    def see(self, name: str) -> None:
        self.pages += 1
        self.reached[name] = time.monotonic() - self.begun
        with suppress(Resolver404):  # the page that says so
            self.routes.add(resolve(urlsplit(self.page.url).path).view_name)
        self.page.wait_for_load_state()
        slug = re.sub("[^a-z0-9]+", "-", name.lower())
        self.page.evaluate(ARRIVED)
        # As high as the page is: what sticks to the bottom of a window would lie across the middle.
        height = self.page.evaluate("document.documentElement.scrollHeight")
        self.page.set_viewport_size({"width": self.width, "height": height})
        self.page.screenshot(path=self.folder / f"{self.width}-{self.pages:02}-{slug}.png")
        self.page.set_viewport_size({"width": self.width, "height": HEIGHT})

    def between(self, first: str, last: str) -> float:
        """Seconds."""
        return round(self.reached[last] - self.reached[first], 1)
