"""Whole shoots at full size on a phone and on a desk: ``python -m tests.journeys FOLDER``.

A picture of every page goes into FOLDER, how long the stretches took into benchmarks/results/journeys.json;
SHOOT_SIZE=small plays the same with few photos and headshots and notes nothing.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "headshots.settings")
django.setup()

from django.conf import settings  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from benchmarks.made_on import made_on  # noqa: E402
from tests.journeys import closer, story, team, tour  # noqa: E402
from tests.journeys.acme import People  # noqa: E402
from tests.journeys.album import HEIGHT, Album  # noqa: E402
from tests.journeys.browser import CHROMIUM  # noqa: E402
from tests.journeys.living import mailed_code, selling  # noqa: E402

RESULT = Path("benchmarks/results/journeys.json")
WIDTHS = (390, 1440)
PACK = "Buy 100 headshots"  # the first with so many looks
LOOKS = ("Studio grey", "Boardroom", "Garden", "Deep teal")
ROOT = Path(__file__).resolve().parents[2]
SELFIE = ROOT / "tests" / "photos" / "person-3-0.jpg"
GUIDE = ROOT / "static" / "img" / "guide"
WRONG = [GUIDE / "several-faces.webp", GUIDE / "eyes-hidden.webp", SELFIE]
STRETCHES = {  # from one page to another
    "try, to the first picture": ("try", "first picture of the try"),
    "try, to all pictures": ("try", "tried"),
    "sign-up and adoption": ("tried", "kept"),
    "photos arriving and judged": ("no photos yet", "photos"),
    "learning the face": ("learning", "drawing"),
    "drawing and ranking": ("drawing", "gallery"),
    "submitting to gallery": ("review", "gallery"),
    "gallery to deletion receipt": ("gallery", "receipt"),
}


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    made, journeys = made_on("journeys"), {}
    for width in WIDTHS:
        journeys[f"{width} px"] = on_a_site_of_its_own(width, folder)
        print(json.dumps(journeys, indent=1), flush=True)
    if settings.SHOOT_SIZE == "full":
        RESULT.write_text(json.dumps({**made, "journeys": journeys}, indent=1) + "\n")


def on_a_site_of_its_own(width: int, folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="journeys-") as data:
        try:
            with selling(Path(data)) as site:
                return journey(site, width, folder, Path(data))
        finally:
            shutil.copytree(Path(data) / "logs", folder / f"logs-{width}", dirs_exist_ok=True)


def journey(site: str, width: int, folder: Path, data: Path) -> dict[str, Any]:
    """What came of it: headshots, pages pictured, seconds of each stretch."""
    with sync_playwright() as play:
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = play.chromium.launch(executable_path=CHROMIUM, args=args)
        phone = width < 600
        page = browser.new_page(viewport={"width": width, "height": HEIGHT}, is_mobile=phone, has_touch=phone)
        page.set_default_timeout(story.SOON)
        album = Album(page, folder, width)
        see = album.see
        tour.visit(page, site, see, "anonymous")
        story.zoes_try(page, site, see, selfie=SELFIE)
        story.she_keeps_it(page, see, partial(mailed_code, data, "zoe@example.com"))
        page.goto(f"{site}/try/")
        see("no second try")
        page.goto(f"{site}/account/password/set/")
        see("a first password")
        page.context.clear_cookies()
        tour.mishaps(page, site, see)
        story.sign_in(page, site)
        tour.visit(page, site, see, "owner")
        story.buys(page, site, PACK, see)
        files = ivys_shoot_looked_at_closely(page, site, album)
        team.acmes_headshot(team.Living(site, data, page, People(page), see))
        browser.close()
    return {
        "headshots": len(files),
        "pages": album.pages,
        "not_pictured": sorted(tour.pages() - album.routes),
        "seconds": {name: album.between(*ends) for name, ends in STRETCHES.items()},
    }


def ivys_shoot_looked_at_closely(page: Any, site: str, album: Album) -> list[str]:
    see = album.see
    story.consents(page, site, see)
    story.bring(page, sorted(story.PHOTOS.iterdir()), see)
    closer.wrong_photos(page, WRONG, see)
    closer.the_phone(page, see)
    story.direct(page, LOOKS, see)
    story.watch(page, see)
    closer.one_headshot(page, see)
    closer.around_the_gallery(page, site, see)
    return story.enjoy(page, site, see)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("Stopped."))  # web and worker end with us
    main(Path(sys.argv[1]))
