"""Payment intents, charges and the balance transactions that they cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from billing.standin.customers import ADDRESS
from billing.standin.errors import ApiError
from billing.standin.routes import reads
from billing.standin.store import DAY, Obj, Store

# Stripe's own test numbers, but 0077 and 0341 stand for a delayed method that ends well or badly.
GOOD, DECLINED, POOR = "4242424242424242", "4000000000000002", "4000000000009995"
LATER, LATER_FAILS = "4000000000000077", "4000000000000341"
TRANSFER = "transfer"
REFUSALS = {
    DECLINED: ("card_declined", "generic_decline", "Your card was declined."),
    POOR: ("card_declined", "insufficient_funds", "Your card has insufficient funds."),
}
FEE_PERMILLE, FEE_FIXED = 29, 30  # 2.9 % + 30: Stripe's price for cards in the United States


@dataclass(frozen=True)
class Buyer:
    """What somebody types on a hosted page."""

    card: str = GOOD
    country: str = "US"
    email: str = ""
    name: str = ""
    promotion: str = ""
    tax_id: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @property
    def number(self) -> str:
        return self.card.replace(" ", "")


def transaction(
    store: Store, type: str, source: Obj, amount: int, *, fee: int = 0, category: str = ""
) -> Obj:
    """A line of the balance; `amount` is negative where money leaves."""
    fees = {"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee"}
    row = store.add(
        "balance_transaction",
        "txn",
        amount=amount,
        fee=fee,
        net=amount - fee,
        currency=source["currency"],
        type=type,
        reporting_category=category or type,
        source=source["id"],
        available_on=store.now() + 2 * DAY,
        balance_type="payments",
        status="pending",
        fee_details=[fees | {"description": "Stripe processing fees"}] if fee else [],
        description=source.get("description"),
    )
    return row


def new_intent(store: Store, amount: int, money: str, **values: Any) -> Obj:
    """A payment intent that waits for its payment method."""
    intent = store.add(
        "payment_intent",
        "pi",
        amount=amount,
        currency=money,
        amount_capturable=0,
        amount_received=0,
        amount_details={"tip": {}},
        capture_method="automatic_async",
        confirmation_method="automatic",
        payment_method_options={},
        payment_method_types=["card"],
        status="requires_payment_method",
        **values,
    )
    intent["client_secret"] = f"{intent['id']}_secret_standin"
    store.emit("payment_intent.created", intent)
    return intent


def _charge(store: Store, intent: Obj, buyer: Buyer) -> Obj:
    kind = "customer_balance" if buyer.card == TRANSFER else "card"
    details: Obj = {"type": kind, kind: {}}
    if kind == "card":
        details["card"] = {
            "brand": "visa",
            "country": "US",
            "exp_month": 12,
            "exp_year": 2034,
            "funding": "credit",
        }
        details["card"] |= {"last4": buyer.number[-4:], "network": "visa"}
    place = dict.fromkeys(ADDRESS.split()) | {"country": buyer.country}
    person = {"address": place, "email": buyer.email or None, "name": buyer.name or None}
    charge = store.add(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0,
        amount_refunded=0,
        billing_details={**person, "phone": None, "tax_id": buyer.tax_id or None},
        captured=False,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        fraud_details={},
        metadata=dict(intent["metadata"]),
        paid=False,
        payment_intent=intent["id"],
        payment_method=f"pm_{intent['id'][3:]}",
        payment_method_details=details,
        refunded=False,
        status="pending",
    )
    charge["_refunds"] = {"object": "list", "has_more": False, "data": []}
    charge["_refunds"]["url"] = f"/v1/charges/{charge['id']}/refunds"
    charge["receipt_url"] = f"{store.base}/receipt/{charge['id']}"
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"]}
    return charge


def confirm(store: Store, intent: Obj, buyer: Buyer) -> None:
    """Try the card: the intent ends succeeded or processing, or a card error is raised."""
    number = buyer.number
    if number not in {GOOD, LATER, LATER_FAILS, TRANSFER, *REFUSALS}:
        raise ApiError(
            "Your card number is incorrect.",
            status=402,
            type="card_error",
            code="incorrect_number",
            param="number",
        )
    charge = _charge(store, intent, buyer)
    if number in REFUSALS:
        code, decline, message = REFUSALS[number]
        fail(store, intent, code, decline, message)
        more = {"decline_code": decline, "charge": charge["id"], "payment_intent": {"id": intent["id"]}}
        raise ApiError(message, status=402, type="card_error", code=code, **more)
    if number in {LATER, LATER_FAILS}:
        intent |= {"status": "processing", "_ok": number == LATER}
        store.emit("payment_intent.processing", intent)
        store.emit("charge.pending", charge)
        return
    succeed(store, intent)


def succeed(store: Store, intent: Obj) -> None:
    """The money has come."""
    charge = store.need("charge", intent["latest_charge"])
    fee = (charge["amount"] * FEE_PERMILLE + 500) // 1000 + FEE_FIXED
    row = transaction(store, "charge", charge, charge["amount"], fee=fee)
    outcome = dict.fromkeys("advice_code network_advice_code network_decline_code reason".split())
    outcome |= {"network_status": "approved_by_network", "type": "authorized"}
    charge |= {
        "status": "succeeded",
        "paid": True,
        "captured": True,
        "amount_captured": charge["amount"],
        "balance_transaction": row["id"],
        "outcome": {**outcome, "seller_message": "Payment complete."},
    }
    intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
    store.emit("payment_intent.succeeded", intent)
    store.emit("charge.succeeded", charge)


def fail(store: Store, intent: Obj, code: str, decline: str, message: str) -> None:
    """The money does not come."""
    charge = store.need("charge", intent["latest_charge"])
    charge |= {"status": "failed", "failure_code": code, "failure_message": message}
    reason = {"type": "card_error", "code": code, "decline_code": decline, "message": message}
    intent |= {"status": "requires_payment_method", "payment_method": None}
    intent["last_payment_error"] = {**reason, "charge": charge["id"]}
    store.emit("payment_intent.payment_failed", intent)
    store.emit("charge.failed", charge)


reads("/v1/payment_intents", "payment_intent", "customer created")
reads("/v1/charges", "charge", "customer payment_intent created")
reads(
    "/v1/balance_transactions",
    "balance_transaction",
    "currency type source created",
    lambda row, p: "payout" not in p,  # the stand-in never pays out
    "payout",
)
