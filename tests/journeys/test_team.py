"""A company from its sign-up to its first picture, and what others find at the addresses that it opened."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.urls import resolve
from playwright.sync_api import Page

from tests.journeys import acme, story
from tests.journeys.browser import CHROMIUM, too_wide
from tests.journeys.living import selling
from tests.journeys.team import Living, acmes_headshot
from tests.npm import needs_node

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium"),
    needs_node,
]
OPENED = {"board:board", "board:member", "board:portrait", "board:archive", "board:table", "company:settings"}
OPENED |= {"company_money:order", "brand:brand", "invite:import", "sso:settings"}
OPENED |= {"member:team", "member:choose", "member:release", "member:portrait", "generation:headshot"}


@pytest.fixture
def living(page: Page, tmp_path: Path) -> Iterator[Living]:
    """An empty site, seen on a phone."""

    def fits(name: str) -> None:
        assert not too_wide(page), name

    page.set_default_timeout(story.SOON)
    page.route(re.compile("^https:"), lambda route: route.abort())  # fonts of the provider's page
    page.set_viewport_size({"width": 390, "height": 844})
    with selling(tmp_path, SHOOT_SIZE="small") as site:
        yield Living(site, tmp_path, page, acme.People(page), fits)


def test_from_a_new_company_to_the_picture_on_its_board(living: Living, complaints: list[str]) -> None:
    acmes_headshot(living)
    strangers_find_nothing(living)
    assert [one for one in complaints if living.site in one] == []


def strangers_find_nothing(living: Living) -> None:
    """zoe, and rita, who owns another company."""
    opened = list(living.people.opened)
    assert OPENED - {resolve(urlsplit(address).path).view_name for address in opened} == set()
    living.be("zoe")
    living.signs_up("zoe@example.com")
    assert found(living, opened) == set()
    living.be("rita")
    living.signs_up("rita@globex.example")
    acme.opens(living.page, living.site, "Globex", living.see)
    assert found(living, opened) == set()


def found(living: Living, addresses: list[str]) -> set[tuple[str, int]]:
    """What answers anything but 404 to who sits here."""
    ask = living.page.context.request
    answers = {(one, ask.get(one).status) for one in addresses}
    return {answer for answer in answers if answer[1] != 404}
