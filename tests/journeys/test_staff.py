"""Sam: a shoot that got stuck, a picture that its person sees was opened, a look that is unfair."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from billing import ledger
from generation import fairness, lab, shoots
from generation.models import MOST_STARTS, CatalogueLook, LookMeasure, Shoot, Status
from tests import cast
from tests.generation.test_fairness import UNFAIR
from tests.journeys.browser import CHROMIUM, serious, too_wide
from tests.people import proven

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.django_db(transaction=True),
]


def enter(page: Page, live_server: LiveServer, key: str) -> None:
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])


def test_sams_day(page: Page, live_server: LiveServer, complaints: list[str], axe: str) -> None:
    ivy, sam = cast.person("ivy"), cast.person("sam", staff=True)
    stuck, gallery = cast.submitted(ivy), cast.ready(ivy)
    Shoot.objects.filter(pk=stuck.pk).update(starts=MOST_STARTS)
    shoots.take(stuck.pk, Status.SUBMITTED)
    enter(page, live_server, proven(sam).cookies[settings.SESSION_COOKIE_NAME].value)

    page.goto(live_server.url + reverse("admin:index"))
    page.get_by_role("link", name="Queue and GPUs").click()
    page.get_by_role("link", name=str(stuck.pk)).click()
    expect(page.locator("body")).to_contain_text("Three starts ended without progress")
    page.get_by_role("link", name="Start again").click()
    page.get_by_label("Reason").fill("the driver is mended")
    page.get_by_role("button", name="Start again").click()
    expect(page.locator("body")).to_contain_text("Staff started it again.")
    assert not ledger.unspent(ivy).exists()

    page.get_by_role("link", name="Take aside").click()
    page.get_by_label("Reason").fill("it crashes the engine")
    page.get_by_role("button", name="Take aside").click()
    expect(page.locator("body")).to_contain_text("Staff took it aside.")
    assert ledger.unspent(ivy).count() == 1

    page.goto(live_server.url + reverse("admin:generation_shoot_change", args=[gallery.pk]))
    page.get_by_role("link", name="Open pictures").click()
    page.get_by_label("Reason").fill("she reports a wrong face")
    page.get_by_role("button", name="Open pictures").click()
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Open 1/0", exact=True).click()
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("document.images[0].naturalWidth") == 64
    for name in ("tries", "models"):
        page.goto(live_server.url + reverse(f"admin:{name}"))
        expect(page.locator("h1, h2").first).to_be_visible()

    page.context.clear_cookies()
    person = proven(ivy).cookies[settings.SESSION_COOKIE_NAME].value
    enter(page, live_server, person)
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        for where in (reverse("generation:opened"), reverse("generation:shoot", args=[gallery.pk])):
            page.goto(live_server.url + where)
            expect(page.locator("body")).to_contain_text("she reports a wrong face")
            assert not too_wide(page)
            assert serious(page, axe) == []
    assert complaints == []


def test_a_look_that_fails_the_margin_is_named_and_retired(
    page: Page, live_server: LiveServer, complaints: list[str], axe: str
) -> None:
    sam, look = cast.person("sam", staff=True), CatalogueLook.objects.get(slug="garden")
    LookMeasure.objects.create(look=look, model=fairness.in_use(lab.model_folder()), tones=UNFAIR)
    enter(page, live_server, proven(sam).cookies[settings.SESSION_COOKIE_NAME].value)
    desk = live_server.url + reverse("admin:index")
    warned = "garden@1 is offered and treats skin tones unequally"

    page.goto(desk)
    expect(page.locator("body")).to_contain_text(warned)
    page.get_by_role("link", name="Catalogue").first.click()
    page.get_by_role("link", name="By skin tone").click()
    page.get_by_role("link", name="Garden (garden@1)").click()
    expect(page.locator("body")).to_contain_text("tone 9 has 0.70")
    assert complaints == []  # axe itself brings styles, which the policy forbids
    for width in (390, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert not too_wide(page)
        assert serious(page, axe) == []
    page.get_by_role("button", name="Retire").click()
    expect(page.locator("body")).to_contain_text("is not offered any more")
    page.goto(desk)
    expect(page.locator("body")).not_to_contain_text(warned)
