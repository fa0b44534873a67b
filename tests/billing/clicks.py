"""What a buyer does with the pages, as functions of a browser."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from billing import gateway
from billing.models import Order

PRICES, BUY, INVOICE = "/prices/", "/buy/", "/buy/by-invoice/"


def said(key: str = "pack-40-v1", quantity: int = 1, currency: str = "usd", **more: Any) -> dict[str, Any]:
    return {"package": key, "quantity": quantity, "currency": currency, "again": uuid4(), **more}


def bought(browser: Client, **chosen: Any) -> Order:
    assert browser.post(BUY, said(**chosen)).status_code == 303
    return Order.objects.latest("created")


def news(browser: Client, order: Order, **asked: Any) -> Any:
    address = reverse("billing:order_news", args=[order.pk])
    Order.objects.filter(pk=order.pk).update(asked_at=None)  # five seconds pass
    return browser.get(address, {"back": 1, **asked})


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def away(settings: Any) -> None:
    """Stripe cannot be asked."""
    settings.STRIPE_SECRET_KEY = ""
    gateway.client.cache_clear()


def back(settings: Any) -> None:
    settings.STRIPE_SECRET_KEY = "sk_test_standin"
