"""Money in words: amounts, what an order is of, and what is true of it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from .models import Order, Status
from .packages import CURRENCIES, Kind

CENTS = 100  # minor units of one; true of every currency of the price list

# What is true of an order beyond its status, as word and colour of its badge.
STATES: dict[str, tuple[str | Promise, str]] = {
    "open": (gettext_lazy("Not paid yet"), ""),
    "pending": (gettext_lazy("Payment on its way"), "badge-warn"),
    "invoiced": (gettext_lazy("Invoice sent"), "badge-warn"),
    "paid": (gettext_lazy("Paid"), "badge-good"),
    "wrong": (gettext_lazy("Paid, being looked at"), "badge-warn"),
    "failed": (gettext_lazy("Payment failed"), "badge-bad"),
    "expired": (gettext_lazy("Not paid"), ""),
    "partly": (gettext_lazy("Refunded in part"), ""),
    "refunded": (gettext_lazy("Refunded"), ""),
    "disputed": (gettext_lazy("Disputed"), "badge-warn"),
    "taken": (gettext_lazy("Taken back by the bank"), "badge-bad"),
}


def money(amount: int, currency: str) -> str:
    """Such as $29, €1,550 or £0.50, from minor units."""
    whole, cents = divmod(abs(amount), CENTS)
    sign = "−" if amount < 0 else ""
    return f"{sign}{CURRENCIES[currency]}{whole:,}" + (f".{cents:02}" if cents else "")


def state(order: Order) -> str:
    """A key of ``STATES``. What was paid and not accepted is never called failed."""
    if order.status != Status.PAID:
        if order.wrong:
            return "wrong"
        by_invoice = order.status == Status.PENDING and not order.session
        return "invoiced" if by_invoice else order.status
    if order.disputed:
        return "disputed"
    if order.withheld:
        return "taken"
    if order.refunded:
        return "refunded" if order.refunded >= order.paid else "partly"
    return "paid"


def title(order: Order) -> str:
    """What was ordered, in a line."""
    package, count = order.package, order.quantity
    if package.kind == Kind.PACK:
        return _("One shoot, %(headshots)d headshots") % {"headshots": package.headshots}
    if package.kind == Kind.CREDITS:
        return ngettext("%d credit", "%d credits", count) % count
    return ngettext("Yearly plan, %d seat", "Yearly plan, %d seats", count) % count
