"""The only place that speaks to Stripe: asks it for pages and money, reads its objects as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import stripe
from django.conf import settings
from django.core.cache import cache as store

from .models import Customer, Order, Payer, held_by
from .packages import Kind, Package

VERSION = "2026-10-28.endive"  # of the API; the webhook endpoint is pinned to the same
TOLERANCE = 300  # seconds that a signed event may be old
PRICE_IDS = 300  # seconds that a price's id is remembered
DAYS_DUE = 30  # of an invoice that a company pays later
GOING_BACK = ("succeeded", "pending", "requires_action")  # statuses of a refund that counts


class Unavailable(Exception):
    """Stripe cannot be asked now, or no key is set; the same can be asked again later."""


class Refused(Exception):
    """Stripe understood and said no; ``about`` is the parameter that it did not like."""

    def __init__(self, words: str, about: str = "") -> None:
        super().__init__(words)
        self.about = about


class Forged(Exception):
    """What came to the webhook is not Stripe's."""


@dataclass(frozen=True)
class Hint:
    """A genuine event, as far as it is believed."""

    id: str
    type: str
    about: str  # the object's id
    order: str  # our own id where the object carries it, "" otherwise
    payment_intent: str
    subscription: str


@cache
def client() -> stripe.StripeClient:
    if not settings.STRIPE_SECRET_KEY:
        raise Unavailable("Payments are not set up: STRIPE_SECRET_KEY is empty.")
    base: Any = {"api": settings.STRIPE_API_BASE} if settings.STRIPE_API_BASE else {}
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY, stripe_version=VERSION, base_addresses=base, max_network_retries=2
    )


def ask(call: Any, *given: Any, **options: Any) -> Any:
    """Stripe's errors in two kinds: ask later, or do not ask so again."""
    try:
        return call(*given, **options)
    except (stripe.APIConnectionError, stripe.RateLimitError) as error:
        raise Unavailable(str(error)) from error
    except stripe.InvalidRequestError as error:
        raise Refused(str(error.user_message or error), error.param or "") from error
    except stripe.StripeError as error:
        raise Unavailable(str(error)) from error


# Asking for money.


def checkout(order: Order, *, success: str, cancel: str, email: str) -> tuple[str, str]:
    """(session, address of its page) for an order; asked twice, the same one."""
    try:
        made = _checkout(order, success, cancel, email)
    except Refused as error:  # something was archived or deleted there since we learned of it
        if error.about == "customer":
            Customer.objects.filter(**held_by(_payer(order))).delete()
        else:
            store.delete(_price_named(order.package_key))
        made = _checkout(order, success, cancel, email)
    return made.id, made.url


def page(session: str) -> str:
    """The address where a session is paid, "" when it cannot be paid any more."""
    found = ask(client().v1.checkout.sessions.retrieve, session)
    return str(found.url or "") if found.status == "open" else ""


def _checkout(order: Order, success: str, cancel: str, email: str) -> Any:
    known = Customer.objects.filter(**held_by(_payer(order))).exists()
    customer = {"customer": _customer(order, email)} if known or order.company else {}
    company = order.package.kind != Kind.PACK
    about = {"order": str(order.pk)}
    asked: dict[str, Any] = {
        "mode": "subscription" if order.package.kind == Kind.PLAN else "payment",
        "line_items": [{"price": price(order.package_key), "quantity": order.quantity}],
        "currency": order.currency,
        "client_reference_id": str(order.pk),
        "metadata": about,
        "success_url": success,
        "cancel_url": cancel,
        "allow_promotion_codes": True,
        "automatic_tax": {"enabled": settings.STRIPE_TAX},
        "tax_id_collection": {"enabled": company},
        **(customer or {"customer_email": email}),
    }
    if customer:
        asked["customer_update"] = {"address": "auto", "name": "auto"}
    if company:
        asked["custom_fields"] = [
            {
                "key": "purchase_order",
                "label": {"type": "custom", "custom": "Purchase order"},
                "type": "text",
                "optional": True,
            }
        ]
    if order.package.kind == Kind.PLAN:
        asked["subscription_data"] = {"metadata": about}
    else:
        asked |= {"payment_intent_data": {"metadata": about}, "invoice_creation": {"enabled": True}}
        if not customer:
            asked["customer_creation"] = "always"
    key = f"checkout-{order.pk}-{customer.get('customer', '')}"
    return ask(client().v1.checkout.sessions.create, asked, {"idempotency_key": key})


def price(key: str) -> str:
    """The id of an active price by its lookup key. Raises Refused when it is not there."""
    named = _price_named(key)
    if found := store.get(named):
        return str(found)
    listed = ask(client().v1.prices.list, {"lookup_keys": [key], "active": True, "limit": 1}).data
    if not listed:
        raise Refused(f"Stripe has no active price {key!r}; run `manage.py check_stripe`.")
    store.set(named, listed[0].id, PRICE_IDS)
    return str(listed[0].id)


def _price_named(key: str) -> str:
    return f"price-{key}"


def make_price(package: Package, name: str) -> None:
    (currency, amount), *others = package.amounts.items()
    asked: dict[str, Any] = {
        "lookup_key": package.key,
        "currency": currency,
        "unit_amount": amount,
        "currency_options": {other: {"unit_amount": value} for other, value in others},
        "product_data": {"name": name},
        "tax_behavior": "exclusive",
    }
    if package.kind == Kind.PLAN:
        asked["recurring"] = {"interval": "year"}
    ask(client().v1.prices.create, asked, {"idempotency_key": f"price-{package.key}"})


def expire(session: str) -> None:
    """Nobody can pay it any more."""
    ask(client().v1.checkout.sessions.expire, session)


def send_invoice(order: Order, *, email: str, purchase_order: str = "") -> str:
    """An invoice by mail, to be paid by transfer within 30 days; its id."""
    about, key = {"order": str(order.pk)}, str(order.pk)
    customer = _customer(order, email)
    fields = [{"name": "Purchase order", "value": purchase_order[:30]}] if purchase_order else []
    made = ask(
        client().v1.invoices.create,
        {
            "customer": customer,
            "collection_method": "send_invoice",
            "days_until_due": DAYS_DUE,
            "currency": order.currency,
            "metadata": about,
            "automatic_tax": {"enabled": settings.STRIPE_TAX},
            "custom_fields": fields,
        },
        {"idempotency_key": f"invoice-{key}"},
    )
    ask(
        client().v1.invoice_items.create,
        {
            "customer": customer,
            "invoice": made.id,
            "pricing": {"price": price(order.package_key)},
            "quantity": order.quantity,
        },
        {"idempotency_key": f"invoice-line-{key}"},
    )
    ask(client().v1.invoices.send_invoice, made.id, options={"idempotency_key": f"invoice-send-{key}"})
    return str(made.id)


def _payer(order: Order) -> Payer:
    """Nobody pays for an account that is gone."""
    assert order.payer is not None
    return order.payer


def _customer(order: Order, email: str) -> str:
    """Whom Stripe knows the payer as, which names them on invoices. Raises Unavailable, Refused.

    A company's mails go to whoever orders now: who ordered before may have left it.
    """
    payer = _payer(order)
    if known := Customer.objects.filter(**held_by(payer)).first():
        if order.company is None or _moved(known, email):
            return known.stripe_id
        known.delete()
    made = ask(
        client().v1.customers.create,
        {"email": email, "name": payer.name, "metadata": {"payer": str(payer.pk)}},
        {"idempotency_key": f"customer-{order.pk}"},
    )
    kept, _new = Customer.objects.get_or_create(**held_by(payer), defaults={"stripe_id": made.id})
    return kept.stripe_id


def _moved(customer: Customer, email: str) -> bool:
    """Whether the address was written there; False of a customer that was deleted at Stripe."""
    try:
        ask(client().v1.customers.update, customer.stripe_id, {"email": email})
    except Refused:
        return False
    return True


def refund(order: Order, amount: int, *, key: str, reason: str) -> str:
    """Give money back; the refund's id. Asked twice with the same key, once."""
    made = ask(
        client().v1.refunds.create,
        {
            "payment_intent": order.payment_intent,
            "amount": amount,
            "reason": "requested_by_customer",
            "metadata": {"order": str(order.pk), "reason": reason},
        },
        {"idempotency_key": f"refund-{order.pk}-{key}"},
    )
    return str(made.id)


def portal(customer: Customer, *, back: str) -> str:
    """The address of Stripe's own page with a customer's invoices, cards and plan."""
    asked = {"customer": customer.stripe_id, "return_url": back}
    return str(ask(client().v1.billing_portal.sessions.create, asked).url)


# Hearing from it.


def genuine(body: bytes, signature: str) -> Hint:
    """The event in a webhook's body. Raises Forged unless one of our secrets signed it lately."""
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            event = client().construct_event(body, signature, secret, TOLERANCE)
        except (ValueError, stripe.SignatureVerificationError):
            continue
        if event.livemode != settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")):
            break
        return _hint(event)
    raise Forged


def _hint(event: Any) -> Hint:
    told = event.data.object.to_dict()
    details = (told.get("parent") or {}).get("subscription_details") or {}
    about = {**(details.get("metadata") or {}), **(told.get("metadata") or {})}
    subscription = told["id"] if told.get("object") == "subscription" else told.get("subscription")
    intent = told["id"] if told.get("object") == "payment_intent" else told.get("payment_intent")
    return Hint(
        event.id,
        event.type,
        str(told.get("id") or ""),
        str(told.get("client_reference_id") or about.get("order") or ""),
        str(intent or ""),
        str(subscription or details.get("subscription") or ""),
    )


def pages(listing: Any, asked: Sequence[Any] | dict[str, Any]) -> Iterator[Any]:
    yield from ask(listing, {**dict(asked), "limit": 100}).auto_paging_iter()
