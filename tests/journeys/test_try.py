"""zoe tries it with one selfie: a refused one, a better one, pictures with a watermark, and then she stays.

The whole worker with the real engine draws; only the mail stays on this machine.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dramatiq
import pytest
from django.core import mail
from dramatiq import Worker
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from generation import catalogue, lab
from generation.models import Kind, Shoot, Status
from tests.journeys.browser import CHROMIUM, serious, too_wide

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
ROOT = Path(__file__).resolve().parents[2]
DARK, SELFIE = ROOT / "static/img/guide/too-dark.webp", ROOT / "tests/photos/person-3-0.jpg"
JUDGED, DRAWN = 60_000, 240_000  # ms; both engine processes start with the first selfie
WIDTH = 390  # of a phone; the desk has its turn in `make journeys`


@pytest.fixture
def work(transactional_db: None, settings: Any) -> Iterator[None]:
    """The worker's lanes in this process."""
    settings.IN_WORKER = True
    catalogue.seed()  # a flushed database has no looks
    worker = Worker(dramatiq.get_broker(), queues={"checks", "tries"}, worker_threads=2)
    worker.start()
    yield
    worker.stop()
    lab.close()


@pytest.fixture
def zoes_page(browser: Browser, live_server: LiveServer, work: None) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": WIDTH, "height": 900})
    page = context.new_page()
    page.goto(f"{live_server.url}/try/")
    yield page
    context.close()


def fits(page: Page, axe: str) -> None:
    assert not too_wide(page)
    assert serious(page, axe) == []


def agree(page: Page) -> None:
    page.get_by_label("This is me").check()
    page.get_by_label("I am 18 or older").check()


def test_from_a_selfie_to_a_shoot_of_her_own(
    zoes_page: Page, axe: str, complaints: list[str], browser: Browser, live_server: LiveServer
) -> None:
    page = zoes_page
    fits(page, axe)
    page.locator(".dropzone input").set_input_files(str(DARK))
    expect(page.locator("[data-chosen]")).to_contain_text(DARK.name)
    agree(page)
    page.get_by_role("button", name="I agree, draw me").click()
    expect(page.get_by_role("heading", name="This selfie cannot be used")).to_be_visible(timeout=JUDGED)
    expect(page.locator(".lede")).to_contain_text("too dark")
    fits(page, axe)

    page.locator(".dropzone input").set_input_files(str(SELFIE))
    page.get_by_role("button", name="Send this one").click()
    pictures = page.locator("a.frame-picture img")
    expect(pictures.first).to_be_visible(timeout=DRAWN)
    expect(page.get_by_role("heading", name="This is how you could look")).to_be_visible(timeout=DRAWN)
    assert pictures.count() >= 3
    assert all(one.evaluate("i => i.complete && i.naturalWidth > 0") for one in pictures.all())
    fits(page, axe)

    stranger = browser.new_page()
    address = pictures.first.get_attribute("src")
    answer = stranger.goto(f"{live_server.url}{address}")
    assert answer is not None
    assert answer.status == 404
    stranger.close()

    page.get_by_role("link", name="Keep it: sign up").click()
    page.get_by_label("Email").fill("zoe@example.com")
    page.get_by_role("button", name="Sign up").click()
    expect(page.get_by_label("Code")).to_be_visible()
    found = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", str(mail.outbox[-1].body), re.M)
    assert found is not None
    page.get_by_label("Code").fill(found[1])
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("heading", name="Keep your try")).to_be_visible()
    fits(page, axe)
    agree(page)
    page.get_by_role("button", name="I agree, keep it").click()
    expect(page.get_by_role("heading", name="Your photos")).to_be_visible()
    expect(page.get_by_text("1 of 1 can be used")).to_be_visible()
    expect(page.get_by_role("heading", name="From your free try")).to_be_visible()
    fits(page, axe)
    shoot = Shoot.objects.get()
    assert (shoot.kind, shoot.status, shoot.subject and shoot.subject.email) == (
        Kind.SHOOT,
        Status.DRAFT,
        "zoe@example.com",
    )
    assert complaints == []


def test_she_deletes_it_while_it_is_being_drawn(zoes_page: Page, axe: str) -> None:
    page = zoes_page
    page.locator(".dropzone input").set_input_files(str(SELFIE))
    agree(page)
    page.get_by_role("button", name="I agree, draw me").click()
    expect(page.get_by_role("heading", name=re.compile("Drawing|You are next"))).to_be_visible(timeout=JUDGED)
    page.get_by_role("button", name="Delete it now").click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    expect(page.locator("pre")).to_contain_text('"photos": 1')
    fits(page, axe)
    assert Shoot.objects.get().status == Status.PURGED
