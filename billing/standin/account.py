"""Customers, and what an account has besides: portal, webhook endpoints, events and tax settings."""

from __future__ import annotations

from typing import Any

from billing.standin.api import reads, route
from billing.standin.forms import Params
from billing.standin.store import Obj, Store, new


def new_customer(store: Store, **given: Any) -> Obj:
    """A customer, announced; its tax numbers are a note, written as sessions and invoices show them."""
    customer = store.add("customer", _numbers=[], **given)
    store.emit("customer.created", customer)
    return customer


@route("POST", "/v1/customers", "email name metadata")
def create(store: Store, p: Params) -> Obj:
    return new_customer(store, **p.plain("email name"))


@route("POST", "/v1/customers/{customer}", "email")
def update(store: Store, p: Params, customer: Obj) -> None:
    store.need("customer", customer["id"], "id")["email"] = p.required("email")


@route("DELETE", "/v1/customers/{customer}")
def delete(store: Store, p: Params, customer: Obj) -> Obj:
    gone: Obj = {"id": customer["id"], "object": "customer", "deleted": True}
    store.tables["customer"][customer["id"]] = gone
    return gone


@route("POST", "/v1/billing_portal/sessions", "customer return_url")
def open_portal(store: Store, p: Params) -> Obj:
    customer = store.need("customer", p.required("customer"), "customer")
    session = store.add("billing_portal.session", customer=customer["id"], return_url=p.text("return_url"))
    session["url"] = f"{store.base}/portal/{session['id']}"
    return session


@route("GET", "/v1/tax/settings")
def tax_settings(store: Store, p: Params) -> Obj:
    return new("tax.settings")


reads("/v1/customers", "customer", "email created")
reads("/v1/billing_portal/configurations", "billing_portal.configuration", "active")
reads("/v1/webhook_endpoints", "webhook_endpoint")
reads("/v1/events", "event", "type")
