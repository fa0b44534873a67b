"""The chapters of the story of Acme: who does what, and what they find."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, Route

from tests import idp
from tests.journeys import acme, story
from tests.journeys.living import mailed, mailed_code, manage
from tests.journeys.story import See

PROVEN = """
from django.utils import timezone
from accounts.models import Company, Domain
acme = Company.objects.get(name="Acme")
Domain.objects.create(company=acme, name="acme.example", token="t", verified_at=timezone.now())
"""
LINK = re.compile(r"(http\S+/join/\S+)")


@dataclass
class Living:
    """A site, where it keeps its mails, and who is at the browser."""

    site: str
    folder: Path
    page: Page
    people: acme.People
    see: See

    def be(self, name: str) -> None:
        self.people.be(name)

    def signs_up(self, address: str) -> None:
        acme.sign_up(self.page, self.site, address, lambda: mailed_code(self.folder, address))


def acmes_headshot(living: Living) -> None:
    """From a new company to the first picture on its board."""
    company = hana_asks(living)
    team, shoot = emil_answers(living)
    others_sign_on(living, company)  # while his headshots are being made
    emil_releases(living, team, shoot)
    hana_takes_it(living, company)


def hana_asks(living: Living) -> str:
    """The address of her company."""
    page, see = living.page, living.see
    living.be("hana")
    living.signs_up("hana@acme.example")
    company = acme.opens(page, living.site, "Acme", see)
    acme.buys_credits(page, company, see)
    acme.sets_the_brand(page, company, see)
    acme.imports_people(page, company, see)
    return company


def emil_answers(living: Living) -> tuple[str, str]:
    """The addresses of his team page and of his shoot."""
    page, see, address = living.page, living.see, "emil@acme.example"
    living.be("emil")
    link = mailed(living.folder, address, LINK)
    team = acme.joins(page, link, lambda: mailed_code(living.folder, address), see)
    return team, acme.shoots(page, acme.PHOTOS, see)


def emil_releases(living: Living, team: str, shoot: str) -> None:
    living.be("emil")
    acme.waits_for_gallery(living.page, shoot, living.see)
    acme.releases(living.page, team, living.see)


def others_sign_on(living: Living, company: str) -> None:
    """olga by OpenID Connect, noor by SAML."""
    page, see, people = living.page, living.see, living.people
    manage("shell", "-c", PROVEN, DATA_DIR=str(living.folder), SITE_URL=living.site)
    back = company.replace("/company/", "/account/oidc/") + "login/callback/"
    with idp.running(living.folder, [back]) as provider:
        living.be("hana")
        oidc = {"issuer": provider.url, "client_id": idp.CLIENT, "secret": idp.SECRET}
        acme.names_provider(page, company, oidc)
        acme.names_themself(page, "hana@acme.example")
        acme.switches_it_on(page, see)
        living.be("olga")
        acme.signs_on(page, living.site, "olga@acme.example")
        acme.names_themself(page, "olga@acme.example")
        acme.is_in(page, see)

        def as_who_sits_here(route: Route) -> None:
            route.continue_(url=f"{route.request.url}&user={people.who}@acme.example")

        page.route(f"{provider.url}/saml?*", as_who_sits_here)
        living.be("hana")
        acme.names_provider(page, company, {"metadata": provider.metadata()})
        acme.switches_it_on(page, see)
        living.be("noor")
        acme.signs_on(page, living.site, "noor@acme.example")
        acme.is_in(page, see)


def hana_takes_it(living: Living, company: str) -> None:
    page, see = living.page, living.see
    living.be("hana")
    for name in ("olga", "noor", "emil"):
        acme.looks_at(page, company, name, see)
    acme.approves(page, see)
    files = acme.downloads(page, company, "{employee}-{last_name}", see)
    assert list(files) == ["0001-Ek.jpg"]
    story.made_here(page, living.site, files["0001-Ek.jpg"], see)
    table = list(csv.DictReader(acme.saves_table(page, company).splitlines()))
    assert len(table) == 301
    (released,) = (row for row in table if row["State"] != "invited")
    assert (released["Email"], released["State"], released["Approved"]) == (
        "emil@acme.example",
        "released",
        "yes",
    )
