"""Subscriptions: seats by the year, changed with proration, renewed by the clock, cancelled."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, datetime, timedelta

from billing.standin import amounts, invoices
from billing.standin.catalogue import amount_in, pricing
from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.invoice_lines import line
from billing.standin.payments import Buyer
from billing.standin.routes import reads, route
from billing.standin.store import Obj, Store, visible


def later(at: int, recurring: Obj) -> int:
    """One period on: the same day of a later month, or its last."""
    count, interval = recurring["interval_count"], recurring["interval"]
    start = datetime.fromtimestamp(at, UTC)
    if interval in {"day", "week"}:
        return int((start + timedelta(days=count * (7 if interval == "week" else 1))).timestamp())
    months = start.month - 1 + count * (12 if interval == "year" else 1)
    year, month = start.year + months // 12, months % 12 + 1
    return int(
        start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1])).timestamp()
    )


def begin(store: Store, session: Obj, customer: Obj) -> Obj:
    """The subscription that a Checkout Session bought."""
    now = store.now()
    subscription = store.add(
        "subscription",
        "sub",
        automatic_tax={**session["automatic_tax"], "disabled_reason": None},
        billing_cycle_anchor=now,
        billing_mode={"type": "flexible", "flexible": None},
        cancel_at_period_end=False,
        cancellation_details=dict.fromkeys(["comment", "feedback", "reason"]),
        collection_method="charge_automatically",
        currency=session["currency"],
        customer=customer["id"],
        default_tax_rates=[],
        discounts=[],
        invoice_settings=dict.fromkeys("account_tax_ids custom_fields description footer".split()),
        metadata=session["_subscription"]["metadata"],
        payment_settings=dict.fromkeys(["payment_method_options", "payment_method_types"]),
        start_date=now,
        status="active",
    )
    subscription["automatic_tax"].pop("status", None)
    subscription["automatic_tax"].pop("provider", None)
    subscription["invoice_settings"]["issuer"] = {"type": "self"}
    subscription["payment_settings"]["save_default_payment_method"] = "off"
    url = f"/v1/subscription_items?subscription={subscription['id']}"
    subscription["items"] = {"object": "list", "has_more": False, "url": url, "data": []}
    for bought in session["_line_items"]["data"]:
        if bought["price"]["recurring"]:
            item = store.add(
                "subscription_item", "si", subscription=subscription["id"], price=bought["price"]
            )
            item |= {
                "quantity": bought["quantity"],
                "discounts": [],
                "tax_rates": [],
                "current_period_start": now,
            }
            item["current_period_end"] = later(now, bought["price"]["recurring"])
            subscription["items"]["data"].append(item)
    store.emit("customer.subscription.created", subscription)
    return subscription


def own(subscription: Obj, invoice: Obj, reason: str) -> None:
    """Tie an invoice to its subscription."""
    about = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    invoice["parent"] = {"type": "subscription_details", "subscription_details": about, "quote_details": None}
    invoice["billing_reason"] = reason
    subscription["latest_invoice"] = invoice["id"]


def place_on_invoice(subscription: Obj | None, price: Obj, now: int) -> Obj:
    """Period and parent of a line on the first invoice."""
    items = subscription["items"]["data"] if subscription else []
    for item in items:
        if item["price"]["id"] == price["id"]:
            return {"period": _period(item), "parent": _parent(item)}
    details = dict.fromkeys("invoice_item proration_details subscription".split()) | {"proration": False}
    parent = {
        "type": "invoice_item_details",
        "invoice_item_details": details,
        "subscription_item_details": None,
    }
    return {"period": {"start": now, "end": now}, "parent": parent}


def _period(item: Obj) -> Obj:
    return {"start": item["current_period_start"], "end": item["current_period_end"]}


def _parent(item: Obj) -> Obj:
    details = {"invoice_item": None, "proration": False, "proration_details": None}
    details |= {"subscription": item["subscription"], "subscription_item": item["id"]}
    return {
        "type": "subscription_item_details",
        "subscription_item_details": details,
        "invoice_item_details": None,
    }


def _bill(store: Store, subscription: Obj, reason: str, items: list[Obj]) -> Obj:
    """An invoice for these items and whatever waits, paid at once."""
    customer = store.need("customer", subscription["customer"])
    money = subscription["currency"]
    tax = {"enabled": subscription["automatic_tax"]["enabled"], "liability": None}
    invoice = invoices.draft(store, customer, money, reason, automatic_tax=tax)
    country = (customer["address"] or {}).get("country") if tax["enabled"] else None
    for item in items:
        price = store.need("price", item["price"]["id"])
        amount = amount_in(price, money, "price") * item["quantity"]
        about = {"amount": amount, "quantity": item["quantity"], "period": _period(item)}
        about["pricing"] = pricing(price, amount_in(price, money, "price"))
        about["description"] = f"{item['quantity']} × {store.need('product', price['product'])['name']}"
        line(invoice, about, _parent(item), tax=amounts.tax(amount, country))
    own(subscription, invoice, reason)
    invoices.take_pending(store, invoice)
    invoices.finalize(store, invoice)
    if invoice["status"] == "open":
        invoices.collect(store, invoice, Buyer())
    return invoice


def renew(store: Store, subscription: Obj) -> None:
    """Begin the next period of an active subscription whose period is over, or end it."""
    items = subscription["items"]["data"]
    if subscription["status"] != "active" or min(item["current_period_end"] for item in items) > store.now():
        return
    if subscription["cancel_at_period_end"]:
        end(store, subscription)
        return
    for item in items:
        item["current_period_start"] = item["current_period_end"]
        item["current_period_end"] = later(item["current_period_end"], item["price"]["recurring"])
    _bill(store, subscription, "subscription_cycle", items)
    store.emit("customer.subscription.updated", subscription)


def end(store: Store, subscription: Obj) -> None:
    """Cancelled from now on."""
    now = store.now()
    subscription |= {"status": "canceled", "ended_at": now, "canceled_at": subscription["canceled_at"] or now}
    store.emit("customer.subscription.deleted", subscription)


def _prorate(store: Store, subscription: Obj, item: Obj, before: int) -> None:
    """Unused time of the old seats is credited, remaining time of the new ones charged."""
    start, stop, now = item["current_period_start"], item["current_period_end"], store.now()
    price = store.need("price", item["price"]["id"])
    unit = amount_in(price, subscription["currency"], "price")
    share = 100 * (stop - now) / (stop - start)
    name, day = (
        store.need("product", price["product"])["name"],
        f"{datetime.fromtimestamp(now, UTC):%d %b %Y}",
    )
    for words, quantity, sign in (("Unused", before, -1), ("Remaining", item["quantity"], 1)):
        about = f"{words} time on {quantity} × {name} after {day}"
        amount = sign * amounts.percent(unit * quantity, share)
        row = invoices.pending_item(
            store, subscription["customer"], subscription["currency"], amount, about, quantity, price
        )
        row |= {"proration": True, "period": {"start": now, "end": stop}}
        owner = {"subscription": subscription["id"], "subscription_item": item["id"]}
        row["parent"] = {"type": "subscription_details", "subscription_details": owner}


UPDATE = (
    "items proration_behavior cancel_at_period_end metadata payment_behavior description cancellation_details"
)


@route("POST", "/v1/subscriptions/{}", UPDATE)
def update(store: Store, p: Params, key: str) -> Obj:
    subscription = store.need("subscription", key)
    if subscription["status"] == "canceled":
        raise ApiError("A canceled subscription can only update its cancellation_details and metadata.")
    behaviour = p.choice("proration_behavior", "create_prorations none always_invoice", "create_prorations")
    changed = [(_item(subscription, part), part.whole("quantity", least=1)) for part in p.parts("items")]
    before = {"items": visible(subscription["items"])} if changed else {}
    for item, quantity in changed:
        if quantity is not None and quantity != item["quantity"]:
            old, item["quantity"] = item["quantity"], quantity
            if behaviour != "none":
                _prorate(store, subscription, item, old)
    if "cancel_at_period_end" in p:
        cancel_later(store, subscription, p.flag("cancel_at_period_end"), announce=False)
    subscription["metadata"] = p.metadata(subscription["metadata"])
    if changed and behaviour == "always_invoice":
        _bill(store, subscription, "subscription_update", [])
    store.emit("customer.subscription.updated", subscription, before=before)
    return subscription


def _item(subscription: Obj, part: Params) -> Obj:
    for item in subscription["items"]["data"]:
        if item["id"] == part.required("id"):
            part.known("id quantity metadata")  # another price or a removed item: not in the stand-in
            return item  # type: ignore[no-any-return]
    raise ApiError(
        f"No such subscription item: '{part.text('id')}'", code="resource_missing", param=part.name("id")
    )


def cancel_later(store: Store, subscription: Obj, yes: bool, *, announce: bool = True) -> None:
    """Let it run out at the end of its period, or go on after all."""
    last = max(item["current_period_end"] for item in subscription["items"]["data"])
    subscription |= {"cancel_at_period_end": yes, "cancel_at": last if yes else None}
    subscription["canceled_at"] = store.now() if yes else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if yes else None
    if announce:
        store.emit("customer.subscription.updated", subscription)


@route("DELETE", "/v1/subscriptions/{}", "invoice_now prorate cancellation_details")
def cancel(store: Store, p: Params, key: str) -> Obj:
    subscription = store.need("subscription", key)
    if subscription["status"] == "canceled":
        raise ApiError(f"No such subscription: {key}", status=404, code="resource_missing", param="id")
    end(store, subscription)
    return subscription


def _alive(row: Obj, p: Params) -> bool:
    asked = p.text("status")
    price = p.text("price")
    has_price = price is None or any(item["price"]["id"] == price for item in row["items"]["data"])
    return has_price and (asked in {"all", row["status"]} or (asked is None and row["status"] != "canceled"))


reads("/v1/subscriptions", "subscription", "customer collection_method created price", _alive, "status")
