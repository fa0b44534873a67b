"""What the buyer does on the hosted page: a session is paid, and what was bought comes into being."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from billing.standin import invoices, subscriptions
from billing.standin.account import new_customer
from billing.standin.api import control
from billing.standin.catalogue import usable_code
from billing.standin.checkout import reprice
from billing.standin.forms import ApiError
from billing.standin.payments import GOOD, LATER, Buyer, confirm, decide
from billing.standin.store import Obj, Store, new


def fill_in(store: Store, session: Obj, buyer: Buyer) -> None:
    """Take over what was typed, without paying."""
    if session["status"] != "open":
        raise ApiError(f"This Checkout Session is {session['status']}.", code="checkout_not_open")
    wanted = buyer.promotion if session["allow_promotion_codes"] else ""
    code = usable_code(store, wanted) if wanted else None
    session["discounts"] = [{"coupon": None, "promotion_code": code["id"]}] if code else []
    off = store.need("coupon", code["promotion"]["coupon"])["percent_off"] if code else 0
    reprice(session, off, buyer.country)
    for custom in session["custom_fields"]:
        custom["text"]["value"] = buyer.fields.get(custom["key"], "").strip() or None


@control
def pay(store: Store, session: str, card: str = GOOD, **typed: Any) -> Obj:
    """Pay an open session with what a `Buyer` types; raises a card error, after which it stays open."""
    buyer, found = Buyer(card, **typed), store.need("checkout.session", session)
    fill_in(store, found, buyer)
    _take_details(store, found, buyer)
    intent = _intent(store, found) if found["amount_total"] else None
    state = "no_payment_required"
    if intent:
        confirm(store, intent, replace(buyer, email=found["customer_details"]["email"]))
        state = "paid" if intent["status"] == "succeeded" else "unpaid"
    found |= {"status": "complete", "url": None, "payment_status": state}
    if customer := _customer(store, found):
        for owned in (intent, store.need("charge", intent["latest_charge"])) if intent else ():
            owned["customer"] = customer["id"]
        if found["_billed"]:
            _bill(store, found, customer, intent)
    store.emit("checkout.session.completed", found)
    return found


def _take_details(store: Store, session: Obj, buyer: Buyer) -> None:
    for custom in session["custom_fields"]:
        if not custom["optional"] and not custom["text"]["value"]:
            raise ApiError(f"Please fill in: {custom['label']['custom']}.", param=custom["key"])
    known = store.find("customer", session["customer"]) or {}
    email = known.get("email") or session["customer_email"] or buyer.email
    if not email:
        raise ApiError("Please give your e-mail address.", param="email")
    number = buyer.tax_id if session["tax_id_collection"]["enabled"] else ""
    session["customer_details"] = new(
        "customer_details",
        address=new("address", country=buyer.country),
        email=email,
        name=buyer.name or known.get("name"),
        tax_ids=[{"type": "eu_vat", "value": number}] if number else known.get("_numbers", []),
    )


def _intent(store: Store, session: Obj) -> Obj:
    """The session's intent, kept from one attempt to the next."""
    intent = store.find("payment_intent", session.get("_intent"))
    if intent is None:
        about = {"customer": session["customer"], "metadata": session["_payment_metadata"]}
        intent = store.add("payment_intent", currency=session["currency"], **about)
        session["_intent"] = intent["id"]
        if session["mode"] == "payment":  # otherwise the invoice owns the payment
            session["payment_intent"] = intent["id"]
    intent["amount"] = session["amount_total"]
    return intent


def _customer(store: Store, session: Obj) -> Obj | None:
    if not (session["customer"] or session["_billed"] or session["customer_creation"] == "always"):
        return None
    customer, details = store.find("customer", session["customer"]), session["customer_details"]
    customer = customer or new_customer(store)
    customer |= {name: details[name] for name in ("address", "email", "name")}
    customer |= {"_numbers": details["tax_ids"], "currency": session["currency"]}
    session["customer"] = customer["id"]
    return customer


def _bill(store: Store, session: Obj, customer: Obj, intent: Obj | None) -> None:
    asked = {one["label"]["custom"]: one["text"]["value"] for one in session["custom_fields"]}
    pairs = [{"name": name, "value": value} for name, value in asked.items() if value]
    taxed = session["automatic_tax"]["enabled"]
    invoice = invoices.draft(store, customer, session["currency"], taxed, custom_fields=pairs)
    for item in session["_line_items"]["data"]:
        price = store.need("price", item["price"]["id"])
        invoices.add_line(store, invoice, price, item["quantity"], item["amount_discount"])
    session["invoice"] = invoice["id"]
    if session["mode"] == "subscription":
        session["subscription"] = subscriptions.begin(store, session, invoice)["id"]
    invoices.finalize(store, invoice)
    if intent:
        invoices.link(store, invoice, intent)
    if session["payment_status"] != "unpaid":
        invoices.settle(store, invoice)


@control
def settle(store: Store, session: str, ok: bool | None = None) -> Obj:
    """A delayed payment comes or, with ok=False, fails; None leaves it to the card number."""
    found = store.need("checkout.session", session)
    intent = store.find("payment_intent", found.get("_intent"))
    if intent is None or intent["status"] != "processing":
        raise ApiError("This session waits for no payment.")
    came = decide(store, intent, intent["_card"] == LATER if ok is None else ok) is None
    if came:
        found["payment_status"] = "paid"
    if came and found["invoice"]:
        invoices.settle(store, store.need("invoice", found["invoice"]))
    store.emit(f"checkout.session.async_payment_{'succeeded' if came else 'failed'}", found)
    return found
