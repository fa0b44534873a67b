"""Measures how long a photo waits for its verdict, against a web and a worker process that are running.

    python -m benchmarks.judging http://localhost:8000 [--beside]

signs in as the demo's ivy, opens a draft, sends the bundled photos, first each by itself, then some more
without waiting, and deletes the draft. ``--beside`` says that a shoot was being made meanwhile; the figures
stand apart.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from pathlib import Path
from uuid import uuid4

import numpy as np
from playwright.sync_api import APIRequestContext, APIResponse, sync_playwright

from .made_on import made_on

RESULTS = Path(__file__).parent / "results" / "judging.json"
PHOTOS = sorted((Path(__file__).parents[1] / "generation" / "photos").glob("*.*"))
IVY, PASSWORD = "ivy@example.com", "demo-demo-demo"  # as the demo prints them
PACE = 0.05  # seconds between two looks
PATIENCE = 120.0  # seconds
WAITING = 'hx-trigger="every'  # the page asks for itself again while a photo is being checked


class Draft:
    """A draft of ivy's, its photos sent as the page's script sends them."""

    def __init__(self, browser: APIRequestContext, site: str) -> None:
        self.browser, self.site = browser, site
        _post(browser, site, "/account/login/", login=IVY, password=PASSWORD)
        opened = _post(browser, site, "/shoots/new/", is_subject="on", is_adult="on")
        self.address = opened.url.removeprefix(site)

    def send(self, photo: Path) -> None:
        sent = self.browser.post(
            f"{self.address}photos/",
            multipart={
                "upload": str(uuid4()),
                "photo": {"name": photo.name, "mimeType": "image/jpeg", "buffer": photo.read_bytes()},
            },
            headers={**_proof(self.browser, self.site), "Accept": "application/json"},
        )
        if sent.status != 201:
            raise SystemExit(f"{photo.name} was not taken: {sent.text()}")

    def judged(self) -> float:
        """Seconds until no photo waits."""
        begun = time.monotonic()
        while time.monotonic() - begun < PATIENCE:
            news = self.browser.get(f"{self.address}photos/", headers={"HX-Request": "true"})
            if WAITING not in news.text():
                return time.monotonic() - begun
            time.sleep(PACE)
        raise SystemExit("No verdict came within two minutes; is the worker running?")

    def delete(self) -> None:
        _post(self.browser, self.site, f"{self.address}delete/")


def _post(browser: APIRequestContext, site: str, address: str, **fields: str) -> APIResponse:
    """Send a form with what it hides."""
    hidden = dict(
        re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', browser.get(address).text())
    )
    sent = browser.post(address, form={**hidden, **fields}, headers={"Referer": f"{site}{address}"})
    if not sent.ok or sent.url == f"{site}{address}":
        raise SystemExit(f"{address} did not take the form ({sent.status}); is this a running demo?")
    return sent


def _proof(browser: APIRequestContext, site: str) -> dict[str, str]:
    """What shows that a request comes from the site's own page."""
    cookies = {cookie["name"]: cookie["value"] for cookie in browser.storage_state()["cookies"]}
    token = next(value for name, value in cookies.items() if name.endswith("csrftoken"))
    return {"X-CSRFToken": token, "Referer": site}


def measured(draft: Draft) -> dict[str, object]:
    alone = []
    for photo in PHOTOS:
        draft.send(photo)
        alone.append(draft.judged())
    begun = time.monotonic()
    for photo in PHOTOS[: 20 - len(PHOTOS)]:  # as many as a shoot still takes
        draft.send(photo)
    draft.judged()
    p50, p95 = np.percentile(alone, (50, 95))
    return {
        "photos": len(alone),
        "seconds_p50": round(float(p50), 2),
        "seconds_p95": round(float(p95), 2),
        "slowest": round(max(alone), 2),
        "together": {
            "photos": 20 - len(PHOTOS),
            "seconds_from_first_byte": round(time.monotonic() - begun, 2),
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site")
    parser.add_argument("--beside", action="store_true")
    chosen = parser.parse_args()
    site, part = chosen.site.rstrip("/"), "beside a shoot" if chosen.beside else "idle"
    made = made_on(f"judging {part}")
    with sync_playwright() as play:
        draft = Draft(play.request.new_context(base_url=site), site)
        found = measured(draft)
        draft.delete()
    known = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    known[part] = {**made, **found}
    RESULTS.write_text(json.dumps(known, indent=1) + "\n")
    print(json.dumps(known[part], indent=1))


if __name__ == "__main__":
    main()
