"""What may stand in a Checkout Session's basket, with Stripe's sentences for what may not."""

from __future__ import annotations

import secrets

from billing.standin.catalogue import amount_in, create_price, currency
from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.keys import blank
from billing.standin.store import Obj, Store, visible


def validate_mode(p: Params, mode: str) -> None:
    """Refuse parameters of the other mode."""
    wrong = {"payment": ["subscription_data"], "subscription": ["payment_intent_data", "customer_creation"]}
    for name in wrong[mode]:
        if name in p:
            raise ApiError(f"You can not pass `{name}` in `{mode}` mode.", param=name)
    if mode == "subscription" and p.part("invoice_creation").flag("enabled"):
        message = "You cannot enable invoice creation when `mode` is set to `subscription`."
        raise ApiError(message, param="invoice_creation[enabled]")


def _price(store: Store, part: Params) -> Obj:
    if "price_data" not in part:
        price = store.need("price", part.required("price"), part.name("price"))
        if not price["active"] or not store.need("product", price["product"])["active"]:
            message = "The price specified is inactive. This field only accepts active prices."
            raise ApiError(message, param=part.name("price"))
        return price
    data = part.part("price_data")
    return create_price(store, Params({**data.values, "active": "false"}, data.within))


def items_from(store: Store, p: Params, mode: str) -> tuple[str, Obj]:
    """The basket's currency and its lines."""
    money = currency(p) if p.text("currency") else None
    items = []
    for part in p.parts("line_items"):
        price = _price(store, part)
        if price["recurring"] and mode == "payment":
            raise ApiError(
                "You specified `payment` mode but passed a recurring price. Either switch to `subscription` "
                "mode or use only one-time prices.",
                param="mode",
            )
        quantity = part.whole("quantity", least=1)
        if quantity is None:
            name = part.name("quantity")
            message = f"Quantity is required. Add `quantity` to `{part.within}`"
            raise ApiError(message, code="parameter_missing", param=name)
        money = money or price["currency"]
        unit = amount_in(price, str(money), part.name("price"))
        product = store.need("product", price["product"])
        item = blank("item", f"li_{secrets.token_hex(12)}", currency=money, price=visible(price))
        item |= {"quantity": quantity, "description": product["name"], "amount_subtotal": unit * quantity}
        items.append(item)
    if not items or money is None:
        raise ApiError("Missing required param: line_items.", code="parameter_missing", param="line_items")
    if mode == "subscription" and not any(item["price"]["recurring"] for item in items):
        message = "You must provide at least one recurring price in `subscription` mode when using prices."
        raise ApiError(message, param="line_items")
    return money, {"object": "list", "has_more": False, "data": items}
