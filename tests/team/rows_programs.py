"""A company's page for programs, and its API, whose tokens no browser has."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from accounts import company_tokens, hooks
from accounts.models import Delivery

from .table import Row, admins, everybody
from .world import Team


def token(team: Team) -> dict[str, Any]:
    company_tokens.make(team.company, "payroll", ["members:read"], team.user("hana"))
    return {"token": team.company.api_tokens.get().pk}


def webhook(team: Team) -> dict[str, Any]:
    made, _secret = hooks.add(team.company, "http://localhost/", ["member.left"], team.user("hana"))
    return {"webhook": made.pk}


def delivery(team: Team) -> dict[str, Any]:
    address = webhook(team)
    hooks.tell(team.company, "member.left", member=team.member.pk)
    return {**address, "delivery": Delivery.objects.get().pk}


NAMES = ("company", "departments", "brand", "credits", "members", "portraits")
PAGES = [
    Row("program:programs", "GET", admins()),
    Row("program:new_token", "GET", admins()),
    Row("program:new_token", "POST", admins()),
    Row("program:revoke", "POST", (*admins(302)[:6], 404, 404), make=token),  # adam was first
    Row("program:new_webhook", "GET", admins()),
    Row("program:new_webhook", "POST", admins()),
    Row("program:webhook", "GET", admins(), make=webhook),
    Row("program:pause", "POST", admins(302), make=webhook),
    Row("program:resume", "POST", admins(302), make=webhook),
    Row("program:remove", "POST", (*admins(302)[:6], 404, 404), make=webhook),  # adam was first
    Row("program:test", "POST", admins(302), make=webhook),
    Row("program:resend", "POST", admins(302), make=delivery),
]
# A session opens nothing here: what tokens open stands in test_company_api.
API = [
    *(Row(f"company_api:{name}", "GET", everybody(401)) for name in NAMES),
    Row("company_api:members", "POST", everybody(401)),
    *(Row("company_api:member", method, everybody(401)) for method in ("GET", "PATCH", "DELETE")),
    Row("company_api:member_portraits", "GET", everybody(401)),
    Row("company_api:file", "GET", everybody(401), {"portrait": uuid4(), "size": "full"}),
]
ROWS = [*PAGES, *API]
