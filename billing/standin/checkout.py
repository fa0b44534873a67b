"""Checkout Sessions as the shop sees them: create, list, read, expire."""

from __future__ import annotations

import secrets

from billing.standin import amounts
from billing.standin.basket import items_from, validate_mode
from billing.standin.customers import tax_ids
from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.routes import PAGING, listing, reads, route
from billing.standin.store import DAY, Obj, Store

TAKES = (
    "mode success_url cancel_url line_items currency customer customer_email customer_creation "
    "customer_update client_reference_id metadata allow_promotion_codes discounts automatic_tax "
    "tax_id_collection custom_fields payment_intent_data subscription_data invoice_creation expires_at "
    "locale billing_address_collection custom_text submit_type consent_collection phone_number_collection "
    "payment_method_collection ui_mode payment_method_options adaptive_pricing branding_settings"
)


def _url(p: Params, key: str) -> str:
    value = p.required(key)
    if not value.startswith(("http://", "https://")):
        message = "Not a valid URL. URLs must begin with http or https."
        raise ApiError(message, code="url_invalid", param=key)
    return value


def _customer(store: Store, p: Params) -> Obj | None:
    given = [name for name in ("customer", "customer_email", "customer_creation") if p.text(name)]
    if "customer" in given and len(given) > 1:
        raise ApiError(f"You may only specify one of these parameters: {', '.join(given)}.", param=given[1])
    if "customer" not in given:
        return None
    customer = store.need("customer", p.text("customer"), "customer")
    update = p.part("customer_update")
    if p.part("tax_id_collection").flag("enabled") and update.text("name") != "auto":
        raise ApiError(
            "Tax ID collection requires updating business name on the customer. To enable tax ID collection "
            "for an existing customer, please set `customer_update[name]` to `auto`.",
            param="tax_id_collection",
        )
    known = (customer["address"] or {}).get("country")
    if p.part("automatic_tax").flag("enabled") and not known and update.text("address") != "auto":
        raise ApiError(
            "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid "
            "address to the Customer or set `customer_update[address]` to 'auto'.",
            code="customer_tax_location_invalid",
            param="automatic_tax",
        )
    return customer


def _fields(p: Params) -> list[Obj]:
    fields = []
    for part in p.parts("custom_fields"):
        kind = part.choice("type", "text numeric dropdown")
        label = {"type": "custom", "custom": part.part("label").required("custom")}
        size = {"default_value": None, "maximum_length": None, "minimum_length": None, "value": None}
        field = {"key": part.required("key"), "label": label, "type": kind, "optional": part.flag("optional")}
        fields.append({**field, kind: size})
    return fields


def _details(customer: Obj | None, email: str | None) -> Obj | None:
    if customer is None and email is None:
        return None
    known = customer or {}
    details = {
        "address": known.get("address"),
        "email": known.get("email") or email,
        "name": known.get("name"),
    }
    names = {
        "business_name": None,
        "individual_name": None,
        "phone": known.get("phone"),
        "tax_exempt": "none",
    }
    return {**details, **names, "tax_ids": tax_ids(customer)}


def _discounts(store: Store, p: Params) -> list[Obj]:
    found = []
    for part in p.parts("discounts"):
        code = part.text("promotion_code")
        promotion = store.need("promotion_code", code, part.name("promotion_code")) if code else None
        coupon = promotion["promotion"]["coupon"] if promotion else part.required("coupon")
        store.need("coupon", coupon, part.name("coupon"))
        found.append({"coupon": None if promotion else coupon, "promotion_code": code})
    if found and "allow_promotion_codes" in p:
        message = "You may only specify one of these parameters: allow_promotion_codes, discounts."
        raise ApiError(message, param="discounts")
    return found


def _expiry(store: Store, p: Params) -> int:
    now = store.now()
    at = p.whole("expires_at") or now + DAY
    if not now + 1800 - 60 <= at <= now + DAY + 60:  # a minute for the way here
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from "
        raise ApiError(f"{message}Checkout Session creation.", param="expires_at")
    return at


@route("POST", "/v1/checkout/sessions", TAKES)
def create(store: Store, p: Params) -> Obj:
    mode = p.choice("mode", "payment subscription")
    p.choice("ui_mode", "hosted_page", "hosted_page")
    validate_mode(p, mode)
    customer = _customer(store, p)
    success_url, cancel_url = _url(p, "success_url"), p.text("cancel_url") and _url(p, "cancel_url")
    expires_at, discounts, fields = _expiry(store, p), _discounts(store, p), _fields(p)
    money, items = items_from(store, p, mode)
    key = f"cs_test_{secrets.token_hex(24)}"
    creation = "always" if p.part("invoice_creation").flag("enabled") else p.text("customer_creation")
    about_invoice = p.part("invoice_creation").part("invoice_data")
    invoice_fields = [
        {"name": part.text("name"), "value": part.text("value")}
        for part in about_invoice.parts("custom_fields")
    ]
    invoice_data = {
        **dict.fromkeys("account_tax_ids issuer rendering_options".split()),
        **{name: about_invoice.text(name) for name in ("description", "footer")},
        "custom_fields": invoice_fields or None,
        "metadata": about_invoice.metadata() or None,
    }
    invoicing = {"enabled": p.part("invoice_creation").flag("enabled"), "invoice_data": invoice_data}
    session = store.add(
        "checkout.session",
        "cs",
        id=key,
        adaptive_pricing={"enabled": False} if mode == "payment" else None,
        allow_promotion_codes=p.flag("allow_promotion_codes") if "allow_promotion_codes" in p else None,
        automatic_tax={
            "enabled": p.part("automatic_tax").flag("enabled"),
            "liability": None,
            "provider": None,
        },
        billing_address_collection=p.text("billing_address_collection"),
        cancel_url=cancel_url,
        client_reference_id=p.text("client_reference_id"),
        currency=money,
        custom_fields=fields,
        custom_text=dict.fromkeys("after_submit shipping_address submit terms_of_service_acceptance".split()),
        customer=customer and customer["id"],
        customer_creation=None if customer or mode == "subscription" else creation or "if_required",
        customer_details=_details(customer, p.text("customer_email")),
        customer_email=p.text("customer_email"),
        discounts=discounts,
        expires_at=expires_at,
        invoice_creation=invoicing if mode == "payment" else None,
        locale=p.text("locale"),
        metadata=p.metadata(),
        mode=mode,
        payment_method_collection="always" if mode == "subscription" else "if_required",
        payment_method_options={},
        payment_method_types=["card"],
        payment_status="unpaid",
        phone_number_collection={"enabled": p.part("phone_number_collection").flag("enabled")},
        shipping_options=[],
        status="open",
        submit_type=p.text("submit_type"),
        success_url=success_url,
        tax_id_collection={"enabled": p.part("tax_id_collection").flag("enabled"), "required": "never"},
        ui_mode="hosted_page",
        url=f"{store.base}/pay/{key}",
        _line_items=items,
        _intent={"metadata": p.part("payment_intent_data").metadata()},
        _subscription={"metadata": p.part("subscription_data").metadata()},
    )
    session["_intent"]["description"] = p.part("payment_intent_data").text("description")
    session["_line_items"]["url"] = f"/v1/checkout/sessions/{key}/line_items"
    reprice(store, session, None)
    return session


def coupon_of(store: Store, session: Obj) -> Obj | None:
    """The coupon behind a session's discount."""
    for discount in session["discounts"] or []:
        promotion = store.find("promotion_code", discount["promotion_code"])
        return store.find("coupon", promotion["promotion"]["coupon"] if promotion else discount["coupon"])
    return None


def reprice(store: Store, session: Obj, country: str | None) -> None:
    """Sum the basket again after a discount or a country was given."""
    taxed = session["automatic_tax"]["enabled"]
    sums = amounts.reckon(
        session["_line_items"]["data"], coupon_of(store, session), country if taxed else None
    )
    session |= {"amount_subtotal": sums["subtotal"], "amount_total": sums["total"]}
    session["total_details"] = {
        "amount_discount": sums["discount"],
        "amount_shipping": 0,
        "amount_tax": sums["tax"],
    }
    session["automatic_tax"]["status"] = (
        ("complete" if country else "requires_location_inputs") if taxed else None
    )


@route("POST", "/v1/checkout/sessions/{}/expire")
def expire(store: Store, p: Params, key: str) -> Obj:
    session = store.need("checkout.session", key)
    if session["status"] != "open":
        message = (
            'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a '
        )
        raise ApiError(f"{message}status of `{session['status']}`.")
    lapse(store, session)
    return session


def lapse(store: Store, session: Obj) -> None:
    """Close a session that nobody paid."""
    session |= {"status": "expired", "url": None}
    store.emit("checkout.session.expired", session)


@route("POST", "/v1/checkout/sessions/{}", "metadata")
def update(store: Store, p: Params, key: str) -> Obj:
    session = store.need("checkout.session", key)
    session["metadata"] = p.metadata(session["metadata"])
    return session


@route("GET", "/v1/checkout/sessions/{}/line_items", PAGING)
def line_items(store: Store, p: Params, key: str) -> Obj:
    items = store.need("checkout.session", key)["_line_items"]
    return listing(items["data"][::-1], p, items["url"])


reads("/v1/checkout/sessions", "checkout.session", "customer payment_intent subscription status created")
