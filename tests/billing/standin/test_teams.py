"""Subscriptions by the seat, invoices paid by transfer, and the customer portal."""

from __future__ import annotations

from typing import Any

import pytest
import stripe

from billing.standin import ApiError
from tests.billing.standin.conftest import Shop, browse


def test_seats_are_bought_and_renewed_until_they_are_cancelled(shop: Shop) -> None:
    session = shop.bought(mode="subscription", quantity=5, subscription_data={"metadata": {"team": "7"}})
    assert (session.payment_intent, session.amount_total) == (None, 150_000)
    subscriptions, invoices = shop.client.v1.subscriptions, shop.client.v1.invoices
    bought = subscriptions.retrieve(session.subscription, {"expand": ["latest_invoice.payments"]})
    assert (bought.status, bought.metadata.to_dict()) == ("active", {"team": "7"})
    assert bought.latest_invoice.billing_reason == "subscription_create"
    assert bought.latest_invoice.id == session.invoice
    assert bought["items"].data[0].quantity == 5
    shop.standin.control.advance(366)
    latest = invoices.list({"subscription": bought.id, "expand": ["data.payments"]}).data[0]
    assert (latest.billing_reason, latest.status, latest.total) == ("subscription_cycle", "paid", 150_000)
    assert latest.parent.subscription_details.subscription == bought.id
    assert latest.payments.data[0].payment.payment_intent
    portal = shop.client.v1.billing_portal.sessions.create({"customer": session.customer})
    browse(portal.url, action="cancel", subscription=bought.id)
    shop.standin.control.advance(366)
    assert subscriptions.retrieve(bought.id).status == "canceled"
    assert len(shop.standin.control.events("customer.subscription.deleted")) == 1


def test_an_invoice_is_sent_and_paid_by_transfer(shop: Shop) -> None:
    v1 = shop.client.v1
    order: Any = {"key": "po", "label": {"type": "custom", "custom": "PO"}, "type": "text", "optional": True}
    first = shop.session(
        customer_creation="always", custom_fields=[order], tax_id_collection={"enabled": True}
    )
    known = shop.standin.control.pay(first.id, country="DE", tax_id="DE123456789")["customer"]
    invoice = v1.invoices.create(
        {
            "customer": known,
            "collection_method": "send_invoice",
            "currency": "usd",
            "days_until_due": 14,
            "automatic_tax": {"enabled": True},
            "custom_fields": [{"name": "Purchase order", "value": "PO 7"}],
        }
    )
    item = {"pricing": {"price": shop.pack}, "quantity": 10}
    v1.invoice_items.create({"customer": known, "invoice": invoice.id, **item})
    sent = v1.invoices.send_invoice(invoice.id)
    assert (sent.status, sent.subtotal, sent.total, sent.amount_due) == ("open", 29_000, 34_510, 34_510)
    assert sent.customer_tax_ids[0].value == "DE123456789"
    assert "Purchase order: PO 7" in browse(sent.hosted_invoice_url)[1]
    assert browse(sent.hosted_invoice_url, action="pay")[0] == 303
    assert browse(sent.hosted_invoice_url, action="pay")[0] == 200  # nothing more to pay
    paid = v1.invoices.retrieve(invoice.id, {"expand": ["payments.data.payment.payment_intent"]})
    assert (paid.status, paid.amount_remaining) == ("paid", 0)
    intent = paid.payments.data[0].payment.payment_intent
    assert (intent.status, intent.amount) == ("succeeded", 34_510)
    with pytest.raises(ApiError, match="is paid, not open"):
        shop.standin.control.pay_invoice(invoice.id)


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
    about: Any = {"collection_method": "send_invoice", "days_until_due": 1, "currency": "usd"}
    about["automatic_tax"] = {"enabled": True}
    invoice = v1.invoices.create({"customer": nowhere.id, **about})
    with pytest.raises(stripe.InvalidRequestError) as refused:
        v1.invoices.send_invoice(invoice.id)
    assert refused.value.code == "customer_tax_location_invalid"
