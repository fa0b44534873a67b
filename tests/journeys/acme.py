"""The story of hana's company and of emil's headshot in a browser, step by step as people take them."""

from __future__ import annotations

import re
import time
import zipfile
from base64 import b32decode
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page, Request, expect

from tests.journeys import story
from tests.journeys.patience import until
from tests.journeys.story import CARD, See, agree, follow, pay

PHOTOS = sorted(story.PHOTOS.iterdir())[:6]
OURS = re.compile(r"/(company|team|shoots)/[0-9a-f-]{36}/")
TEAL = "#1f5a5e"


class People:
    """Several people at one browser, each with cookies of their own.

    ``opened`` is every address of a company, a seat or a shoot that they fetched.
    """

    def __init__(self, page: Page) -> None:
        self.page, self.opened = page, dict[str, None]()
        self.who, self.jars = "", dict[str, Any]()
        page.on("request", self._note)
        page.on("download", lambda file: self.opened.setdefault(file.url))  # a link's is no request to it

    def be(self, name: str) -> None:
        context = self.page.context
        self.jars[self.who] = context.cookies()
        context.clear_cookies()
        context.add_cookies(self.jars.get(name, []))
        self.who = name

    def _note(self, request: Request) -> None:
        if request.method == "GET" and OURS.search(request.url):
            self.opened[request.url] = None


def sign_up(page: Page, site: str, email: str, code: Callable[[], str]) -> None:
    page.goto(f"{site}/account/signup/")
    join_by_code(page, email, code)
    page.wait_for_url("**/shoots/")


def join_by_code(page: Page, email: str, code: Callable[[], str]) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").wait_for()
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm", exact=True).click()


def app_code(secret: str) -> str:
    """What the authenticator app shows now."""
    return TOTP(b32decode(secret), 6, SHA1(), 30).generate(int(time.time())).decode()


def opens(page: Page, site: str, company: str, see: See) -> str:
    """From the menu to her company's settings, with a second factor on the way; the company's address."""
    page.goto(f"{site}/company/")
    follow(page.get_by_role("link", name="Open a company"))
    page.get_by_label("Name of the company").fill(company)
    see("open a company")
    page.get_by_role("button", name="Open the company").click()
    sets_up_an_app(page, see)
    page.goto(f"{site}/company/")
    page.wait_for_url(OURS)
    see("an empty board")
    return page.url


def sets_up_an_app(page: Page, see: See) -> None:
    """And proves it once more, for the recovery codes."""
    follow(page.get_by_role("link", name="Activate"))
    see("an authenticator app")
    secret = page.get_by_label("Authenticator secret").input_value()
    page.locator("[name=code]").fill(app_code(secret))
    page.get_by_role("button", name="Activate").click()
    page.get_by_role("button", name="Confirm").wait_for()
    page.locator("[name=code]").fill(app_code(secret))
    page.get_by_role("button", name="Confirm").click()
    page.get_by_role("heading", name="Recovery Codes").wait_for()
    see("recovery codes")


def buys_credits(page: Page, company: str, see: See) -> None:
    page.goto(f"{company}credits/")
    page.get_by_role("button", name="Buy credits").click()
    pay(page, CARD)
    page.get_by_role("heading", name="Paid, thank you").wait_for()
    see("credits paid")


def sets_the_brand(page: Page, company: str, see: See) -> None:
    page.goto(f"{company}brand/")
    page.get_by_label("Exact colour").fill(TEAL)
    page.get_by_role("button", name="Save the brand").click()
    expect(page.get_by_text("The brand is saved")).to_be_visible()
    see("brand")


def people() -> bytes:
    """300 rows as Excel writes them: one has no address, one no date; emil stands in the first."""
    rows = ["Email;First name;Last name;Department;Due;Employee", "emil@acme.example;Emil;Ek;Café;;0001"]
    rows += [f"p{n}@acme.example;Pim {n};Ås;Sales;;{n:04}" for n in range(2, 299)]
    rows += ["nobody;No;Body;Sales;;0299", "late@acme.example;Late;Comer;Sales;soon;0300"]
    return "\r\n".join(rows).encode("utf-8-sig")


def imports_people(page: Page, company: str, see: See) -> None:
    page.goto(f"{company}invite/")
    file = {"name": "people.csv", "mimeType": "text/csv", "buffer": people()}
    page.get_by_label("CSV file").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("298 people", exact=True)).to_be_visible()
    expect(page.get_by_text("2 rows left out")).to_be_visible()
    see("columns of the list")
    page.get_by_role("button", name=re.compile("^Import")).click()
    page.get_by_role("heading", name="Imported").wait_for()
    for name, number in (("Added", 298), ("Left out", 2), ("Rows", 300)):
        fact = page.locator("dl.facts div", has=page.get_by_text(name, exact=True))
        expect(fact.locator("dd")).to_have_text(str(number))
    see("imported")


def joins(page: Page, link: str, code: Callable[[], str], see: See) -> str:
    """By the link in the mail; the address of the team page."""
    page.goto(link)
    see("invitation")
    follow(page.get_by_role("link", name="Make an account"))
    join_by_code(page, "emil@acme.example", code)
    page.get_by_role("button", name="Join Acme").click()
    expect(page.get_by_role("heading", name="Your headshot for Acme")).to_be_visible()
    expect(page.locator("[aria-labelledby=asks]")).to_contain_text(TEAL)
    see("what Acme asks for")
    return page.url


def shoots(page: Page, photos: Sequence[Path], see: See) -> str:
    """From the team page until it is submitted; the address of the shoot."""
    follow(page.get_by_role("link", name="Give consent and start"))
    see("consent for Acme")
    agree(page, "I agree, open the shoot")
    page.wait_for_url("**/shoots/**")
    shoot = page.url
    story.bring(page, photos, see)
    follow(page.get_by_role("link", name=re.compile("^Choose the looks")))
    see("what Acme offers")
    page.locator(".choice-card").first.click()
    follow(page.get_by_role("button", name="Look it over"))
    page.get_by_role("button", name="Make my headshots").click()
    page.wait_for_url(f"{shoot}**")
    return shoot


def waits_for_gallery(page: Page, shoot: str, see: See) -> None:
    page.goto(shoot)
    until(page.get_by_role("heading", name="Your headshots"))
    see("gallery for Acme")


def releases(page: Page, team: str, see: See) -> None:
    """One headshot, as Acme will get it."""
    page.goto(team)
    follow(page.get_by_role("link", name="Choose for Acme"))
    page.get_by_role("group", name="Place of headshot 1").get_by_text("Main").click()
    see("choose for Acme")
    follow(page.get_by_role("button", name="See them as Acme would"))
    page.get_by_role("heading", name="As Acme would get it").wait_for()
    see("as Acme would get it")
    agree(page, "Release to Acme")
    expect(page.get_by_role("heading", name="Acme has")).to_be_visible()
    see("released")


def names_provider(page: Page, company: str, provider: dict[str, str]) -> None:
    """As far as the provider's own page, to try it."""
    page.goto(f"{company}sso/")
    form = page.locator("form", has=page.locator(f"[name={next(iter(provider))}]"))
    if not form.is_visible():
        page.get_by_text("SAML 2.0", exact=True).last.click()
    for name, value in provider.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Test it").click()


def switches_it_on(page: Page, see: See) -> None:
    expect(page.get_by_text("The test passed")).to_be_visible()
    see("sign-on tested")
    page.get_by_role("button", name="Switch on").click()
    expect(page.get_by_text("On", exact=True)).to_be_visible()


def signs_on(page: Page, site: str, address: str) -> None:
    """As far as the provider's page."""
    page.goto(f"{site}/sso/")
    page.get_by_label("Your work email address").fill(address)
    page.get_by_role("button", name="Continue").click()


def names_themself(page: Page, address: str) -> None:
    """At the provider for OpenID Connect; the one for SAML asks for no more than its address says."""
    page.locator("[name=login]").fill(address)
    page.locator("[name=password]").fill("any")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


def is_in(page: Page, see: See) -> None:
    page.wait_for_url("**/shoots/")
    expect(page.get_by_role("link", name="Your headshot for Acme")).to_be_visible()
    see("signed on")


def looks_at(page: Page, company: str, words: str, see: See) -> None:
    """The one person on the board whom the words find, and what it says of them."""
    page.goto(company)
    page.get_by_label("Search").fill(words)
    expect(page.get_by_text("1 person")).to_be_visible()
    see("board")


def approves(page: Page, see: See) -> None:
    follow(page.locator(".board-rows a"))
    see("released to Acme")
    follow(page.get_by_role("button", name="Approve"))
    expect(page.get_by_text("Approved", exact=True)).to_be_visible()


def downloads(page: Page, company: str, pattern: str, see: See) -> dict[str, bytes]:
    """The files of the ZIP by name."""
    page.goto(f"{company}pictures/")
    page.get_by_label("File names").fill(pattern)
    see("download pictures")
    with page.expect_download() as arriving:
        page.get_by_role("button", name="Download").click()
    with zipfile.ZipFile(arriving.value.path()) as zipped:
        return {name: zipped.read(name) for name in zipped.namelist()}


def saves_table(page: Page, company: str) -> str:
    page.goto(company)
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Save as CSV").click()
    return Path(arriving.value.path()).read_text(encoding="utf-8-sig")
