"""Customers and their tax numbers."""

from __future__ import annotations

from typing import Any

from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.routes import PAGING, listing, reads, route
from billing.standin.store import Obj, Store

FIELDS = (
    "email name phone description address metadata preferred_locales tax_exempt invoice_settings shipping tax"
)
ADDRESS = "city country line1 line2 postal_code state"


def address(part: Params) -> Obj:
    """An address with all its keys."""
    return {key: part.text(key) for key in ADDRESS.split()}


def make(store: Store, **values: Any) -> Obj:
    """A new customer, announced."""
    settings = {
        "custom_fields": None,
        "default_payment_method": None,
        "footer": None,
        "rendering_options": None,
    }
    fresh: Obj = {"tax_exempt": "none", "preferred_locales": [], "invoice_settings": settings, **values}
    customer = store.add("customer", "cus", balance=0, delinquent=False, next_invoice_sequence=1, **fresh)
    customer["invoice_prefix"] = customer["id"][-8:].upper()
    customer["_tax_ids"] = {"object": "list", "url": f"/v1/customers/{customer['id']}/tax_ids", "data": []}
    customer["_tax_ids"]["has_more"] = False
    store.emit("customer.created", customer)
    return customer


def _given(p: Params) -> Obj:
    values: Obj = {name: p.text(name) for name in "email name phone description".split() if name in p}
    if "address" in p:
        values["address"] = address(p.part("address"))
    if "tax_exempt" in p:
        values["tax_exempt"] = p.choice("tax_exempt", "none exempt reverse")
    if "preferred_locales" in p:
        values["preferred_locales"] = p.many("preferred_locales")
    return values


@route("POST", "/v1/customers", f"tax_id_data {FIELDS}")
def create(store: Store, p: Params) -> Obj:
    customer = make(store, metadata=p.metadata(), **_given(p))
    for part in p.parts("tax_id_data"):
        add_tax_id(store, customer, part.required("type"), part.required("value"))
    return customer


@route("POST", "/v1/customers/{}", FIELDS)
def update(store: Store, p: Params, key: str) -> Obj:
    customer = _alive(store, key)
    customer |= {**_given(p), "metadata": p.metadata(customer["metadata"])}
    store.emit("customer.updated", customer)
    return customer


@route("DELETE", "/v1/customers/{}")
def delete(store: Store, p: Params, key: str) -> Obj:
    customer = _alive(store, key)
    for subscription in store.rows("subscription"):
        if subscription["customer"] == key and subscription["status"] != "canceled":
            subscription |= {"status": "canceled", "canceled_at": store.now(), "ended_at": store.now()}
            store.emit("customer.subscription.deleted", subscription)
    store.emit("customer.deleted", customer)
    gone: Obj = {"id": key, "object": "customer", "deleted": True}
    store.tables["customer"][key] = gone
    return gone


def _alive(store: Store, key: str) -> Obj:
    customer = store.need("customer", key)
    if customer.get("deleted"):
        raise ApiError(f"No such customer: '{key}'", status=404, code="resource_missing", param="id")
    return customer


def add_tax_id(store: Store, customer: Obj, type: str, value: str) -> Obj:
    """Note a VAT number with its customer."""
    tax_id = store.add(
        "tax_id",
        "txi",
        customer=customer["id"],
        country=value[:2].upper() if type == "eu_vat" else type[:2].upper(),
        type=type,
        value=value,
        owner={"type": "customer", "customer": customer["id"], "customer_account": None},
        verification={"status": "unavailable", "verified_address": None, "verified_name": None},
    )
    customer["_tax_ids"]["data"].append(tax_id)
    return tax_id


@route("POST", "/v1/customers/{}/tax_ids", "type value")
def create_tax_id(store: Store, p: Params, key: str) -> Obj:
    return add_tax_id(store, _alive(store, key), p.required("type"), p.required("value"))


@route("GET", "/v1/customers/{}/tax_ids", PAGING)
def list_tax_ids(store: Store, p: Params, key: str) -> Obj:
    return listing(_alive(store, key)["_tax_ids"]["data"], p, f"/v1/customers/{key}/tax_ids")


def tax_ids(customer: Obj | None) -> list[Obj]:
    """A customer's numbers as sessions and invoices show them."""
    rows = customer["_tax_ids"]["data"] if customer and not customer.get("deleted") else []
    return [{"type": row["type"], "value": row["value"]} for row in rows]


reads("/v1/customers", "customer", "email created")
