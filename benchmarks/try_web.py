"""Measures the free try as its visitor feels it, against a web and a worker process that are running.

``python -m benchmarks.try_web http://localhost:8000 [--runs 3] [--beside]``; each run is one of the ten tries
that a network has a day. ``--beside`` says that a shoot was being made meanwhile; the figures stand apart.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from playwright.sync_api import APIRequestContext, Playwright, sync_playwright

from .made_on import made_on

RESULTS = Path(__file__).parent / "results" / "try_web.json"
SELFIE = Path(__file__).parents[1] / "generation" / "photos" / "photo-03.jpg"
PACE = 0.25  # seconds between two looks; the page itself looks every two
PATIENCE = 300.0  # seconds
PICTURE = re.compile(r'href="(/shoots/[^"]+/picture/preview/)"')


@dataclass(frozen=True)
class Run:
    """Seconds since the button was pressed."""

    answered: float
    first_picture: float
    all_pictures: float


def run(play: Playwright, site: str) -> Run:
    browser = play.request.new_context(base_url=site)  # without the cookies of earlier ones: a new device
    form = browser.get("/try/").text()
    begun = time.monotonic()
    sent = browser.post("/try/", multipart=_filled(form), headers={"Referer": f"{site}/try/"})
    if not sent.ok:
        raise SystemExit(f"The try was not begun ({sent.status}); are ten tries of today used up?")
    answered = time.monotonic() - begun
    first = _until(browser, begun, lambda page: bool(PICTURE.search(page)))
    every = _until(browser, begun, lambda page: "hx-get" not in page)
    page = browser.get("/try/").text()
    browser.post("/try/delete/", form={"csrfmiddlewaretoken": _value(page, "csrfmiddlewaretoken")})
    browser.dispose()
    return Run(round(answered, 1), round(first, 1), round(every, 1))


def _filled(form: str) -> dict[str, object]:
    return {
        "csrfmiddlewaretoken": _value(form, "csrfmiddlewaretoken"),
        "text": _value(form, "text"),
        "is_subject": "on",
        "is_adult": "on",
        "selfie": {"name": "selfie.jpg", "mimeType": "image/jpeg", "buffer": SELFIE.read_bytes()},
    }


def _value(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if found is None:
        raise SystemExit(f"The page has no {name}; is this the address of a running site?")
    return found[1]


def _until(browser: APIRequestContext, begun: float, there: Callable[[str], bool]) -> float:
    while time.monotonic() - begun < PATIENCE:
        page = browser.get("/try/").text()
        if there(page):
            return time.monotonic() - begun
        time.sleep(PACE)
    raise SystemExit("No picture came within five minutes; is the worker running?")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--beside", action="store_true")
    chosen = parser.parse_args()
    part = "beside a shoot" if chosen.beside else "idle"
    made = made_on(f"try_web {part}")
    with sync_playwright() as play:
        runs = [run(play, chosen.site.rstrip("/")) for _ in range(chosen.runs)]
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[part] = {
        **made,
        "first_picture_seconds": median(one.first_picture for one in runs),
        "runs": [asdict(one) for one in runs],
    }
    RESULTS.write_text(json.dumps(known, indent=1) + "\n")
    print(json.dumps(known, indent=1))


if __name__ == "__main__":
    main()
