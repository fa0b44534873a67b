"""Whole shoots at full size on a phone and on a desk: ``python -m tests.journeys FOLDER``.

A picture of every page goes into FOLDER, how long it took into benchmarks/results/journeys.json.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headshots.settings")
django.setup()

from django.conf import settings  # noqa: E402
from playwright.sync_api import Page, sync_playwright  # noqa: E402

from tests.journeys import story  # noqa: E402
from tests.journeys.browser import CHROMIUM  # noqa: E402
from tests.journeys.living import living  # noqa: E402
from tests.made_on import made_on  # noqa: E402

RESULT = Path("benchmarks/results/journeys.json")
WIDTHS = (390, 1440)
LOOKS = ("Studio grey", "Boardroom", "Garden", "Deep teal")


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    journeys = {}
    with tempfile.TemporaryDirectory(prefix="journeys-") as data, living(Path(data)) as site:
        for width in WIDTHS:
            journeys[f"{width} px"] = journey(site, width, folder)
            print(json.dumps(journeys), flush=True)
    made = {**made_on(), "size": settings.SHOOT_SIZE}
    RESULT.write_text(json.dumps({**made, "seconds": journeys}, indent=1) + "\n")


def journey(site: str, width: int, folder: Path) -> dict[str, float]:
    """Seconds from the first page to the one that each name says."""
    with sync_playwright() as play:
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = play.chromium.launch(executable_path=CHROMIUM, args=args)
        page = browser.new_page(viewport={"width": width, "height": 844})
        reached, begun = dict[str, float](), time.monotonic()

        def see(name: str) -> None:
            reached[name] = round(time.monotonic() - begun, 1)
            take(page, folder / f"{width}-{len(reached):02}-{re.sub('[^a-z]+', '-', name)}.png")

        if width == WIDTHS[0]:  # one free try a day
            story.zoes_try(page, site, see, selfie=story.PHOTOS / "photo-01.jpg")
        photos = sorted(story.PHOTOS.iterdir())
        story.ivys_shoot(page, site, see, photos=photos, looks=LOOKS)
        browser.close()
    return reached


def take(page: Page, file: Path) -> None:
    page.evaluate(
        "Promise.all([...document.images].filter(i => i.complete).map(i => i.decode().catch(() => 0)))"
    )
    page.screenshot(path=file, full_page=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
