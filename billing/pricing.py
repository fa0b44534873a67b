"""The price list as the page shows it: what was asked for, and what it costs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from django.utils.translation import gettext as _

from .models import Order
from .packages import CURRENCIES, MOST, PACKAGES, Kind, Package, credits_for, of_kind

MANY = 10  # credits that the page begins with: the first step of the volume prices
DIGITS = 6  # of a quantity that somebody types; more are nobody's company

# One shoot of the bundled person, the first six as ranked.
PICTURES = tuple(f"img/samples/shoot-{rank}.webp" for rank in range(1, 7))


@dataclass(frozen=True)
class Wish:
    """What the page shows beyond the list: a currency, and a quantity of each kind."""

    currency: str
    quantities: Mapping[Kind, int]


@dataclass(frozen=True)
class Quote:
    """A quantity and its price; without a package, why it is not sold."""

    quantity: int
    package: Package | None
    each: int = 0
    total: int = 0
    problem: str = ""


@dataclass(frozen=True)
class Step:
    """A line of the volume prices. ``most`` is None on the last."""

    least: int
    most: int | None
    each: int
    chosen: bool


def wish(asked: Mapping[str, str], order: Order | None = None) -> Wish:
    """From an address or a form, whatever stands there; ``order`` is one that somebody came back from."""
    kind, quantity, currency = asked.get("of", ""), asked.get("quantity", ""), asked.get("currency", "")
    if order:
        kind, quantity, currency = order.package.kind, str(order.quantity), order.currency
    quantities = {Kind.CREDITS: MANY, Kind.PLAN: of_kind(Kind.PLAN)[0].least}
    if kind in quantities and quantity.isdecimal() and quantity.isascii() and len(quantity) <= DIGITS:
        quantities[Kind(kind)] = int(quantity)
    return Wish(currency if currency in CURRENCIES else next(iter(CURRENCIES)), quantities)


def address(said: Mapping[str, str], home: str) -> str:
    """Of the page ``home`` as it shows again what was said in one of its forms."""
    asked = of_form(said)
    known = wish(asked)
    query, kind = {"currency": known.currency}, asked["of"]
    if kind in known.quantities:
        query |= {"of": kind, "quantity": str(known.quantities[Kind(kind)])}
    return f"{home}?{urlencode(query)}" + (f"#{kind}" if kind else "")


def of_form(said: Mapping[str, str]) -> dict[str, str]:
    """A form's values as the page's address names them."""
    package = PACKAGES.get(said.get("package", ""))
    return {**said, "of": package.kind if package else ""}


def credits(wish: Wish) -> Quote:
    quantity = wish.quantities[Kind.CREDITS]
    try:
        return _quote(credits_for(quantity), quantity, wish.currency)
    except ValueError as error:
        return Quote(quantity, None, problem=str(error))


def plan(wish: Wish) -> Quote:
    quantity, (package, *_others) = wish.quantities[Kind.PLAN], of_kind(Kind.PLAN)
    if package.least <= quantity <= MOST:
        return _quote(package, quantity, wish.currency)
    sold = {"least": package.least, "most": MOST}
    return Quote(quantity, None, problem=_("A plan has %(least)d to %(most)d seats.") % sold)


def _quote(package: Package, quantity: int, currency: str) -> Quote:
    return Quote(quantity, package, package.amount(currency), package.amount(currency, quantity))


def steps(wish: Wish, chosen: Package | None) -> list[Step]:
    """The volume prices from the least to the largest quantity."""
    listed = of_kind(Kind.CREDITS)
    ends = [*(following.least - 1 for following in listed[1:]), None]
    return [
        Step(one.least, end, one.amount(wish.currency), one == chosen)
        for one, end in zip(listed, ends, strict=True)
    ]


def listed(wish: Wish) -> dict[str, object]:
    """What the list says in a currency; each form has a number of its own, which its order takes."""
    (yearly, *_others) = of_kind(Kind.PLAN)
    return {
        "pictures": PICTURES,
        "currency": wish.currency,
        "currencies": CURRENCIES,
        "packs": [(one, one.amount(wish.currency), uuid4()) for one in of_kind(Kind.PACK)],
        "credit": of_kind(Kind.CREDITS)[0],
        "steps": steps(wish, None),
        "yearly": yearly,
        "yearly_amount": yearly.amount(wish.currency),
    }


def page(wish: Wish) -> dict[str, object]:
    """The list, and what the quantities cost that somebody asks for."""
    many = credits(wish)
    return {
        **listed(wish),
        "credits": many,
        "steps": steps(wish, many.package),
        "plan": plan(wish),
        "most": MOST,
        "again_credits": uuid4(),
        "again_plan": uuid4(),
    }


def same(order: Order, key: str, quantity: int, currency: str) -> bool:
    """Whether the order is of just that; a step of the volume prices is not named by who buys."""
    package = PACKAGES.get(key)
    if package is None or (order.quantity, order.currency) != (quantity, currency):
        return False
    volume = package.kind == Kind.CREDITS == order.package.kind
    return volume or order.package_key == key
