"""A company's credits and invoices: its admins', and nobody else's."""

from __future__ import annotations

from typing import Any

from billing import ledger, orders
from billing.models import Customer

from .table import Row, admins
from .world import Team


def ordered(team: Team) -> dict[str, Any]:
    order = orders.open_order(team.user("hana"), "credits-1-v1", 10, "usd", company=team.company)
    return {"order": order.pk}


def known(team: Team) -> dict[str, Any]:
    """Stripe knows the company, and cannot be reached."""
    Customer.objects.create(company=team.company, stripe_id="cus_1")
    ledger.grant(team.company, 1, source="test")
    return {}


ROWS = [
    Row("company_money:credits", "GET", admins(), make=known),
    Row("company_money:buy", "POST", admins(422)),
    Row("company_money:buy_by_invoice", "POST", admins(422)),
    Row("company_money:portal", "POST", admins(302), make=known),
    Row("company_money:order", "GET", admins(), make=ordered),
    Row("company_money:order_news", "GET", admins(), make=ordered),
    Row("company_money:want_back", "POST", admins(302), make=ordered),
]
