"""Whatever a company can ask for is the same to the byte whether somebody refused or has not answered."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from difflib import unified_diff

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import audit, company_tokens, consent
from accounts.models import Delivery, Member
from generation import membership, sweeper
from generation.models import Shoot
from tests import cast
from tests.team.table import PERSONAS, Row, all_rows
from tests.world import routes

from .world import Team

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ROUTES = {route.name: route for route in routes()}
HANA = PERSONAS.index("hana")
FRESH = re.compile(rb'name="csrfmiddlewaretoken" value="\w+"|"X-CSRFToken": "\w+"')
QUERIES = (
    "?state=invited",
    "?state=progress",
    "?state=released",
    "?q=emil",
    "?overdue=1",
    "?everybody=1",
    "?sizes=full&who=all",
)
LISTS = ("board:board", "board:wall", "board:table", "board:archive")


def told(client: Client, address: str) -> tuple[int, str, bytes]:
    cache.clear()  # of limits
    response = client.get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return response.status_code, response.get("Content-Type", ""), FRESH.sub(b"", body)


def hanas() -> list[Row]:
    """The routes that the table opens to her, but for what a row must make first and the log of her own."""
    nothing = Row.__dataclass_fields__["make"].default
    hers = [row for row in all_rows() if row.method == "GET" and row.answers[HANA] == 200]
    return [row for row in hers if row.make == nothing and row.route != "company:audit"]


def everything(team: Team, secret: str) -> dict[str, object]:
    """All that Acme can see, by address, and what it was told unasked."""
    hana, api = team.browser("hana"), Client(headers={"authorization": f"Bearer {secret}"})
    found: dict[str, object] = {}
    for row in hanas():
        address = reverse(row.route, kwargs=team.values(ROUTES[row.route].parts, row.said))
        for query in ("", *QUERIES) if row.route in LISTS else ("",):
            found[address + query] = told(hana, address + query)
    for name, route in ROUTES.items():
        if name.startswith("company_api:") and "portrait" not in route.parts:
            address = reverse(name, kwargs=team.values(tuple(set(route.parts)), {}))
            found[address] = told(api, address)
    found["webhooks"] = list(Delivery.objects.order_by("created").values_list("event", "body"))
    log = audit.of(team.company).exclude(actor_id=team.user("hana").pk)  # her own exports are in it
    found["audit"] = list(log.values_list("what", "about"))
    found["mails"] = [one.body for one in mail.outbox if one.to != [team.member.email]]
    return found


def differing(before: dict[str, object], after: dict[str, object]) -> dict[str, list[str]]:
    """What is not the same, and the lines that tell."""
    assert before.keys() == after.keys()
    return {
        name: list(unified_diff(str(before[name]).split("\\n"), str(after[name]).split("\\n"), n=0))
        for name in before
        if before[name] != after[name]
    }


@pytest.fixture
def team() -> Team:
    team = Team()
    assert team.member
    return team


@pytest.fixture
def secret(team: Team) -> str:
    return company_tokens.make(team.company, "wall", list(company_tokens.SCOPES), team.user("hana"))


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_a_refusal_changes_no_byte(team: Team, secret: str) -> None:
    emil = team.browser("emil")
    everything(team, secret)  # looking leaves traces, too: her token was used
    before = everything(team, secret)
    assert len(before) > 40
    assert str(team.member.email) in str(before)
    emil.post(reverse("member:answer", args=[team.member.pk]), {"answer": "no"})
    assert Member.objects.get(pk=team.member.pk).refused_at
    sweeper.sweep()
    after = everything(team, secret)
    assert differing(before, after) == {}


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_nor_does_a_consent_that_is_taken_back_before_the_shoot_is_submitted(team: Team, secret: str) -> None:
    everything(team, secret)
    before = everything(team, secret)
    shoot = membership.open_shoot(team.member, cast.release(team.user("emil")))
    cast.photo(shoot)
    assert differing(before, everything(team, secret)) == {}
    consent.withdraw(shoot.release)
    assert differing(before, everything(team, secret)) == {}


@pytest.mark.django_db
@time_machine.travel(NOON, tick=False)
def test_of_who_released_nothing_but_the_released_files_is_there(team: Team, secret: str) -> None:
    shoot = cast.ready(team.user("emil"), 6)
    Shoot.objects.filter(pk=shoot.pk).update(member=team.member)
    one = shoot.headshots.first()
    cast.portrait(team.member, {"thumb": cast.picture()}, headshot=one)
    said = str(everything(team, secret))
    hidden = [str(shoot.pk), *(str(row.pk) for row in (*shoot.headshots.all(), *shoot.photos.all()))]
    assert not [number for number in hidden if number in said]
