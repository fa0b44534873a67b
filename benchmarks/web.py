"""Measures the site as visitors feel it: pages and uploads under load, queries, paint, use by everybody.

``python -m benchmarks.web`` starts a web process of its own as ``make run`` does, with the embedded settings
on an empty folder, and takes nine minutes; ``--seconds 5`` is a look and writes nothing. Best on idle cores:
the site, the requests and, later, Chromium share them.

Each page is asked for 30 times a second, at times fixed in advance and counted from then; a static file
asked for in the same way shows what of it is neither Django nor ours. Uploads are many people's, since one
shoot takes 20 photos: 90 people send 20 each, one every three seconds. They are the bundled photos, of 30 to
100 KB. A phone's photo of 12 megapixels costs a core a quarter of a second (``corpus.json``), so of those two
cores decode eight a second at best, whoever asks. No worker runs: no answer to an upload waits for a verdict.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

import django

from tests.peers import free_port

DATA = tempfile.TemporaryDirectory(prefix="bench-web-")
PORT = free_port()
SITE = f"http://localhost:{PORT}"
os.environ |= {"DATA_DIR": DATA.name, "SITE_URL": SITE, "LOG_LEVEL": "WARNING"}
os.environ |= {"DJANGO_SETTINGS_MODULE": "headshots.settings", "DJANGO_ALLOW_ASYNC_UNSAFE": "true"}
django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from generation.models import Photo  # noqa: E402
from generation.processes import await_site, process, serving  # noqa: E402
from tests.journeys.browser import CHROMIUM, axe_source  # noqa: E402

from . import web_browser, web_load, web_site  # noqa: E402
from .made_on import made_on  # noqa: E402
from .web_browser import Visit  # noqa: E402
from .web_goals import missed  # noqa: E402

RESULT = Path(__file__).parent / "results" / "web.json"
RATE, SECONDS = 30, 60


def load(owner: web_site.Person, seconds: int) -> dict[str, dict[str, float]]:
    """Each in turn; the first second of each warms up and does not count."""
    count, found = RATE * (seconds + 1), {}
    for name, request in web_site.visits(owner).items():
        found[name] = _offered(name, [request] * count)
    before = Photo.objects.count()
    found["upload"] = _offered("upload", list(web_site.uploads(count)))
    found["upload"]["stored"] = Photo.objects.count() - before - RATE
    return found


def _offered(name: str, requests: list[web_load.Request]) -> dict[str, float]:
    web_load.offer(PORT, requests[:RATE], RATE)
    found = web_load.figures(web_load.offer(PORT, requests[RATE:], RATE))
    print(name, found, file=sys.stderr)
    return found


def queries(owner: web_site.Person) -> dict[str, int]:
    """Asked of the same code in this process, the second time."""
    found = {}
    for name, request in web_site.visits(owner).items():
        if name != "a static file":
            found[name] = max(_counted(lambda path=request.path: owner.client.get(path)) for _ in range(2))
    guest = web_site.with_draft(10_000)
    photos = [web_site.upload(guest, photo) for photo in web_site.PHOTOS[:2]]
    found["upload"] = max(_counted(lambda one=one: web_site.sent(guest, one)) for one in photos)
    return found


def _counted(ask: Any) -> int:
    with CaptureQueriesContext(connection) as seen:
        ask()
    return len(seen)


def watched(owner: web_site.Person) -> dict[str, Any]:
    """Largest paint and jumps of two pages, axe's findings on all."""
    pages = [Visit("landing", "/", {}), Visit("gallery", owner.address, owner.cookies)]
    every, axe = list(web_browser.every_page()), axe_source()
    with sync_playwright() as play:
        args = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = play.chromium.launch(executable_path=CHROMIUM, args=args)
        vitals = {page.name: web_browser.vitals(browser, SITE, page) for page in pages}
        print(vitals, file=sys.stderr)
        found = {page.name: web_browser.unusable(browser, SITE, page, axe) for page in every}
        browser.close()
    serious = {name: findings for name, findings in found.items() if findings}
    return {
        f"processor slowed {web_browser.SLOWER} times": vitals,
        "axe": {"pages": len(every), "serious": serious},
    }


def measured(seconds: int) -> dict[str, Any]:
    owner = web_site.with_gallery()
    logs = Path(DATA.name) / "logs"
    with process("web", *serving(PORT), logs=logs) as web:
        await_site(web, SITE, logs)
        return {
            "load": load(owner, seconds),
            "queries": queries(owner),
            **watched(owner),
        }


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=int, default=SECONDS)
    asked = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the site ends with us however we end
    made = made_on("web")
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    found = measured(asked.seconds)
    misses = missed(found)
    offered = {"per second": RATE, "seconds": asked.seconds, "web process": "2 processes, 8 threads, SQLite"}
    figures = {**made, **offered, **found, "missed": misses}
    print(json.dumps(figures, indent=1))
    if asked.seconds == SECONDS:
        RESULT.write_text(json.dumps(figures, indent=1) + "\n")
    return bool(misses)


if __name__ == "__main__":
    with DATA:
        sys.exit(main())
