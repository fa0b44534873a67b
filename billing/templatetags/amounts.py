"""Amounts and orders in words."""

from __future__ import annotations

from django import template

from .. import wording
from ..models import Order

register = template.Library()


@register.filter
def money(amount: int, currency: str) -> str:
    return wording.money(amount, currency)


@register.filter
def title(order: Order) -> str:
    return wording.title(order)


@register.inclusion_tag("billing/_badge.html")
def badge(order: Order) -> dict[str, object]:
    word, colour = wording.STATES[wording.state(order)]
    return {"word": word, "colour": colour}
