"""Every route around a company and each method, knocked at by everybody (the table: ``table``)."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.permissions import LOGIN, Answer
from tests.world import routes

from .table import PERSONAS, Row, all_rows
from .world import Team

ROUTES = {route.name: route for route in routes()}
METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}
TABLE = all_rows()
LAST = ("emil", "adam", "hana")  # whose doing may change what the others find


def ask(client: Client, row: Row, values: dict[str, Any], method: str = "") -> Any:
    cache.clear()
    return getattr(client, (method or row.method).lower())(reverse(row.route, kwargs=values))


def answer(response: HttpResponse) -> Answer:
    led = response.status_code == 302 and response["Location"].startswith(reverse("account_login"))
    return LOGIN if led else response.status_code


@pytest.mark.django_db
@pytest.mark.parametrize("row", TABLE, ids=str)
def test_who_may(row: Row) -> None:
    team = Team()
    values = team.values(ROUTES[row.route].parts, {**row.said, **row.make(team)})
    browsers = {persona: team.browser(persona) for persona in PERSONAS}
    answers = {}
    for persona in sorted(PERSONAS, key=lambda one: one in LAST):
        response = ask(browsers[persona], row, values)
        answers[persona] = answer(response)
        if answers[persona] == 404 and any(isinstance(value, UUID) for value in values.values()):
            strange = {name: uuid4() for name, value in values.items() if isinstance(value, UUID)}
            unknown = ask(browsers[persona], row, {**values, **strange})
            assert (unknown.status_code, unknown.content) == (404, response.content), persona
    assert answers == dict(zip(PERSONAS, row.answers, strict=True))


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted({row.route for row in TABLE}))
def test_other_methods_do_nothing(name: str) -> None:
    rows, team = [row for row in TABLE if row.route == name], Team()
    values = team.values(ROUTES[name].parts, {**rows[0].said, **rows[0].make(team)})
    mine = dict(zip(PERSONAS, rows[0].answers, strict=True))
    persona = next(one for one in ("hana", "adam", "emil") if mine[one] != 404)
    browser = team.browser(persona)
    for method in METHODS - {row.method for row in rows}:
        refused = 401 if mine[persona] == 401 else 405  # a program without a token
        assert ask(browser, rows[0], values, method).status_code == refused, method
