"""An admin buys for a company: its credits, its customer at Stripe, and totals are all that it sees."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Member, Message
from billing import gateway, ledger, orders
from billing.models import Customer, Order, Status
from billing.standin import StandIn
from generation import export
from generation.failures import Refused
from tests import cast
from tests.billing.clicks import said, text
from tests.team.test_paying import another, submitted, totals
from tests.team.world import Team, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(db: None) -> Team:
    return Team()


@pytest.fixture
def hana(team: Team) -> Client:
    return browser(team.user("hana"))


def page(team: Team, name: str = "credits", **more: Any) -> str:
    return reverse(f"company_money:{name}", kwargs={"company": team.company.pk, **more})


def bought(team: Team, stripe: StandIn, quantity: int = 10) -> Order:
    """By invoice, paid."""
    order = orders.open_order(team.user("hana"), "credits-1-v1", quantity, "usd", company=team.company)
    orders.pay_by_invoice(order, purchase_order="PO 7")
    order.refresh_from_db()
    stripe.control.pay_invoice(order.invoice)
    return orders.settle(order)


def test_an_admin_buys_fifty_credits_by_card(team: Team, hana: Client, till: StandIn) -> None:
    assert hana.post(page(team, "buy"), said("credits-1-v1", 50)).status_code == 303
    order = Order.objects.get()
    till.control.pay(order.session or "")
    assert "Paid, thank you 50 credits are Acme’s" in text(
        hana.get(page(team, "order", order=order.pk), {"back": 1})
    )
    assert (order.company, order.owner) == (team.company, team.user("hana"))
    assert totals(team) == (50, 0, 0, 0)
    assert not ledger.unspent(team.user("hana")).exists()
    shown = text(hana.get(page(team)))
    assert "Left 50 Held 0 Used 0 Bought 50" in shown
    assert "$1,350" in shown  # at the price for fifty
    assert hana.post(page(team, "portal")).status_code == 303
    known = gateway.client().v1.customers.retrieve(Customer.objects.get(company=team.company).stripe_id)
    assert known.name == "Acme"
    whats = list(AuditEntry.objects.filter(company_id=team.company.pk).values_list("what", flat=True))
    assert whats == ["credits.paid", "credits.ordered"]


def test_the_next_invoice_goes_to_who_orders_it_and_names_the_company(
    team: Team, hana: Client, till: StandIn
) -> None:
    bought(team, till)
    asked = said("credits-1-v1", 10, purchase_order="PO 8")
    assert browser(team.user("adam")).post(page(team, "buy_by_invoice"), asked).status_code == 302
    order = Order.objects.latest("created")
    assert order.status == Status.PENDING
    invoice = gateway.client().v1.invoices.retrieve(order.invoice)
    assert (invoice.customer_name, invoice.custom_fields[0].value) == ("Acme", "PO 8")
    known = gateway.client().v1.customers.retrieve(str(invoice.customer))
    assert known.email == "adam@example.com"


def test_a_company_that_stripe_deleted_is_made_anew(team: Team, hana: Client, till: StandIn) -> None:
    bought(team, till)
    gateway.client().v1.customers.delete(Customer.objects.get().stripe_id)
    assert bought(team, till).status == Status.PAID


def test_what_was_bought_for_a_company_is_not_the_buyers_own(team: Team, hana: Client, till: StandIn) -> None:
    order = bought(team, till)
    assert hana.get(reverse("billing:order", args=[order.pk])).status_code == 404
    assert "Nothing bought yet" in text(hana.get(reverse("billing:orders")))
    assert "Buy for Acme on its own page" in text(hana.get(reverse("billing:prices")))
    assert export.rows(team.user("hana"))["billing.Order"] == []
    Member.objects.filter(user=team.user("hana")).update(left_at=timezone.now())
    assert hana.get(page(team, "order", order=order.pk)).status_code == 404
    assert "Acme" not in text(hana.get(reverse("billing:prices")))


def test_few_credits_are_told_once_after_each_purchase(team: Team, hana: Client, till: StandIn) -> None:
    bought(team, till, 20)
    members = [another(team, f"member-{number}") for number in range(20)]
    for one in members[:18]:
        submitted(one)
    assert not Message.objects.exists()
    assert "Few credits are left" not in text(hana.get(page(team)))
    for one in members[18:]:
        submitted(one)
        assert sorted(told.member.user.email for told in Message.objects.filter(about=Message.About.LOW)) == [
            "adam@example.com",
            "hana@example.com",
        ]
    assert "No credit is left" in text(hana.get(page(team)))
    bought(team, till, 2)
    submitted(another(team, "one-more"))
    assert Message.objects.count() == 2
    submitted(another(team, "the-last"))
    assert Message.objects.count() == 4


def test_a_refund_in_part_and_a_dispute_reach_the_company(team: Team, hana: Client, till: StandIn) -> None:
    order = bought(team, till)
    submitted(team.member)
    answer = hana.post(page(team, "want_back", order=order.pk), follow=True)
    assert "You asked for the money of the unused credits" in text(answer)
    assert "asked for this before" in text(hana.post(page(team, "want_back", order=order.pk), follow=True))
    order = orders.refund(
        order, order.paid // 2, reason="asked", key="half", by=cast.person("sam", staff=True)
    )
    assert (totals(team), order.wanted_back_at) == ((4, 1, 0, 0), None)
    dispute = till.control.dispute(order.payment_intent)
    orders.settle(order)
    assert totals(team) == (0, 1, 0, 4)
    assert "Frozen 4" in text(hana.get(page(team)))
    with pytest.raises(Refused, match="Acme has no credit"):
        submitted(another(team, "max"))
    till.control.close_dispute(dispute["id"], won=True)
    orders.settle(order)
    assert totals(team) == (4, 1, 0, 0)
    assert "Refunded in part" in text(hana.get(page(team)))


@pytest.mark.parametrize(
    ("asked", "words"),
    [(said("pack-40-v1"), "companies buy credits"), (said("credits-1-v1", 1), "sold from 2")],
)
def test_what_is_not_for_companies_is_said(
    team: Team, hana: Client, asked: dict[str, Any], words: str
) -> None:
    answer = hana.post(page(team, "buy"), asked)
    assert answer.status_code == 422
    assert words in text(answer)
    assert not Order.objects.exists()


def test_staff_finds_what_is_asked_back_and_may_leave_it(team: Team, hana: Client, till: StandIn) -> None:
    order, sam = bought(team, till), browser(cast.person("sam", password=None, staff=True))
    hana.post(page(team, "want_back", order=order.pk))
    orders_page = reverse("admin:billing_order_changelist")
    listed = sam.get(orders_page, {"wanted_back_at__isempty": "0", "q": "Acme"})
    assert str(order.pk) in text(listed)
    sam.post(orders_page, {"action": "leave_it", "_selected_action": [str(order.pk)]})
    order.refresh_from_db()
    assert (order.wanted_back_at, order.refunded) == (None, 0)
    assert "Give unused credits back" in text(hana.get(page(team, "order", order=order.pk)))
