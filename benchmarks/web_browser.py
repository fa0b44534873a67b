"""What a browser says of the pages: when they are painted, how much jumps, who could not use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from statistics import median

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext

from tests.journeys.browser import serious
from tests.permissions import PERSONAS, TABLE, Row
from tests.team import table
from tests.team.world import Team
from tests.world import World, routes

WIDTHS = (390, 1440)
SLOWER = 4  # times, the processor; the network is as fast as one machine's own
RUNS = 3
PATIENCE = 180_000  # ms: slow is a figure, not an error
OBSERVE = """
window.painted = 0; window.jumped = 0;
new PerformanceObserver(list => { for (const one of list.getEntries()) window.painted = one.startTime; })
  .observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const one of list.getEntries()) window.jumped += one.value; })
  .observe({type: 'layout-shift', buffered: true});
"""


@dataclass(frozen=True)
class Visit:
    """A page as somebody's browser asks for it."""

    name: str
    address: str
    cookies: Mapping[str, str]


def vitals(browser: Browser, site: str, visit: Visit) -> dict[str, dict[str, float]]:
    """For each width the median of the largest paint in milliseconds, and the most that ever jumped."""
    found = {}
    for width in WIDTHS:
        seen = [_seen(browser, site, visit, width) for _ in range(RUNS)]
        lcp, cls = median(one[0] for one in seen), max(one[1] for one in seen)
        found[f"{width} px"] = {"lcp_ms": round(lcp), "cls": round(cls, 4)}
    return found


def _seen(browser: Browser, site: str, visit: Visit, width: int) -> tuple[float, float]:
    """Once, with nothing in the cache; what jumps counts down to the end of the page."""
    with signed_in(browser, site, visit, width) as context:
        page = context.new_page()
        context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.add_init_script(OBSERVE)
        page.goto(site + visit.address, wait_until="networkidle")
        painted = float(page.evaluate("window.painted"))
        page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
        page.wait_for_load_state("networkidle")
        return painted, float(page.evaluate("window.jumped"))


def signed_in(browser: Browser, site: str, visit: Visit, width: int) -> BrowserContext:
    context = browser.new_context(viewport={"width": width, "height": 844})
    context.set_default_timeout(PATIENCE)
    context.add_cookies(
        [{"name": name, "value": value, "url": site} for name, value in visit.cookies.items()]
    )
    return context


def every_page() -> Iterator[Visit]:
    """Each page of the permission tables, in each of its states, as somebody who may see it."""
    yield from _teams_pages()
    yield from _peoples_pages()


def _teams_pages() -> Iterator[Visit]:
    """Each of a company of its own."""
    parts = {route.name: route.parts for route in routes()}
    for row in table.all_rows():
        if row.method == "GET" and 200 in row.answers:
            team = Team()
            client = team.browser(_member_who(row))
            address = reverse(row.route, kwargs=team.values(parts[row.route], {**row.said, **row.make(team)}))
            name = " ".join([str(row), *map(str, row.said.values())])
            if visit := _page(client, name, address):
                yield visit


def _member_who(row: table.Row) -> str:
    allowed = [persona for persona, answer in zip(table.PERSONAS, row.answers) if answer == 200]
    return next(persona for persona in ("hana", "emil", "anonymous") if persona in allowed)


def _peoples_pages() -> Iterator[Visit]:
    world, parts = World(), {route.name: route.parts for route in routes()}
    browsers = {persona: world.browser(persona) for persona in PERSONAS}
    for row in TABLE:
        if row.method == "GET" and 200 in row.answers and not row.route.startswith("api:"):
            client = browsers[_who(row)]
            address = reverse(row.route, kwargs=world.values(parts[row.route], row.state, row.said))
            if visit := _page(client, str(row), address):
                yield visit


def _page(client: Client, name: str, address: str) -> Visit | None:
    client.defaults["HTTP_HOST"] = "localhost"
    if not is_page(client.get(address)):
        return None
    return Visit(name, address, {name: one.value for name, one in client.cookies.items()})


def _who(row: Row) -> str:
    """The owner where they may: most pages are theirs."""
    allowed = [persona for persona, answer in zip(PERSONAS, row.answers) if answer == 200]
    return "owner" if "owner" in allowed and row.state != "try" else allowed[-1]


def is_page(answer: HttpResponse) -> bool:
    """Not a file, nor a piece of a page."""
    html = answer.headers.get("Content-Type", "").startswith("text/html")
    return answer.status_code == 200 and html and not answer.streaming and b"<html" in answer.content


def unusable(browser: Browser, site: str, visit: Visit, axe: str) -> list[str]:
    """Serious findings on a phone, with everything unfolded."""
    with signed_in(browser, site, visit, WIDTHS[0]) as context:
        page = context.new_page()
        page.goto(site + visit.address)
        if page.url != site + visit.address:  # not this page is looked at, but that of signing in
            return [f"leads to {page.url}"]
        page.evaluate("document.querySelectorAll('details.fold').forEach(fold => fold.open = true)")
        return serious(page, axe)
