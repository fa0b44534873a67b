"""Subscriptions: seats by the year, renewed by the clock until they are cancelled."""

from __future__ import annotations

from billing.standin import invoices
from billing.standin.api import route
from billing.standin.store import DAY, Obj, Store, listed

YEAR = 365 * DAY


def begin(store: Store, session: Obj, invoice: Obj) -> Obj:
    """The subscription that a Checkout Session bought, and its first invoice."""
    now = store.now()
    subscription = store.add(
        "subscription",
        automatic_tax={"enabled": session["automatic_tax"]["enabled"]},
        billing_cycle_anchor=now,
        currency=session["currency"],
        customer=session["customer"],
        metadata=session["_subscription_metadata"],
        start_date=now,
    )
    period = {"current_period_start": now, "current_period_end": now + YEAR}
    about = {"subscription": subscription["id"], **period}
    items = [
        store.add("subscription_item", price=bought["price"], quantity=bought["quantity"], **about)
        for bought in session["_line_items"]["data"]
    ]
    subscription["items"] = listed(f"/v1/subscription_items?subscription={subscription['id']}", items)
    _own(subscription, invoice, "subscription_create")
    store.emit("customer.subscription.created", subscription)
    return subscription


def _own(subscription: Obj, invoice: Obj, reason: str) -> None:
    about = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    invoice["parent"] = {"type": "subscription_details", "subscription_details": about, "quote_details": None}
    invoice |= {"billing_reason": reason, "_subscription": subscription["id"]}
    subscription["latest_invoice"] = invoice["id"]


def renew(store: Store, subscription: Obj) -> None:
    """Begin the next year of an active subscription whose year is over, or end it."""
    items, now = subscription["items"]["data"], store.now()
    if subscription["status"] != "active" or items[0]["current_period_end"] > now:
        return
    customer = store.need("customer", subscription["customer"])
    if subscription["cancel_at_period_end"] or customer.get("deleted"):
        subscription |= {"status": "canceled", "ended_at": now}
        store.emit("customer.subscription.deleted", subscription)
        return
    taxed = subscription["automatic_tax"]["enabled"]
    invoice = invoices.draft(store, customer, subscription["currency"], taxed)
    _own(subscription, invoice, "subscription_cycle")
    for item in items:
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] += YEAR
        invoices.add_line(store, invoice, store.need("price", item["price"]["id"]), item["quantity"])
    invoices.finalize(store, invoice)
    invoices.collect(store, invoice)
    store.emit("customer.subscription.updated", subscription)


def cancel_later(store: Store, subscription: Obj, yes: bool) -> None:
    """Let it run out at the end of its year, or go on after all."""
    last = subscription["items"]["data"][0]["current_period_end"]
    subscription |= {"cancel_at_period_end": yes, "cancel_at": last if yes else None}
    subscription["canceled_at"] = store.now() if yes else None
    store.emit("customer.subscription.updated", subscription)


route("GET", "/v1/subscriptions/{subscription}")(lambda store, p, row: row)
