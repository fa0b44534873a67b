"""Every page that needs no story: those of the permission table that have no shoot in their address."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from django.urls import resolve, reverse
from playwright.sync_api import Page

from generation.cast import PASSWORD
from tests.journeys.story import See
from tests.permissions import LOGIN, PERSONAS, TABLE
from tests.world import routes

PARTS = {route.name: route.parts for route in routes()}
FILES = (
    "_image",
    "_picture",
    "_sketch",
    "_file",
    "_text",
    "receipt",
    "archive",
    "rendition",
    "thumb",
    "headshot",
)
PIECES = ("news", "progress")  # of pages
OF_TEAMS = {  # of the table beside the teams' tests; most of its pages need a company
    "anonymous": ("member:sample", "sso:begin"),
    "owner": ("company:companies", "company:new"),
}


def pages() -> set[str]:
    """The names of all routes that show a page to somebody."""
    return {
        row.route
        for row in TABLE
        if row.method == "GET"
        and 200 in row.answers
        and _page(row.route)
        and not row.route.startswith("api:")
    }


def _page(route: str) -> bool:
    return route == "accounts:receipt" or not route.endswith((*FILES, *PIECES))


def open_to(persona: str) -> Iterator[str]:
    """The names of the pages that a persona may simply go to; what is everybody's is the anonymous one's."""
    column, anonymous = PERSONAS.index(persona), PERSONAS.index("anonymous")
    for row in TABLE:
        simple = row.method == "GET" and not PARTS[row.route] and not row.state
        programs = row.route.startswith("api:") and row.route != "api:docs"
        theirs = column == anonymous or row.answers[anonymous] != 200
        if simple and theirs and not programs and row.answers[column] != LOGIN:
            yield row.route
    yield from OF_TEAMS.get(persona, ())


def visit(page: Page, site: str, see: See, persona: str) -> None:
    """See each of them once; one that leads to another page is not seen twice."""
    seen = set()
    for name in open_to(persona):
        answer = page.goto(site + reverse(name))
        if _arrived(page) == "account_reauthenticate" != name:  # the sign-in was too long ago
            page.locator("[name=password]").fill(PASSWORD)
            page.locator("[name=password]").press("Enter")
            page.wait_for_url(lambda url: "reauthenticate" not in url)
        if answer and answer.ok and _arrived(page) not in seen:
            seen.add(_arrived(page))
            see(_arrived(page))


def _arrived(page: Page) -> str:
    return resolve(urlsplit(page.url).path).view_name


def mishaps(page: Page, site: str, see: See) -> None:
    """A mistyped address, a wrong password, and a form that was open for too long."""
    page.goto(f"{site}/nothing-here/")
    see("nothing here")
    page.goto(site + reverse("account_login"))
    page.locator("[name=login]").fill("nobody@example.com")
    page.locator("[name=password]").fill("not the password")
    page.locator("[name=password]").press("Enter")
    page.locator(".field-error, .notice-bad, [role=alert]").first.wait_for()
    see("wrong password")
    page.context.clear_cookies()
    page.locator("[name=password]").fill("not the password")
    page.locator("[name=password]").press("Enter")
    page.get_by_role("heading", name="This page was open for too long").wait_for()
    see("open for too long")
