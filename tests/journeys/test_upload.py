"""ivy brings her photos: judged before her eyes, over a broken connection, from her phone, up to submitting.

Real decoder, real checker, a worker's own lane for the checks; only the studio does not run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from django.test import Client
from django.urls import reverse
from dramatiq import Worker
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from billing import ledger
from generation import catalogue, lab, shoots
from generation.models import Shoot, Status
from tests import cast
from tests.journeys.browser import CHROMIUM, serious, too_wide

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
PHOTOS = Path(__file__).resolve().parents[2] / "generation" / "photos"
STRANGER = Path(__file__).resolve().parents[1] / "photos" / "person-3-0.jpg"
JUDGED = 60_000  # ms; the checker starts with the first photo, beside whatever else the machine does
WIDTHS = {"phone": 390, "desk": 1440}


@pytest.fixture
def checks(transactional_db: None, settings: Any) -> Iterator[None]:
    """A worker in this process that has the lane for checks alone."""
    settings.IN_WORKER = True
    worker = Worker(dramatiq.get_broker(), queues={"checks"}, worker_threads=1)
    worker.start()
    yield
    worker.stop()
    lab.close()


@pytest.fixture
def draft(transactional_db: None) -> Shoot:
    catalogue.seed()  # a flushed database has no looks
    ivy = cast.person("ivy", password=None)
    ledger.grant(ivy, 1, source="test")
    return shoots.open_shoot(ivy, cast.release(ivy))


@pytest.fixture(params=WIDTHS)
def ivys_page(
    request: pytest.FixtureRequest, browser: Browser, live_server: LiveServer, draft: Shoot, checks: None
) -> Iterator[Page]:
    """Her browser, signed in, at the shoot's address."""
    client = Client()
    client.force_login(draft.subject)
    context = browser.new_context(viewport={"width": WIDTHS[request.param], "height": 900})
    cookie = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("generation:shoot", kwargs={"shoot": draft.pk}))
    yield page
    context.close()


def tile(page: Page, name: str, state: str) -> Any:
    return page.locator(f".tile[data-state={state}]").filter(has_text=name)


def choose(page: Page, *files: Path) -> None:
    page.locator(".dropzone input").set_input_files([str(file) for file in files])


def fits(page: Page, axe: str) -> None:
    assert not too_wide(page)
    assert serious(page, axe) == []


def test_from_photos_to_submitting(ivys_page: Page, draft: Shoot, tmp_path: Path, axe: str) -> None:
    page, wrong = ivys_page, tmp_path / "notes.pdf"
    wrong.write_bytes(b"%PDF-1.7")
    told: list[str] = []
    page.on("pageerror", lambda error: told.append(str(error)))
    page.on("console", lambda message: told.append(message.text) if "Policy" in message.text else None)

    choose(page, *(PHOTOS / f"photo-{number:02}.jpg" for number in (3, 4, 5)), STRANGER, wrong)
    expect(tile(page, "notes.pdf", "refused")).to_contain_text("not a photo we can read")
    expect(page.locator(".tile[data-state=accepted], .tile[data-state=advice]")).to_have_count(
        3, timeout=JUDGED
    )
    expect(tile(page, STRANGER.name, "refused")).to_contain_text("somebody else")
    assert page.locator(".tile .tile-face").count() == 4
    expect(page.locator(".coach-title")).to_have_text(re.compile("^(Add one photo|The photos show fewer)"))

    choose(page, PHOTOS / "photo-03.jpg")
    expect(page.get_by_text("The same photo twice")).to_be_visible(timeout=JUDGED)

    page.context.set_offline(True)
    choose(page, PHOTOS / "photo-06.jpg")
    expect(tile(page, "photo-06.jpg", "broken")).to_contain_text("You are offline")
    page.context.set_offline(False)
    expect(page.locator("[data-photo]").filter(has_text="photo-06.jpg")).to_be_visible(timeout=JUDGED)
    assert draft.photos.filter(name="photo-06.jpg").count() == 1

    page.get_by_role("button", name=f"Remove {STRANGER.name}").click()
    expect(page.get_by_text(STRANGER.name)).to_have_count(0)
    expect(page.get_by_text("being checked")).to_have_count(0, timeout=JUDGED)

    fits(page, axe)
    page.get_by_role("link", name="Choose the looks").click()
    fits(page, axe)
    page.get_by_text("Boardroom", exact=True).click()
    page.locator(".swatch-navy").click()
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("heading", name="1 look")).to_be_visible()
    fits(page, axe)
    page.get_by_role("button", name="Make my headshots").click()
    page.wait_for_url(re.compile(f"/shoots/{draft.pk}/$"))
    draft.refresh_from_db()
    assert (draft.status, draft.looks) == (Status.SUBMITTED, ["boardroom@1"])
    assert told == []


@pytest.mark.parametrize("ivys_page", ["desk"], indirect=True)
def test_a_phone_brings_photos_to_the_desk(ivys_page: Page, browser: Browser, draft: Shoot) -> None:
    ivys_page.get_by_text("Go on with your phone").click()
    link = ivys_page.locator("#phone a.long").get_attribute("href")
    assert link is not None
    phone = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    theirs = phone.new_page()
    theirs.goto(link)
    choose(theirs, PHOTOS / "photo-15.heic")
    for page in (theirs, ivys_page):
        shown = page.locator("[data-photo]").filter(has_text="photo-15.heic")
        expect(shown).to_have_attribute("data-state", re.compile("accepted|advice"), timeout=JUDGED)
    assert theirs.get_by_role("button", name="Remove").count() == 0
    phone.close()


@pytest.mark.parametrize("ivys_page", ["desk"], indirect=True)
def test_the_twenty_first_file_is_told(ivys_page: Page, draft: Shoot, tmp_path: Path) -> None:
    for number in range(18):
        cast.photo(draft, f"{number}.jpg")
    ivys_page.reload()
    choose(ivys_page, *(PHOTOS / f"photo-{number:02}.jpg" for number in (1, 2, 3, 4)))
    expect(ivys_page.locator("[data-told]")).to_have_text(re.compile("Left out: photo-03.jpg, photo-04.jpg"))
    expect(ivys_page.locator("[data-photo]")).to_have_count(20, timeout=JUDGED)
