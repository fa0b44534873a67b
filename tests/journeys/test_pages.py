"""The public pages in Chromium, on a phone and on a desk, by day and by night."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from headshots import pages
from headshots.figures import figures
from tests.journeys.browser import CHROMIUM, serious, too_wide

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.django_db(transaction=True),
]
PUBLIC = [f"pages:{route.name}" for route in pages.urls]
ENTRANCE = ["account_login", "account_signup", "account_reset_password", "account_request_login_code"]
WIDTHS = (390, 1440)


def visit(page: Page, live_server: LiveServer, name: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_server.url + reverse(name))


@pytest.mark.parametrize("name", PUBLIC + ENTRANCE)
def test_page_fits_and_everybody_can_use_it(
    page: Page, live_server: LiveServer, complaints: list[str], axe: str, name: str
) -> None:
    for width, scheme in zip(WIDTHS, ("dark", "light"), strict=True):
        page.emulate_media(color_scheme=scheme)
        visit(page, live_server, name, width)
        page.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")
        assert not too_wide(page), f"scrolls sideways at {width}"
        assert page.locator("h1").count() == 1
        assert serious(page, axe) == []
    assert complaints == []


@pytest.mark.parametrize("name", ["pages:landing", "pages:photo_guide"])
def test_pictures_arrive_and_are_not_blown_up(page: Page, live_server: LiveServer, name: str) -> None:
    visit(page, live_server, name, 1440)
    for picture in page.locator("main img").all():
        picture.scroll_into_view_if_needed()
        picture.evaluate("picture => picture.decode()")
        shown, drawn = picture.evaluate("picture => [picture.clientWidth, picture.naturalWidth]")
        assert shown <= drawn


def test_the_landing_page_shows_measured_figures_and_says_who_made_the_pictures(
    page: Page, live_server: LiveServer
) -> None:
    visit(page, live_server, "pages:landing", 390)
    text = page.locator("main").inner_text()
    assert f"about {figures().try_seconds} seconds" in text
    assert f"takes {figures().shoot_minutes} minutes" in text
    assert "None of these people exist" in text


def test_the_keyboard_skips_to_the_content(page: Page, live_server: LiveServer) -> None:
    visit(page, live_server, "pages:landing", 1440)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_the_menu_of_a_phone_opens_and_closes_again(page: Page, live_server: LiveServer) -> None:
    visit(page, live_server, "pages:landing", 390)
    link = page.locator(".menu-list").get_by_role("link", name="Photo guide")
    page.get_by_text("Menu", exact=True).click()
    assert link.is_visible()
    assert not too_wide(page)
    page.keyboard.press("Escape")
    assert not link.is_visible()


def test_what_is_not_there_says_so_in_words(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url + "/nothing-here/")
    assert "There is nothing here" in page.locator("main").inner_text()
