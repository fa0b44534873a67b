"""What Stripe holds beyond single orders: its books, the price list, and how the account is set up."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .gateway import ask, client, pages


@dataclass(frozen=True)
class Booking:
    """One line of Stripe's own books."""

    id: str
    kind: str  # "charge", "payment", "refund", "adjustment" …
    amount: int
    currency: str
    source: str  # id of the charge, refund or dispute
    payment_intent: str


def bookings(since: datetime, until: datetime) -> Iterator[Booking]:
    """Every line of Stripe's books in that time, payouts left out."""
    span = {"gte": int(since.timestamp()), "lt": int(until.timestamp())}
    for one in pages(client().v1.balance_transactions.list, {"created": span, "expand": ["data.source"]}):
        if one.type != "payout":
            source = one.source
            intent = getattr(source, "payment_intent", "") or ""
            yield Booking(one.id, one.type, one.amount, one.currency, getattr(source, "id", ""), intent)


def price_list() -> dict[str, dict[str, int]]:
    """Lookup key -> amount by currency, of every active price that has one."""
    listed = pages(client().v1.prices.list, {"active": True, "expand": ["data.currency_options"]})
    return {
        one.lookup_key: {name: said["unit_amount"] for name, said in one.currency_options.to_dict().items()}
        for one in listed
        if one.lookup_key
    }


def webhook_version(address: str) -> str | None:
    """The API version that an enabled endpoint is pinned to, "" for the account's; None without one."""
    for one in pages(client().v1.webhook_endpoints.list, {}):
        if one.url == address and one.status == "enabled":
            return one.api_version or ""
    return None


def tax_is_active() -> bool:
    return bool(ask(client().v1.tax.settings.retrieve).status == "active")


def has_portal() -> bool:
    return bool(ask(client().v1.billing_portal.configurations.list, {"active": True, "limit": 1}).data)
