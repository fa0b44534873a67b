"""ivy buys a shoot in a browser: price list, payment page (the stand-in's), gallery, receipt, money back."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any

import dramatiq
import pytest
from django.core.cache import cache
from django.db import connection
from dramatiq import Worker
from playwright.sync_api import Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from billing import gateway, ledger, proof, stocking, tasks
from billing.models import MoneyBack, Order
from billing.standin import StandIn
from generation import catalogue, sweeper
from generation.models import Shoot
from tests import cast
from tests.journeys.browser import CHROMIUM, serious, too_wide
from tests.journeys.story import CARD, buys, consents, follow, pay, sign_in

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
DECLINED, DELAYED = "4000 0000 0000 0002", "4000 0000 0000 0077"
ASKED = 8
ORDER = re.compile(r"/orders/[0-9a-f-]{36}/\?back=1")


@pytest.fixture
def stripe(transactional_db: None, settings: Any) -> Iterator[StandIn]:
    """No webhook arrives: the page finds out by itself."""
    with StandIn(webhook=None, secret="whsec_test") as running:
        settings.STRIPE_SECRET_KEY, settings.STRIPE_API_BASE = "sk_test_standin", running.url
        rules = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
        settings.CONTENT_SECURITY_POLICY = {"DIRECTIVES": {**rules, "form-action": ["'self'", running.url]}}
        gateway.client.cache_clear()
        cache.clear()  # of the prices of another test's stand-in
        stocking.stock()
        yield running
        gateway.client.cache_clear()


@pytest.fixture
def site(live_server: LiveServer, stripe: StandIn) -> str:
    cast.person("ivy")
    return str(live_server.url)


@pytest.fixture
def worker(site: str, strangers: list[int], settings: Any) -> Iterator[list[int]]:
    """Studio and money at work in this process, on the pretended engine; it says how many frames are her."""
    catalogue.seed()  # a flushed database has no looks
    settings.IN_WORKER = True
    stop = threading.Event()
    lanes = Worker(dramatiq.get_broker(), queues={"studio", "galleries", "money"}, worker_threads=2)
    loops = [_looping(sweeper.loop, stop, 0.5), _looping(tasks.loop, stop)]
    for part in (lanes, *loops):
        part.start()
    yield strangers
    stop.set()
    for loop in loops:
        loop.join()
    lanes.stop()
    assert proof.faults() == []


def _looping(loop: Callable[..., None], *given: Any) -> threading.Thread:
    def run() -> None:
        loop(*given)
        connection.close()

    return threading.Thread(target=run)


def fits(page: Page, axe: str) -> None:
    """On a phone by night and on a desk by day."""
    for width, scheme in ((390, "dark"), (1440, "light")):
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert not too_wide(page), f"{page.url} scrolls sideways at {width}"
        assert serious(page, axe) == []


def at_stripe(page: Page, site: str) -> None:
    """Signed in, a pack chosen."""
    sign_in(page, site)
    page.goto(f"{site}/prices/")
    page.get_by_role("button", name="Buy 100 headshots").click()
    expect(page.get_by_text("Stand-in for Stripe")).to_be_visible()


def test_she_buys_a_shoot(page: Page, site: str, axe: str, complaints: list[str]) -> None:
    page.goto(f"{site}/prices/?currency=eur")
    page.locator("details.fold").evaluate_all("folds => folds.forEach(fold => fold.open = true)")
    fits(page, axe)
    page.get_by_role("link", name="$ USD").click()
    page.get_by_role("button", name="Buy 100 headshots").click()
    expect(page.get_by_role("button", name="Sign up")).to_be_visible()
    at_stripe(page, site)
    pay(page, CARD)
    page.wait_for_url(ORDER)
    expect(page.get_by_role("heading", name="Paid, thank you")).to_be_visible()
    expect(page.get_by_text("1 credit of this order is yours to spend")).to_be_visible()
    fits(page, axe)
    page.goto(f"{site}/orders/")
    fits(page, axe)
    page.get_by_role("link", name="One shoot, 100 headshots").click()
    page.get_by_role("link", name="Start a shoot").click()
    expect(page.get_by_role("heading", name="First, your consent")).to_be_visible()
    assert complaints == []


def test_the_page_turns_to_paid_by_itself(page: Page, site: str, stripe: StandIn, axe: str) -> None:
    at_stripe(page, site)
    pay(page, DELAYED)
    page.wait_for_url(ORDER)
    expect(page.get_by_role("heading", name="Your payment is on its way")).to_be_visible()
    fits(page, axe)
    order = Order.objects.get()
    stripe.control.settle(order.session)
    expect(page.get_by_role("heading", name="Paid, thank you")).to_be_visible(timeout=15_000)
    assert ledger.unspent(order.owner).count() == 1  # type: ignore[arg-type]
    expect(page.locator("[hx-trigger]")).to_have_count(0)  # it has stopped asking


def test_a_declined_card_can_be_tried_again(page: Page, site: str) -> None:
    at_stripe(page, site)
    pay(page, DECLINED)
    expect(page.get_by_role("alert")).to_contain_text("declined")
    pay(page, CARD)
    expect(page.get_by_role("heading", name="Paid, thank you")).to_be_visible()
    assert Order.objects.count() == 1


def test_back_keeps_everything(page: Page, site: str, axe: str, complaints: list[str]) -> None:
    sign_in(page, site)
    page.goto(f"{site}/prices/?currency=gbp")
    page.get_by_label("How many credits").fill("60")
    expect(page.get_by_text("60 credits at £22 each")).to_be_visible()
    expect(page.locator("tr[data-chosen]")).to_contain_text("50–249")
    page.get_by_role("button", name="Buy credits").click()
    page.get_by_role("button", name="Back").click()
    expect(page.get_by_text("You came back without paying")).to_be_visible()
    expect(page.get_by_label("How many credits")).to_have_value("60")
    expect(page.get_by_text("60 credits at £22 each")).to_be_visible()
    fits(page, axe)
    page.get_by_role("button", name="Go on to payment").click()
    expect(page.get_by_text("Stand-in for Stripe")).to_be_visible()
    assert Order.objects.count() == 1
    page.go_back()  # the browser's own button, too
    expect(page.get_by_label("How many credits")).to_have_value("60")
    assert complaints == []


def no_look(name: str) -> None: ...


def shoots_with_it(page: Page, site: str) -> None:
    """Consent, a photo that was accepted, a look, and the pack's credit is spent."""
    consents(page, site, no_look)
    cast.photo(Shoot.objects.get())
    page.reload()
    follow(page.get_by_role("link", name=re.compile("^Choose the looks")))
    page.get_by_text("Studio grey", exact=True).click()
    Shoot.objects.update(asked=ASKED)  # the least that the page offers would be drawn for half a minute
    follow(page.get_by_role("button", name="Look it over"))
    page.get_by_role("button", name="Make my headshots").click()


def refunded(page: Page, order: str) -> Locator:
    """On the order's page, once the worker is done."""
    while MoneyBack.objects.filter(done_at=None).exists():
        page.wait_for_timeout(100)
    page.goto(order)
    return page.get_by_role("heading", name="Refunded")


def test_what_she_bought_becomes_a_gallery_and_a_receipt(page: Page, site: str, worker: list[int]) -> None:
    worker[:] = [ASKED]
    sign_in(page, site)
    buys(page, site, "Buy 40 headshots", no_look)
    shoots_with_it(page, site)
    expect(page.get_by_role("heading", name="Your headshots")).to_be_visible()
    expect(page.locator("#contact-sheet .frame")).to_have_count(ASKED)
    page.goto(f"{site}/orders/")
    expect(page.get_by_text("You have 0 credits to spend")).to_be_visible()
    page.get_by_role("button", name="Open Stripe's page").click()
    expect(page.get_by_text("$29.00")).to_be_visible()


def test_too_few_headshots_are_done_again_and_then_her_money_comes_back(
    page: Page, site: str, worker: list[int], axe: str
) -> None:
    worker[:] = [4]
    sign_in(page, site)
    buys(page, site, "Buy 40 headshots", no_look)
    order = page.url
    shoots_with_it(page, site)
    expect(page.get_by_text("the shoot is done again by itself")).to_be_visible()
    fits(page, axe)
    worker.append(0)
    expect(page.get_by_role("heading", name="Your headshots")).to_be_visible()
    expect(page.get_by_text("What you paid goes back to you by itself")).to_be_visible()
    expect(refunded(page, order)).to_be_visible()
    expect(page.get_by_text("$29 went back to you")).to_be_visible()
    expect(page.get_by_text("Fewer than five headshots looked like you, twice")).to_be_visible()
    fits(page, axe)
