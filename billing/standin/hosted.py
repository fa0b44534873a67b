"""The hosted pages, drawn in `pages/`: pay a session, see and pay an invoice, the customer portal."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Library

from billing.standin import invoices, paying, subscriptions
from billing.standin.catalogue import money
from billing.standin.forms import ApiError
from billing.standin.payments import Buyer
from billing.standin.store import Store

Form = dict[str, str]  # empty where a page is only looked at
Page = tuple[int, str, dict[str, str]]  # status, body, headers
ENGINE, FILTERS = Engine(dirs=[str(Path(__file__).with_name("pages"))]), Library()
FILTERS.filter("money", money)
ENGINE.template_builtins.append(FILTERS)


def answer(store: Store, kind: str, key: str, form: Form) -> Page:
    """The page at `/kind/key`, or what its form did."""
    act = {"pay": _pay, "invoice": _invoice, "portal": _portal}.get(kind)
    with store.lock:
        try:
            if act is None:
                raise ApiError("There is no such page.", 404)
            return act(store, key, form)
        except ApiError as refused:
            return _drawn("words.html", refused.status, title="Something went wrong", words=str(refused))


def _drawn(template: str, status: int = 200, **about: Any) -> Page:
    return status, ENGINE.get_template(template).render(Context(about, use_l10n=False)), {}


def _elsewhere(url: str) -> Page:
    return 303, "", {"Location": url}


def _pay(store: Store, key: str, form: Form) -> Page:
    session, action = store.need("checkout.session", key), form.get("action")
    done = session["success_url"].replace("{CHECKOUT_SESSION_ID}", key)
    if action == "back":
        return _elsewhere(session["cancel_url"])
    if session["status"] == "expired":
        return _drawn("words.html", 410, title="This page has expired", words="Nothing was charged.")
    if session["status"] == "complete":  # a reload, or the second of two clicks
        return _elsewhere(done) if action else _drawn("words.html", title="This was already paid", back=done)
    typed: dict[str, Any] = {one.name: form.get(one.name, "") for one in fields(Buyer)}
    typed["fields"] = {one["key"]: form.get(f"field.{one['key']}", "") for one in session["custom_fields"]}
    problem, status = "", 200
    try:
        if action == "pay":
            paying.pay(store, key, **typed)
            return _elsewhere(done)
        if action:
            paying.fill_in(store, session, Buyer(**typed))
    except ApiError as refused:
        problem, status = str(refused), refused.status
    known = (store.find("customer", session["customer"]) or {}).get("email") or session["customer_email"]
    about = {"session": session, "items": session["_line_items"]["data"], "known": known, "typed": typed}
    return _drawn("pay.html", status, problem=problem, **about)


def _invoice(store: Store, key: str, form: Form) -> Page:
    invoice = store.need("invoice", key)
    if form and invoice["status"] == "open":
        invoices.collect(store, invoice)
        return _elsewhere(invoice["hosted_invoice_url"])
    return _drawn("invoice.html", invoice=invoice)


def _portal(store: Store, key: str, form: Form) -> Page:
    session = store.need("billing_portal.session", key)
    held, sent = (
        [row for row in store.rows(kind) if row["customer"] == session["customer"]]
        for kind in ("subscription", "invoice")
    )
    for row in held:
        if row["id"] == form.get("subscription") and row["status"] == "active":
            subscriptions.cancel_later(store, row, form.get("action") == "cancel")
    if form:
        return _elsewhere(session["url"])
    return _drawn("portal.html", session=session, subscriptions=held, invoices=sent)
