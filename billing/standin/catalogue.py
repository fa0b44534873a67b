"""Prices with their products, coupons and promotion codes."""

from __future__ import annotations

from billing.standin.api import reads, route
from billing.standin.forms import ApiError, Params
from billing.standin.store import Obj, Store, new

SIGNS = {"usd": "$", "eur": "€", "gbp": "£"}
CURRENCIES = " ".join(SIGNS)
PRICE = "currency unit_amount currency_options product_data recurring lookup_key tax_behavior active metadata"


def money(amount: int, currency: str) -> str:
    """An amount in minor units as people read it."""
    return f"{SIGNS[currency]}{amount / 100:,.2f}"


@route("POST", "/v1/prices", PRICE)
def create_price(store: Store, p: Params) -> Obj:
    key, others = p.text("lookup_key"), p.part("currency_options")
    if key and any(other["lookup_key"] == key for other in store.rows("price")):
        raise ApiError(f"A price already uses the lookup key `{key}`.", param="lookup_key")
    currency, amount = p.required("currency", CURRENCIES), p.whole("unit_amount")
    amounts = {currency: amount, **{code: others.part(code).whole("unit_amount") for code in others.values}}
    recurring = p.part("recurring").required("interval", "year") if "recurring" in p else None
    return store.add(
        "price",
        currency=currency,
        product=store.add("product", name=p.part("product_data").required("name"))["id"],
        recurring=new("recurring") if recurring else None,
        type="recurring" if recurring else "one_time",
        unit_amount=amount,
        unit_amount_decimal=str(amount),
        _currency_options={
            code: new("currency_option", unit_amount=value, unit_amount_decimal=str(value))
            for code, value in amounts.items()
        },
        **p.plain("lookup_key tax_behavior"),
    )


@route("POST", "/v1/prices/{price}", "lookup_key active")
def update_price(store: Store, p: Params, price: Obj) -> None:
    price |= {**p.plain("lookup_key"), "metadata": price["metadata"]}


def amount_in(price: Obj, money: str, param: str = "price") -> int:
    """What one of it costs in that currency."""
    option = price["_currency_options"].get(money)
    if option is None:
        raise ApiError(f"The price specified has no amount in `{money}`.", param=param)
    return int(option["unit_amount"])


@route("POST", "/v1/coupons", "percent_off duration")
def create_coupon(store: Store, p: Params) -> Obj:
    off, duration = float(p.required("percent_off")), p.required("duration", "forever once")
    return store.add("coupon", percent_off=off, duration=duration)


@route("POST", "/v1/promotion_codes", "promotion code")
def create_promotion_code(store: Store, p: Params) -> Obj:
    coupon = store.need("coupon", p.part("promotion").required("coupon"), "promotion[coupon]")
    return store.add("promotion_code", code=p.required("code"), promotion={"coupon": coupon["id"]})


def usable_code(store: Store, text: str) -> Obj:
    """The promotion code with that text."""
    for code in store.rows("promotion_code"):
        if code["code"].lower() == text.strip().lower():
            return code
    raise ApiError("This code is invalid.", param="promotion_code")


reads("/v1/products", "product", "active")
reads("/v1/prices", "price", "active lookup_keys")
reads("/v1/coupons", "coupon")
reads("/v1/promotion_codes", "promotion_code", "code")
