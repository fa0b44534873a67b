"""The hosted pages, drawn in `pages/`: pay a session, see and pay an invoice, the customer portal."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.template import Context, Engine, Library

from billing.standin import invoices, paying, subscriptions
from billing.standin.catalogue import money
from billing.standin.forms import ApiError
from billing.standin.payments import Buyer
from billing.standin.store import Store

Form = dict[str, str]  # empty where a page is only looked at
TYPED = ("card", "country", "email", "name", "promotion", "tax_id")
ENGINE, FILTERS = Engine(dirs=[str(Path(__file__).with_name("pages"))]), Library()
FILTERS.filter("money", money)
ENGINE.template_builtins.append(FILTERS)


@dataclass(frozen=True)
class Page:
    """An answer to a browser."""

    status: int
    body: str = ""
    location: str = ""


def answer(store: Store, path: str, form: Form) -> Page:
    """The page at a path, or what its form did."""
    kind, _, key = path.strip("/").partition("/")
    act = {"pay": _pay, "invoice": _invoice, "portal": _portal}.get(kind)
    if act is None:
        return _words("Not found", "There is no such page.", 404)
    with store.lock:
        try:
            return act(store, key, form)
        except ApiError as refused:
            return _words("Something went wrong", str(refused), refused.status)


def _drawn(template: str, status: int = 200, **about: Any) -> Page:
    return Page(status, ENGINE.get_template(template).render(Context(about, use_l10n=False)))


def _words(title: str, words: str, status: int, back: str = "") -> Page:
    return _drawn("words.html", status, title=title, words=words, back=back)


def _pay(store: Store, key: str, form: Form) -> Page:
    session, action = store.need("checkout.session", key), form.get("action")
    done = session["success_url"].replace("{CHECKOUT_SESSION_ID}", key)
    if action == "back":
        return Page(303, location=session["cancel_url"])
    if session["status"] == "expired":
        return _words("This page has expired", "Nothing was charged. Please start again in the shop.", 410)
    if session["status"] == "complete" and not action:
        return _words("This was already paid", "Nothing is charged a second time.", 200, done)
    if session["status"] == "complete":  # the second of two clicks
        return Page(303, location=done)
    typed: dict[str, Any] = {name: form.get(name, "") for name in TYPED}
    typed["fields"] = {one["key"]: form.get(f"field.{one['key']}", "") for one in session["custom_fields"]}
    problem, status = "", 200
    try:
        if action == "pay":
            paying.pay(store, key, **typed)
            return Page(303, location=done)
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
        return Page(303, location=invoice["hosted_invoice_url"])
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
        return Page(303, location=session["url"])
    return _drawn("portal.html", session=session, subscriptions=held, invoices=sent)
