"""Every route and method, knocked at by everybody (the table: ``permissions``)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests import cast
from tests.permissions import LOGIN, PERSONAS, TABLE, Answer, Row
from tests.team.table import all_rows
from tests.world import Route, World, routes

METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
OURS = ("pages", "generation", "accounts", "billing", "api", "metrics", "healthz", "readyz")
ROUTES = {route.name: route for route in routes()}
PROBES = ("healthz", "readyz")
STAFF = [route for route in ROUTES.values() if route.name.startswith("admin:")]


def test_every_route_has_its_row() -> None:
    listed = {row.route for row in TABLE} | {row.route for row in all_rows()}
    assert listed == {name for name in ROUTES if not name.startswith("admin:")}


def ask(client: Client, row: Row, values: dict[str, Any], method: str = "") -> Any:
    """Programs speak JSON, pages send forms; the counters of limits begin anew."""
    cache.clear()
    address, method = reverse(row.route, kwargs=values), method or row.method
    if row.route.startswith("api:"):
        return client.generic(method, address, "{}", "application/json")
    return getattr(client, method.lower())(address)


def answer(response: HttpResponse) -> Answer:
    led = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return LOGIN if led else response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_who_may(row: Row) -> None:
    world, parts = World(), ROUTES[row.route].parts
    values = world.values(parts, row.state, row.said)
    browsers = {persona: world.browser(persona) for persona in PERSONAS}
    answers = {}
    for persona in sorted(PERSONAS, key=lambda one: one == theirs(row)):  # whose it is comes last: it may go
        response = ask(browsers[persona], row, values)
        answers[persona] = answer(response)
        if row.route not in PROBES:  # a word of plain text, answered before anything else
            assert "default-src 'none'" in response["Content-Security-Policy"], persona
        assert response["X-Content-Type-Options"] == "nosniff", persona
        if answers[persona] == 404 and any(isinstance(value, UUID) for value in values.values()):
            unknown = ask(browsers[persona], row, {**values, **strange(values)})
            assert (unknown.status_code, unknown.content) == (404, response.content), persona
    assert answers == dict(zip(PERSONAS, row.answers, strict=True))


def theirs(row: Row) -> str:
    return "visitor" if row.state == "try" else "owner"


def strange(values: dict[str, Any]) -> dict[str, UUID]:
    return {name: uuid4() for name, value in values.items() if isinstance(value, UUID)}


@pytest.mark.django_db
@pytest.mark.parametrize("name", [name for name in ROUTES if name.partition(":")[0] in OURS])
def test_other_methods_do_nothing(name: str) -> None:
    rows = [row for row in TABLE if row.route == name]
    world = World()
    values = world.values(ROUTES[name].parts, rows[0].state, rows[0].said)
    browser = world.browser(theirs(rows[0]))
    for method in METHODS - {row.method for row in rows}:
        assert ask(browser, rows[0], values, method).status_code == 405, method


CHILDREN = [row for row in TABLE if {"photo", "headshot"} & set(ROUTES[row.route].parts)]


@pytest.mark.django_db
@pytest.mark.parametrize("row", CHILDREN, ids=str)
def test_nobodys_picture_is_reached_through_ones_own_shoot(row: Row) -> None:
    world = World()
    values = world.values(ROUTES[row.route].parts, row.state, row.said)
    foreign = cast.ready(world.other, 1)
    child = {"photo": foreign.photos.get().pk, "headshot": foreign.headshots.get().pk}
    mixed = {**values, **{name: pk for name, pk in child.items() if name in values}}
    assert ask(world.browser("owner"), row, mixed).status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize("route", STAFF, ids=lambda route: route.name)
def test_staff_pages_open_to_nobody_without_a_second_factor(route: Route) -> None:
    world = World()
    known = {
        "object_id": world.owner.pk,
        "content_type_id": 1,
        "app_label": "accounts",
        "url": "x",
        "word": "x",
    }
    if not route.name.partition(":")[2]:
        addresses = ["/staff/nothing/here/"]
    else:
        addresses = [reverse(route.name, kwargs={part: known[part] for part in route.parts})]
    for persona in PERSONAS:
        for address in addresses:
            for response in (world.browser(persona).get(address), world.browser(persona).post(address)):
                assert response.status_code in (302, 404), persona
