"""The price list as Stripe holds it: what is missing there is made, nothing is ever changed."""

from __future__ import annotations

from collections.abc import Iterator

from django.conf import settings

from . import books, gateway
from .packages import PACKAGES, Package


def stock() -> list[str]:
    """Make every price of the list that Stripe lacks; their keys."""
    known = books.price_list()
    missing = [package for package in PACKAGES.values() if package.sold and package.key not in known]
    for package in missing:
        gateway.make_price(package, name_of(package))
    return [package.key for package in missing]


def name_of(package: Package) -> str:
    """As it stands on Stripe's page and on the receipt."""
    about = f"{package.headshots} headshots, up to {package.looks} looks"
    names = {
        "pack": f"Headshots: one shoot, {about}",
        "credits": f"Headshots: credit for one shoot, {about}",
        "plan": f"Headshots: one seat for a year, {package.shoots} shoots of {about}",
    }
    return names[package.kind]


def shortcomings() -> list[str]:
    """What an operator has yet to do in Stripe's dashboard (docs/operations.md), a sentence each."""
    return [*_prices(), *_webhook(), *_rest()]


def _prices() -> Iterator[str]:
    held = books.price_list()
    for package in PACKAGES.values():
        found = held.get(package.key)
        if package.sold and found is None:
            yield f"There is no active price {package.key}: run `manage.py check_stripe --make`."
        elif found is not None and found != dict(package.amounts):
            yield f"The price {package.key} costs {found} at Stripe and {dict(package.amounts)} here."


def _webhook() -> Iterator[str]:
    address = f"{settings.SITE_URL}/stripe/webhook/"
    found = books.webhook_version(address)
    if found is None:
        yield f"No enabled webhook endpoint sends to {address}."
    elif found != gateway.VERSION:
        yield f"The webhook endpoint speaks {found or 'no version of its own'}; pin it to {gateway.VERSION}."


def _rest() -> Iterator[str]:
    if settings.STRIPE_TAX and not books.tax_is_active():
        yield "STRIPE_TAX is on, and Stripe Tax has no head office yet."
    if not books.has_portal():
        yield "The customer portal has no settings yet: save them once in the dashboard."
