"""Sums of a basket: lines, discount and tax, all in minor units."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from billing.standin.store import Obj

TAX_PERCENT = {"DE": 19}  # exclusive; other countries pay none here


def percent(amount: int, rate: float) -> int:
    """That share of an amount, rounded half up."""
    exact = Decimal(amount) * Decimal(str(rate)) / 100
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def tax(amount: int, country: str | None) -> int:
    """Value added tax on a net amount."""
    return percent(amount, TAX_PERCENT.get(country or "", 0))


def shared(total: int, weights: list[int]) -> list[int]:
    """A total in parts like the weights; the parts sum to it exactly."""
    whole = sum(weights) or 1
    parts = [total * weight // whole for weight in weights]
    for place in range(total - sum(parts)):
        parts[place % len(parts)] += 1
    return parts


def discount(subtotal: int, coupon: Obj | None) -> int:
    """What a coupon takes off."""
    if coupon is None:
        return 0
    if coupon["amount_off"]:
        return min(subtotal, int(coupon["amount_off"]))
    return percent(subtotal, coupon["percent_off"])


def reckon(items: list[Obj], coupon: Obj | None, country: str | None) -> Obj:
    """Fill in each item's discount, tax and total; returns the sums."""
    subtotals = [item["amount_subtotal"] for item in items]
    off = shared(discount(sum(subtotals), coupon), subtotals)
    for item, taken in zip(items, off):
        net = item["amount_subtotal"] - taken
        owed = tax(net, country)
        item |= {"amount_discount": taken, "amount_tax": owed, "amount_total": net + owed}
    names = ("subtotal", "discount", "tax", "total")
    return {name: sum(item[f"amount_{name}"] for item in items) for name in names}


def money(amount: int, currency: str) -> str:
    """An amount as people read it."""
    signs = {"usd": "$", "eur": "€", "gbp": "£"}
    number = f"{abs(amount):,}" if currency == "jpy" else f"{abs(amount) / 100:,.2f}"
    sign = signs.get(currency, currency.upper() + " ")
    return f"{'−' if amount < 0 else ''}{sign}{number}"
