"""The customer portal, webhook endpoints, events and tax settings."""

from __future__ import annotations

import secrets

from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.routes import reads, route
from billing.standin.store import API_VERSION, Obj, Store

CONFIGURATION = "bpc_standin"


def furnish(store: Store) -> None:
    """What an account has before anybody uses it: one portal configuration."""
    if store.find("billing_portal.configuration", CONFIGURATION):
        return
    cancelling = {"enabled": True, "mode": "at_period_end", "proration_behavior": "none"}
    cancelling["cancellation_reason"] = {"enabled": False, "options": []}
    updating = {"enabled": False, "default_allowed_updates": [], "proration_behavior": "none"}
    store.add(
        "billing_portal.configuration",
        "bpc",
        id=CONFIGURATION,
        active=True,
        business_profile=dict.fromkeys(["headline", "privacy_policy_url", "terms_of_service_url"]),
        features={
            "customer_update": {"enabled": False, "allowed_updates": []},
            "invoice_history": {"enabled": True},
            "payment_method_update": {"enabled": False, "payment_method_configuration": None},
            "subscription_cancel": cancelling,
            "subscription_update": updating,
        },
        is_default=True,
        login_page={"enabled": False, "url": None},
        updated=store.now(),
    )


@route("POST", "/v1/billing_portal/sessions", "customer return_url configuration locale flow_data")
def create_session(store: Store, p: Params) -> Obj:
    customer = store.need("customer", p.required("customer"), "customer")
    configuration = p.text("configuration") or CONFIGURATION
    store.need("billing_portal.configuration", configuration, "configuration")
    session = store.add(
        "billing_portal.session",
        "bps",
        configuration=configuration,
        customer=customer["id"],
        locale=p.text("locale"),
        return_url=p.text("return_url"),
    )
    session["url"] = f"{store.base}/portal/{session['id']}"
    return session


def add_endpoint(store: Store, url: str, keys: list[str], events: list[str], **values: str | None) -> Obj:
    """A receiver of events."""
    return store.add(
        "webhook_endpoint", "we", url=url, enabled_events=events, status="enabled", _secrets=keys, **values
    )


@route("POST", "/v1/webhook_endpoints", "url enabled_events api_version description metadata")
def create_endpoint(store: Store, p: Params) -> Obj:
    version = p.text("api_version")
    if version not in {None, API_VERSION}:
        raise ApiError(
            f"Invalid API version: {version}. The stand-in speaks {API_VERSION}.", param="api_version"
        )
    secret, events = f"whsec_{secrets.token_hex(16)}", p.many("enabled_events")
    about = {"description": p.text("description"), "api_version": version}
    endpoint = add_endpoint(store, p.required("url"), [secret], events, **about)
    endpoint["metadata"] = p.metadata()
    return {**endpoint, "secret": secret}  # told once, as by Stripe


@route("POST", "/v1/webhook_endpoints/{}", "url enabled_events disabled description metadata")
def update_endpoint(store: Store, p: Params, key: str) -> Obj:
    endpoint = store.need("webhook_endpoint", key)
    endpoint["url"] = p.text("url") or endpoint["url"]
    endpoint["enabled_events"] = p.many("enabled_events") or endpoint["enabled_events"]
    if "disabled" in p:
        endpoint["status"] = "disabled" if p.flag("disabled") else "enabled"
    return endpoint


@route("DELETE", "/v1/webhook_endpoints/{}")
def delete_endpoint(store: Store, p: Params, key: str) -> Obj:
    store.need("webhook_endpoint", key)
    del store.tables["webhook_endpoint"][key]
    return {"id": key, "object": "webhook_endpoint", "deleted": True}


@route("GET", "/v1/tax/settings")
def tax_settings(store: Store, p: Params) -> Obj:
    place = dict.fromkeys("city line1 line2 postal_code".split()) | {"country": "US", "state": "CA"}
    return {
        "object": "tax.settings",
        "livemode": False,
        "defaults": {"tax_behavior": "exclusive", "tax_code": "txcd_10000000", "provider": "stripe"},
        "head_office": {"address": place},
        "status": "active",
        "status_details": {"active": {}},
    }


reads("/v1/billing_portal/configurations", "billing_portal.configuration", "active is_default")
reads("/v1/webhook_endpoints", "webhook_endpoint")
reads(
    "/v1/events",
    "event",
    "type created",
    lambda row, p: "types" not in p or row["type"] in p.many("types"),
    "types",
)
