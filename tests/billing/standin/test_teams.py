"""Subscriptions by the seat, invoices paid by transfer, and the customer portal."""

from __future__ import annotations

import pytest
import stripe

from tests.billing.standin.conftest import Shop, browse


def test_seats_are_bought_changed_and_renewed(shop: Shop) -> None:
    session = shop.bought(mode="subscription", quantity=5, subscription_data={"metadata": {"team": "7"}})
    assert (session.payment_intent, session.amount_total) == (None, 150_000)
    subscriptions, invoices = shop.client.v1.subscriptions, shop.client.v1.invoices
    bought = subscriptions.retrieve(session.subscription, {"expand": ["latest_invoice.payments"]})
    assert (bought.status, bought.metadata.to_dict()) == ("active", {"team": "7"})
    assert bought.latest_invoice.billing_reason == "subscription_create"
    assert bought.latest_invoice.id == session.invoice
    item = bought["items"].data[0]
    assert 365 * 86_400 <= item.current_period_end - item.current_period_start <= 366 * 86_400
    shop.standin.control.advance(73)
    change = {"items": [{"id": item.id, "quantity": 10}], "proration_behavior": "create_prorations"}
    assert subscriptions.update(bought.id, change)["items"].data[0].quantity == 10
    waiting = shop.client.v1.invoice_items.list().data
    credit, debit = sorted(row.amount for row in waiting)
    assert debit == -2 * credit
    assert credit == pytest.approx(-150_000 * 0.8, rel=0.01)
    assert len(invoices.list({"subscription": bought.id}).data) == 1
    shop.standin.control.advance(300)
    latest = invoices.list({"subscription": bought.id, "expand": ["data.payments"]}).data[0]
    assert (latest.billing_reason, latest.status) == ("subscription_cycle", "paid")
    assert latest.total == 300_000 + credit + debit
    assert latest.parent.subscription_details.subscription == bought.id
    paid_with = latest.payments.data[0].payment.payment_intent
    found = shop.client.v1.invoice_payments.list(
        {"payment": {"type": "payment_intent", "payment_intent": paid_with}}
    )
    assert found.data[0].invoice == latest.id


def test_a_change_can_be_billed_at_once(shop: Shop) -> None:
    session = shop.bought(mode="subscription", quantity=5)
    item = shop.client.v1.subscriptions.retrieve(session.subscription)["items"].data[0]
    shop.client.v1.subscriptions.update(
        session.subscription,
        {"items": [{"id": item.id, "quantity": 6}], "proration_behavior": "always_invoice"},
    )
    latest = shop.client.v1.invoices.list({"subscription": session.subscription}).data[0]
    assert (latest.billing_reason, latest.status, latest.total) == ("subscription_update", "paid", 30_000)


def test_a_cancelled_subscription_ends_with_its_period_or_at_once(shop: Shop) -> None:
    first, second = (shop.bought(mode="subscription").subscription for _ in range(2))
    subscriptions = shop.client.v1.subscriptions
    assert subscriptions.update(first, {"cancel_at_period_end": True}).cancel_at
    assert subscriptions.cancel(second).status == "canceled"
    assert [row.id for row in subscriptions.list().data] == [first]
    shop.standin.control.advance(367)
    assert subscriptions.retrieve(first).status == "canceled"
    assert len(subscriptions.list({"status": "all"}).data) == 2
    assert len(shop.standin.control.events("customer.subscription.deleted")) == 2


def test_an_invoice_is_sent_and_paid_by_transfer(shop: Shop) -> None:
    v1 = shop.client.v1
    number = {"type": "eu_vat", "value": "DE123456789"}
    buyer = v1.customers.create(
        {"email": "a@example.com", "name": "Team", "address": {"country": "DE"}, "tax_id_data": [number]}
    )
    invoice = v1.invoices.create(
        {
            "customer": buyer.id,
            "collection_method": "send_invoice",
            "days_until_due": 14,
            "automatic_tax": {"enabled": True},
            "custom_fields": [{"name": "Purchase order", "value": "PO 7"}],
        }
    )
    item = {"pricing": {"price": shop.pack}, "quantity": 10}
    v1.invoice_items.create({"customer": buyer.id, "invoice": invoice.id, **item})
    v1.invoices.finalize_invoice(invoice.id)
    sent = v1.invoices.send_invoice(invoice.id)
    assert (sent.status, sent.subtotal, sent.total, sent.amount_due) == ("open", 29_000, 34_510, 34_510)
    assert sent.customer_tax_ids[0].value == "DE123456789"
    assert sent.hosted_invoice_url
    page = browse(sent.hosted_invoice_url)[1]
    assert "Purchase order: PO 7" in page
    assert "Pay €" not in page
    assert browse(f"{sent.hosted_invoice_url}/pdf")[1].startswith("%PDF")
    shop.standin.control.advance(15)
    assert len(shop.standin.control.events("invoice.overdue")) == 1
    assert browse(sent.hosted_invoice_url, action="pay")[0] == 303
    assert browse(sent.hosted_invoice_url, action="pay")[0] == 200  # nothing more to pay
    paid = v1.invoices.retrieve(invoice.id, {"expand": ["payments.data.payment.payment_intent"]})
    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    intent = paid.payments.data[0].payment.payment_intent
    assert (intent.status, intent.amount) == ("succeeded", 34_510)
    assert len(v1.charges.list({"customer": buyer.id}).data) == 1


def test_void_paid_elsewhere_and_paid_by_control(shop: Shop) -> None:
    v1 = shop.client.v1
    buyer = v1.customers.create({"email": "a@example.com"})
    made = []
    for _ in range(3):
        about = {"collection_method": "send_invoice", "days_until_due": 1}
        invoice = v1.invoices.create({"customer": buyer.id, **about})
        v1.invoice_items.create({"customer": buyer.id, "invoice": invoice.id, "amount": 100})
        made.append(v1.invoices.finalize_invoice(invoice.id).id)
    assert v1.invoices.void_invoice(made[0]).status == "void"
    with pytest.raises(stripe.InvalidRequestError, match="void"):
        v1.invoices.pay(made[0])
    assert v1.invoices.pay(made[1], {"paid_out_of_band": True}).status == "paid"
    assert shop.standin.control.pay_invoice(made[2])["status"] == "paid"
    assert [row.id for row in v1.invoices.list({"status": "paid"}).data] == [made[2], made[1]]
    assert len(v1.charges.list().data) == 1


def test_the_portal_lists_invoices_and_cancels(shop: Shop) -> None:
    session = shop.bought(mode="subscription")
    assert shop.client.v1.billing_portal.configurations.list({"active": True}).data[0].is_default
    portal = shop.client.v1.billing_portal.sessions.create(
        {"customer": session.customer, "return_url": "https://shop.example/team"}
    )
    page = browse(portal.url)[1]
    assert "$300.00, paid" in page
    assert "https://shop.example/team" in page
    assert browse(portal.url, action="cancel", subscription=session.subscription)[0] == 303
    assert shop.client.v1.subscriptions.retrieve(session.subscription).cancel_at_period_end
    assert "Keep the subscription" in browse(portal.url)[1]
    assert shop.client.v1.tax.settings.retrieve().status == "active"


def test_tax_needs_to_know_where_the_customer_is(shop: Shop) -> None:
    v1 = shop.client.v1
    nowhere = v1.customers.create({"email": "a@example.com"})
    about = {"collection_method": "send_invoice", "days_until_due": 1, "automatic_tax": {"enabled": True}}
    invoice = v1.invoices.create({"customer": nowhere.id, **about})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.invoices.send_invoice(invoice.id)
    assert refused.value.code == "customer_tax_location_invalid"
