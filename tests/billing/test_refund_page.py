"""Staff gives money back from an order's page: once, with a reason. Everything else there is for reading."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from billing import ledger
from billing.models import Entry, Event, Order, Reconciliation, Refund
from billing.standin import StandIn
from tests.billing.clicks import away, back, bought, news, text
from tests.people import proven


@pytest.fixture
def paid(till: StandIn, signed_in: Client) -> Order:
    order = bought(signed_in, key="credits-1-v1", quantity=10)
    till.control.pay(order.session or "")
    news(signed_in, order)
    order.refresh_from_db()
    return order


def refund(desk: Client, order: Order, **said: Any) -> Any:
    """Sends the form as it was when nothing had gone back."""
    form = {"amount": "99", "reason": "asked", "seen": 0, "note": "", **said}
    return desk.post(reverse("admin:billing_order_refund", args=[order.pk]), form)


def test_an_order_shows_its_whole_history(desk: Client, paid: Order) -> None:
    Event.objects.create(stripe_id="evt_1", type="checkout.session.completed", order=paid)
    page = desk.get(reverse("admin:billing_order_change", args=[paid.pk]))
    shown = text(page)
    for words in ("$330", "evt_1", paid.payment_intent, "issue owned +1 credit", "Give money back"):
        assert words in shown
    assert 'name="_save"' not in page.content.decode()


@pytest.mark.parametrize("asked", ["ivy@example.com", "id", "payment_intent"])
def test_orders_are_found_by_id_and_address(desk: Client, paid: Order, asked: str) -> None:
    asked = str(getattr(paid, asked, asked))
    listed = desk.get(reverse("admin:billing_order_changelist"), {"q": asked})
    assert str(paid.pk) in text(listed)
    assert str(paid.pk) not in text(desk.get(reverse("admin:billing_order_changelist"), {"q": "zoe@"}))


def test_part_goes_back_once_with_its_credits(desk: Client, paid: Order, sam: User, ivy: User) -> None:
    form = desk.get(reverse("admin:billing_order_refund", args=[paid.pk]))
    assert 'value="330.00"' in form.content.decode()
    assert refund(desk, paid, note="too many").status_code == 302
    paid.refresh_from_db()
    assert paid.refunded == 9900
    assert ledger.unspent(ivy).count() == 7
    row = Refund.objects.get()
    assert (row.amount, row.reason, row.by) == (9900, "asked", sam)
    log = LogEntry.objects.first()
    assert log is not None
    assert (log.object_repr, log.change_message) == (str(paid.pk), "refund of $99: asked too many")
    line = AuditEntry.objects.get(what="order.refunded")
    assert (line.what, line.actor_id, line.subject_id) == ("order.refunded", sam.pk, ivy.pk)
    assert line.about == f"{paid.pk} asked"


@pytest.mark.parametrize("amount", ["99", "330"])
def test_a_second_click_gives_nothing_back_and_says_so(desk: Client, paid: Order, amount: str) -> None:
    for _click in range(2):
        answer = refund(desk, paid, amount=amount)
    assert f"Nothing was refunded now: ${amount} had gone back" in text(desk.get(answer["Location"]))
    assert (Refund.objects.count(), LogEntry.objects.count()) == (1, 1)
    if amount == "99":  # the same again is another refund only for who saw the first
        assert refund(desk, paid, seen=9900).status_code == 302
        assert Refund.objects.count() == 2


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"amount": "330.01"}, "not so much left"),
        ({"amount": "0"}, "not so much left"),
        ({"amount": "1.005"}, "2 decimal places"),
        ({"reason": ""}, "required"),
        ({"reason": "other"}, "Say what it is"),
    ],
)
def test_what_cannot_go_back_is_said(desk: Client, paid: Order, said: dict[str, Any], words: str) -> None:
    answer = refund(desk, paid, **said)
    assert answer.status_code == 200
    assert words in text(answer)
    assert not Refund.objects.exists()


def test_when_stripe_is_away_the_same_form_is_sent_again(desk: Client, paid: Order, settings: Any) -> None:
    away(settings)
    assert "Stripe cannot be reached now" in text(refund(desk, paid))
    back(settings)
    assert refund(desk, paid).status_code == 302
    assert Refund.objects.count() == 1


def test_only_who_may_change_orders_gives_money_back(paid: Order) -> None:
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    assert refund(proven(clerk), paid).status_code == 403
    assert not Refund.objects.exists()


def test_nobody_writes_journal_events_or_orders_by_hand(desk: Client, paid: Order) -> None:
    event = Event.objects.create(stripe_id="evt_1", type="x")
    entry = Entry.objects.first()
    assert entry is not None
    for row in (event, entry, paid):
        name = row._meta.model_name
        assert desk.get(reverse(f"admin:billing_{name}_changelist")).status_code == 200
        assert desk.get(reverse(f"admin:billing_{name}_add")).status_code == 403
        assert desk.post(reverse(f"admin:billing_{name}_change", args=[row.pk])).status_code == 403
        assert desk.post(reverse(f"admin:billing_{name}_delete", args=[row.pk])).status_code == 403


def test_differences_of_the_books_lead_to_their_orders(desk: Client, paid: Order) -> None:
    day = Reconciliation.objects.create(day="2026-11-22", differences=[f"Order {paid.pk}: <no> charge."])
    Reconciliation.objects.create(day="2026-11-21")
    shown = text(desk.get(reverse("admin:billing_reconciliation_changelist"), {"differing": "yes"}))
    assert "Nov. 22, 2026" in shown
    assert "Nov. 21, 2026" not in shown
    page = desk.get(reverse("admin:billing_reconciliation_change", args=[day.pk])).content.decode()
    assert (
        f'<a href="{reverse("admin:billing_order_change", args=[paid.pk])}">{paid.pk}</a>: &lt;no&gt;' in page
    )
