"""emil's pages in Chromium: for everybody, and an own picture cut by keys and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from generation.models import Portrait
from tests import cast
from tests.journeys.browser import CHROMIUM, serious, too_wide
from tests.team.rows_member import gallery
from tests.team.world import Team, browser

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def desk(page: Page, live_server: LiveServer, team: Team) -> Page:
    """emil's Chromium."""
    assert team.member
    cookie = browser(team.user("emil")).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    return page


def test_pages_fit_and_everybody_can_use_them(
    desk: Page, live_server: LiveServer, complaints: list[str], axe: str, team: Team
) -> None:
    gallery(team)
    files = {name: cast.picture() for name in ("full", "preview", "thumb")}
    cast.portrait(team.member, files, redo_reason="Eyes shut")
    cast.portrait(team.member, files, brand_version=2, released_at=None)
    for name in ("sample", "team", "choose", "own", "release"):
        address = reverse(f"member:{name}", args=[] if name == "sample" else [team.member.pk])
        for width, scheme in ((390, "dark"), (1440, "light")):
            desk.emulate_media(color_scheme=scheme)
            desk.set_viewport_size({"width": width, "height": 900})
            desk.goto(live_server.url + address)
            assert not too_wide(desk), f"{name} scrolls sideways at {width}"
            assert serious(desk, axe) == [], name
    assert complaints == []


def test_an_own_picture_is_cut_by_keys_and_by_hand(
    desk: Page, live_server: LiveServer, complaints: list[str], team: Team, tmp_path: Path
) -> None:
    Image.new("RGB", (800, 1000), "slategrey").save(tmp_path / "me.jpg")
    desk.goto(live_server.url + reverse("member:own", args=[team.member.pk]))
    desk.set_input_files("#id_picture", tmp_path / "me.jpg")
    square = desk.locator("[data-square]")
    expect(square).to_be_visible()
    square.press("-")  # 0.04 of the width, around the middle
    for _ in range(9):
        square.press("ArrowUp")
    expect(desk.locator("[data-now]")).to_have_text("left 2 %, top 0 %, 96 % of the width")
    across = desk.locator("[data-picture]").bounding_box()
    held = square.bounding_box()
    assert across
    assert held
    desk.mouse.move(held["x"] + 50, held["y"] + 50)
    desk.mouse.down()
    desk.mouse.move(held["x"] + 500, held["y"] + 50 + across["width"] / 10)
    desk.mouse.up()
    desk.get_by_role("button", name="See it as Acme would").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text("One moment")
    assert Portrait.objects.get().crop == pytest.approx([0.04, 0.1, 0.96], abs=0.005)
    assert complaints == []
