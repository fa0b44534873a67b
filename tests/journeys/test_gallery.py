"""The gallery and what hangs on it in Chromium: for everybody, by keyboard, and light at 200 pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from generation import media, retention
from generation.models import Shoot
from tests import cast
from tests.journeys.browser import CHROMIUM, serious, too_wide

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.django_db(transaction=True),
]
PAGES = ("shoot", "viewer", "more_looks", "keep_longer", "delete", "check")


@pytest.fixture
def drawn(root: Path) -> list[Image.Image]:
    return [Image.open(file).convert("RGB") for file in sorted(root.glob("static/img/samples/frame-*.webp"))]


@pytest.fixture
def ready(ivy: User, drawn: list[Image.Image]) -> Shoot:
    return cast.ready(ivy, headshots=8, of=drawn)


@pytest.fixture
def desk(page: Page, live_server: LiveServer, signed_in: Client) -> Page:
    """ivy's Chromium."""
    cookie = signed_in.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    return page


def at(live_server: LiveServer, name: str, shoot: Shoot, place: int = 0) -> str:
    named = [] if name == "check" else [shoot.pk]
    if name == "viewer":
        named.append(media.gallery(shoot)[place].pk)
    return live_server.url + reverse(f"generation:{name}", args=named)


@pytest.mark.parametrize("name", [*PAGES, "purged"])
def test_page_fits_and_everybody_can_use_it(
    desk: Page, live_server: LiveServer, complaints: list[str], axe: str, ready: Shoot, name: str
) -> None:
    if name == "purged":
        retention.purge(ready)
    for width, scheme in ((390, "dark"), (1440, "light")):
        desk.emulate_media(color_scheme=scheme)
        desk.set_viewport_size({"width": width, "height": 900})
        desk.goto(at(live_server, "shoot" if name == "purged" else name, ready))
        desk.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")
        assert not too_wide(desk), f"scrolls sideways at {width}"
        assert serious(desk, axe) == []
    assert complaints == []


def test_stars_filters_and_arrow_keys_work_without_leaving_the_page(
    desk: Page, live_server: LiveServer, complaints: list[str], ready: Shoot
) -> None:
    desk.goto(at(live_server, "shoot", ready))
    star = desk.get_by_role("button", name="Favourite, headshot 2")
    star.focus()
    desk.keyboard.press("Enter")
    expect(star).to_have_attribute("aria-pressed", "true")
    expect(star).to_be_focused()
    expect(desk.get_by_role("link", name="Download 1 favourite")).to_be_visible()
    desk.get_by_text("Show only some").click()
    desk.get_by_text("Turned left", exact=True).click()
    expect(desk.locator(".frame")).to_have_count(3)
    expect(star).to_have_attribute("aria-pressed", "true")
    desk.goto(at(live_server, "viewer", ready, place=1))
    desk.keyboard.press("ArrowRight")
    expect(desk.locator("h1")).to_have_text("Headshot 3")
    desk.keyboard.press("ArrowLeft")
    expect(desk.locator("h1")).to_have_text("Headshot 2")
    desk.get_by_text("Something is wrong with it").click()
    desk.get_by_role("radio", name="Not like me").focus()
    desk.keyboard.press("ArrowRight")  # the field's own
    expect(desk.get_by_role("radio", name="Skin tone is wrong")).to_be_checked()
    expect(desk.locator("h1")).to_have_text("Headshot 2")
    assert complaints == []


def test_deleting_asks_first_and_ends_with_the_receipt(
    desk: Page, live_server: LiveServer, complaints: list[str], ready: Shoot
) -> None:
    desk.goto(at(live_server, "shoot", ready))
    desk.get_by_role("link", name="Delete everything now").click()
    dialog = desk.get_by_role("dialog", name="Delete everything now?")
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    desk.get_by_role("link", name="Delete everything now").click()
    dialog.get_by_role("button", name="Delete everything").click()
    expect(desk.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    assert complaints == []


def test_of_200_pictures_only_those_near_the_screen_are_loaded_and_nothing_jumps(
    desk: Page, live_server: LiveServer, ivy: User, drawn: list[Image.Image]
) -> None:
    shoot = cast.ready(ivy, headshots=200, of=drawn)
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url) if "/picture/" in request.url else None)
    desk.add_init_script(
        "window.jumps = 0; new PerformanceObserver(list => { for (const one of list.getEntries())"
        " window.jumps += one.value; }).observe({type: 'layout-shift', buffered: true});"
    )
    desk.goto(at(live_server, "shoot", shoot))
    desk.wait_for_load_state("networkidle")
    assert 4 <= len(asked) < 60
    desk.keyboard.press("End")
    desk.wait_for_load_state("networkidle")
    assert desk.evaluate("window.jumps") < 0.1
