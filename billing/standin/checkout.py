"""Checkout Sessions as the shop sees them: create, list, read, expire."""

from __future__ import annotations

from billing.standin.api import reads, route
from billing.standin.catalogue import CURRENCIES, amount_in
from billing.standin.forms import ApiError, Params
from billing.standin.invoices import tax
from billing.standin.store import DAY, Obj, Store, listed, new, visible

TAKES = (
    "mode success_url cancel_url line_items currency customer customer_email customer_creation "
    "customer_update client_reference_id metadata allow_promotion_codes automatic_tax tax_id_collection "
    "custom_fields ui_mode expand"
)
OWN = {"payment": "payment_intent_data invoice_creation", "subscription": "subscription_data"}
SWITCHES = ("automatic_tax", "tax_id_collection", "invoice_creation")


@route("POST", "/v1/checkout/sessions", f"{TAKES} {' '.join(OWN.values())}")
def create(store: Store, p: Params) -> Obj:
    mode = p.required("mode", "payment subscription")
    p.text("ui_mode", "hosted_page")
    p.known(f"{TAKES} {OWN[mode]}")
    money, items = _basket(store, p, mode)
    session = store.add(
        "checkout.session",
        allow_promotion_codes=p.flag("allow_promotion_codes"),
        cancel_url=_url(p, "cancel_url"),
        currency=money,
        custom_fields=[_field(one) for one in p.parts("custom_fields")],
        customer=_customer(store, p),
        expires_at=store.now() + DAY,
        mode=mode,
        success_url=_url(p, "success_url"),
        _billed=mode == "subscription" or p.part("invoice_creation").flag("enabled"),
        _line_items=listed("/v1/checkout/sessions/line_items", items),
        _payment_metadata=p.part("payment_intent_data").plain("")["metadata"],
        _subscription_metadata=p.part("subscription_data").plain("")["metadata"],
        **{name: {"enabled": p.part(name).flag("enabled")} for name in SWITCHES},
        **p.plain("client_reference_id customer_creation customer_email"),
    )
    session["url"] = f"{store.base}/pay/{session['id']}"
    reprice(session, 0, None)
    return session


def _url(p: Params, key: str) -> str:
    value = p.required(key)
    if not value.startswith(("http://", "https://")):
        raise ApiError("Not a valid URL: it must begin with http.", code="url_invalid", param=key)
    return value


def _basket(store: Store, p: Params, mode: str) -> tuple[str, list[Obj]]:
    money, items = p.text("currency", CURRENCIES), list[Obj]()
    for one in p.parts("line_items"):
        name, price = one.name("price"), store.need("price", one.required("price"), one.name("price"))
        if not price["active"]:
            raise ApiError("The price specified is inactive.", param=name)
        money, quantity = str(money or price["currency"]), one.whole("quantity", least=1)
        item = new("item", currency=money, price=visible(price), quantity=quantity)
        item["description"] = store.need("product", price["product"])["name"]
        item["amount_subtotal"] = amount_in(price, money, name) * quantity
        items.append(item)
    if not items or not money:
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if any(item["price"]["recurring"] for item in items) != (mode == "subscription"):
        raise ApiError(f"Prices of the wrong type for mode `{mode}`.", param="line_items")
    return money, items


def _customer(store: Store, p: Params) -> str | None:
    if "customer" not in p:
        return None
    if "customer_email" in p or "customer_creation" in p:
        raise ApiError("Give `customer`, or `customer_email` and `customer_creation`.", param="customer")
    for feature, needs in (("tax_id_collection", "name"), ("automatic_tax", "address")):
        if p.part(feature).flag("enabled") and p.part("customer_update").text(needs) != "auto":
            raise ApiError(f"`{feature}` needs `customer_update[{needs}]` to be `auto`.", param=feature)
    return str(store.need("customer", p.required("customer"), "customer")["id"])


def _field(one: Params) -> Obj:
    label, optional = one.part("label").required("custom"), one.flag("optional")
    one.required("type", "text")
    return new("custom_field", key=one.required("key"), label={"custom": label}, optional=optional)


def reprice(session: Obj, percent_off: float, country: str | None) -> None:
    """Sum the basket again after a discount or a country was given."""
    items = session["_line_items"]["data"]
    for item in items:
        off = (item["amount_subtotal"] * round(percent_off * 100) + 5_000) // 10_000
        net = item["amount_subtotal"] - off
        owed = tax(net, country if session["automatic_tax"]["enabled"] else None)
        item |= {"amount_discount": off, "amount_tax": owed, "amount_total": net + owed}
    for whole, names in ((session, ("subtotal", "total")), (session["total_details"], ("discount", "tax"))):
        whole |= {f"amount_{name}": sum(item[f"amount_{name}"] for item in items) for name in names}


@route("POST", "/v1/checkout/sessions/{checkout.session}/expire")
def expire(store: Store, p: Params, session: Obj) -> None:
    if session["status"] != "open":
        raise ApiError(f"Only an open Checkout Session can be expired. This one is {session['status']}.")
    lapse(store, session)


def lapse(store: Store, session: Obj) -> None:
    """Close a session that nobody paid."""
    session |= {"status": "expired", "url": None}
    store.emit("checkout.session.expired", session)


reads("/v1/checkout/sessions", "checkout.session", "customer payment_intent status created")
