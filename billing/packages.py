"""The price list: what can be bought, what it holds and what it costs, in minor units of each currency."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

CURRENCIES = {"usd": "$", "eur": "€", "gbp": "£"}
MOST = 10_000  # credits or seats of one order


class Kind(StrEnum):
    PACK = "pack"  # one shoot for oneself
    CREDITS = "credits"  # shoots for others, prepaid, never expiring
    PLAN = "plan"  # a year of shoots, per seat


@dataclass(frozen=True)
class Package:
    """One line of the price list. ``key`` is also the lookup key of its price at Stripe.

    A price that has been sold is never changed: a new one gets a new key, and the old line stays below
    as ``sold`` = False, since orders point to it.
    """

    key: str
    kind: Kind
    headshots: int  # of each shoot's gallery
    looks: int  # to choose for each shoot
    amounts: Mapping[str, int]  # of one, in minor units by currency
    least: int = 1  # of one order; a volume price begins here
    shoots: int = 1  # that one bought gives
    sold: bool = True

    def amount(self, currency: str, quantity: int = 1) -> int:
        return self.amounts[currency] * quantity


def _same(usd: int, eur: int, gbp: int) -> Mapping[str, int]:
    return {"usd": usd, "eur": eur, "gbp": gbp}


PACKAGES = {
    package.key: package
    for package in (
        Package("pack-40-v1", Kind.PACK, 40, 2, _same(2900, 2700, 2300)),
        Package("pack-100-v1", Kind.PACK, 100, 4, _same(3900, 3700, 3200)),
        Package("pack-200-v1", Kind.PACK, 200, 6, _same(5900, 5500, 4700)),
        Package("credits-1-v1", Kind.CREDITS, 100, 6, _same(3900, 3700, 3200), least=2),
        Package("credits-10-v1", Kind.CREDITS, 100, 6, _same(3300, 3100, 2700), least=10),
        Package("credits-50-v1", Kind.CREDITS, 100, 6, _same(2700, 2500, 2200), least=50),
        Package("credits-250-v1", Kind.CREDITS, 100, 6, _same(2100, 1900, 1700), least=250),
        Package("credits-1000-v1", Kind.CREDITS, 100, 6, _same(1600, 1500, 1300), least=1000),
        Package("plan-v1", Kind.PLAN, 100, 6, _same(4900, 4500, 3900), least=5, shoots=4),
    )
}


def of_kind(kind: Kind) -> tuple[Package, ...]:
    """What is on sale, in the order of the list."""
    return tuple(package for package in PACKAGES.values() if package.kind == kind and package.sold)


def credits_for(quantity: int) -> Package:
    """The volume step that so many credits are sold at; ValueError below the least or above the most."""
    fitting = [package for package in of_kind(Kind.CREDITS) if package.least <= quantity <= MOST]
    if not fitting:
        least = of_kind(Kind.CREDITS)[0].least
        raise ValueError(f"Credits are sold from {least} to {MOST} at a time.")
    return fitting[-1]
