"""Products, prices, coupons and promotion codes."""

from __future__ import annotations

from typing import Any

from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.routes import reads, route
from billing.standin.store import Obj, Store

CURRENCIES = frozenset("aud cad chf czk dkk eur gbp huf jpy nok nzd pln sek sgd usd".split())
PRODUCT = "name description active metadata images tax_code url unit_label statement_descriptor"
PRICE = "active nickname metadata lookup_key transfer_lookup_key tax_behavior currency_options"
RECURRING = {"interval": "", "interval_count": 1, "meter": None, "trial_period_days": None}


@route("POST", "/v1/products", f"id {PRODUCT}")
def create_product(store: Store, p: Params) -> Obj:
    values = {key: p.text(key) for key in "description tax_code url unit_label statement_descriptor".split()}
    product = store.add(
        "product",
        "prod",
        id=p.text("id"),
        name=p.required("name"),
        active=p.flag("active", True),
        metadata=p.metadata(),
        images=p.many("images"),
        marketing_features=[],
        type="service",
        updated=store.now(),
        **values,
    )
    store.emit("product.created", product)
    return product


@route("POST", "/v1/products/{}", f"default_price {PRODUCT}")
def update_product(store: Store, p: Params, key: str) -> Obj:
    product = store.need("product", key)
    for name in "name description tax_code url unit_label statement_descriptor default_price".split():
        if name in p:
            product[name] = p.text(name)
    product |= {"active": p.flag("active", product["active"]), "metadata": p.metadata(product["metadata"])}
    product["updated"] = store.now()
    store.emit("product.updated", product)
    return product


def currency(p: Params, key: str = "currency") -> str:
    """A currency that can be paid in."""
    code = p.required(key)
    if code.lower() not in CURRENCIES:
        message = f"Invalid currency: {code}. Stripe currently supports these currencies: "
        raise ApiError(message + ", ".join(sorted(CURRENCIES)), param=p.name(key))
    return code.lower()


def _option(amount: int, tax_behavior: str) -> Obj:
    text = {"unit_amount": amount, "unit_amount_decimal": str(amount)}
    return {"custom_unit_amount": None, "tax_behavior": tax_behavior, **text}


def _options(p: Params, tax_behavior: str) -> Obj:
    options = p.part("currency_options")
    found = {}
    for code in options.values:
        currency(Params({"currency": code}, "currency_options"))
        found[code] = _option(options.part(code).whole("unit_amount", least=0) or 0, tax_behavior)
    return found


def _take_lookup_key(store: Store, p: Params, mine: str) -> None:
    key = p.text("lookup_key")
    for other in store.rows("price"):
        if key and other["lookup_key"] == key and other["id"] != mine:
            if not p.flag("transfer_lookup_key"):
                message = f"A price (`{other['id']}`) already uses that lookup key."
                raise ApiError(message, param="lookup_key")
            other["lookup_key"] = None


@route("POST", "/v1/prices", f"currency unit_amount product product_data recurring billing_scheme {PRICE}")
def create_price(store: Store, p: Params) -> Obj:
    money = currency(p)
    amount = p.whole("unit_amount", least=0)
    if amount is None:
        raise ApiError("Missing required param: unit_amount.", code="parameter_missing", param="unit_amount")
    if "product_data" in p:
        product = create_product(store, p.part("product_data"))
    else:
        product = store.need("product", p.required("product"), "product")
    behaviour = p.choice("tax_behavior", "unspecified exclusive inclusive", "unspecified")
    _take_lookup_key(store, p, "")
    recurring: dict[str, Any] | None = None
    if "recurring" in p:
        part = p.part("recurring")
        interval = part.choice("interval", "day week month year")
        count = part.whole("interval_count", least=1) or 1
        recurring = {**RECURRING, "interval": interval, "interval_count": count, "usage_type": "licensed"}
    price = store.add(
        "price",
        "price",
        active=p.flag("active", True),
        billing_scheme="per_unit",
        currency=money,
        lookup_key=p.text("lookup_key"),
        metadata=p.metadata(),
        nickname=p.text("nickname"),
        product=product["id"],
        recurring=recurring,
        tax_behavior=behaviour,
        type="recurring" if recurring else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
        _currency_options={money: _option(amount, behaviour)} | _options(p, behaviour),
    )
    store.emit("price.created", price)
    return price


@route("POST", "/v1/prices/{}", PRICE)
def update_price(store: Store, p: Params, key: str) -> Obj:
    price = store.need("price", key)
    _take_lookup_key(store, p, key)
    for name in ("nickname", "lookup_key", "tax_behavior"):
        if name in p:
            price[name] = p.text(name)
    price |= {"active": p.flag("active", price["active"]), "metadata": p.metadata(price["metadata"])}
    price["_currency_options"] |= _options(p, price["tax_behavior"])
    store.emit("price.updated", price)
    return price


def amount_in(price: Obj, money: str, param: str) -> int:
    """What one of it costs in that currency."""
    option = price["_currency_options"].get(money)
    if option is None:
        known = ", ".join(f"`{code}`" for code in price["_currency_options"])
        raise ApiError(f"The price specified only supports {known}, not `{money}`.", param=param)
    return int(option["unit_amount"])


def pricing(price: Obj, unit: int | None = None) -> Obj:
    """A price as invoice lines name it; `unit` where another currency's amount holds."""
    named = {"price": price["id"], "product": price["product"]}
    amount = price["unit_amount"] if unit is None else unit
    return {"type": "price_details", "price_details": named, "unit_amount_decimal": str(amount)}


@route(
    "POST",
    "/v1/coupons",
    "id name percent_off amount_off currency duration metadata max_redemptions redeem_by",
)
def create_coupon(store: Store, p: Params) -> Obj:
    percent, amount = p.text("percent_off"), p.whole("amount_off", least=1)
    if (percent is None) == (amount is None):
        raise ApiError("You must pass either percent_off or amount_off.", param="percent_off")
    return store.add(
        "coupon",
        "coupon",
        id=p.text("id"),
        name=p.text("name"),
        percent_off=float(percent) if percent else None,
        amount_off=amount,
        currency=currency(p) if amount else None,
        duration=p.choice("duration", "forever once", "once"),
        metadata=p.metadata(),
        max_redemptions=p.whole("max_redemptions", least=1),
        redeem_by=p.whole("redeem_by"),
        times_redeemed=0,
        valid=True,
    )


@route("POST", "/v1/promotion_codes", "promotion code active customer expires_at max_redemptions metadata")
def create_promotion_code(store: Store, p: Params) -> Obj:
    part = p.part("promotion")
    coupon = store.need("coupon", part.required("coupon"), "promotion[coupon]")
    limits = {"first_time_transaction": False, "minimum_amount": None, "minimum_amount_currency": None}
    return store.add(
        "promotion_code",
        "promo",
        active=p.flag("active", True),
        code=p.required("code"),
        customer=p.text("customer"),
        expires_at=p.whole("expires_at"),
        max_redemptions=p.whole("max_redemptions", least=1),
        metadata=p.metadata(),
        promotion={"type": part.choice("type", "coupon"), "coupon": coupon["id"]},
        restrictions=limits,
        times_redeemed=0,
    )


@route("POST", "/v1/promotion_codes/{}", "active metadata")
def update_promotion_code(store: Store, p: Params, key: str) -> Obj:
    code = store.need("promotion_code", key)
    code |= {"active": p.flag("active", code["active"]), "metadata": p.metadata(code["metadata"])}
    return code


def usable_code(store: Store, text: str) -> Obj:
    """The active promotion code with that text."""
    for code in store.rows("promotion_code"):
        expired = code["expires_at"] and code["expires_at"] <= store.now()
        used_up = code["max_redemptions"] and code["times_redeemed"] >= code["max_redemptions"]
        if code["code"].lower() == text.strip().lower() and code["active"] and not expired and not used_up:
            return code
    raise ApiError("This code is invalid.", param="promotion_code")


reads("/v1/products", "product", "active created")
reads(
    "/v1/prices",
    "price",
    "active currency product type created",
    lambda row, p: "lookup_keys" not in p or row["lookup_key"] in p.many("lookup_keys"),
    "lookup_keys",
)
reads("/v1/coupons", "coupon", "created")
reads("/v1/promotion_codes", "promotion_code", "active code customer created")
