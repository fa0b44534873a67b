"""Money that moves: payment intents, charges, refunds, disputes, and the balance that they change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from billing.standin.api import control, reads, route
from billing.standin.catalogue import money
from billing.standin.forms import ApiError, Params
from billing.standin.store import DAY, Obj, Store, listed, new

# Stripe's own test numbers, but 0077 and 0341 stand for a delayed method that ends well or badly.
GOOD, DECLINED, POOR = "4242424242424242", "4000000000000002", "4000000000009995"
LATER, LATER_FAILS = "4000000000000077", "4000000000000341"
REFUSALS = {
    DECLINED: ("generic_decline", "Your card was declined."),
    POOR: ("insufficient_funds", "Your card has insufficient funds."),
    LATER_FAILS: ("generic_decline", "The customer's bank account could not be debited."),
}
FEE_PERMILLE, FEE_FIXED = 29, 30  # 2.9 % + 30: Stripe's price for cards in the United States
DISPUTE_FEE = 1_500


@dataclass(frozen=True)
class Buyer:
    """What somebody types on a hosted page."""

    card: str = GOOD
    country: str = "US"
    email: str = "buyer@example.com"
    name: str = ""
    promotion: str = ""
    tax_id: str = ""
    fields: dict[str, str] = field(default_factory=dict)


def confirm(store: Store, intent: Obj, buyer: Buyer) -> None:
    """Try the card: the intent ends succeeded or processing, or a card error is raised."""
    number = buyer.card.replace(" ", "")
    if number not in {GOOD, LATER, *REFUSALS}:
        raise ApiError("Your card number is incorrect.", 402, type="card_error", code="incorrect_number")
    same = {name: intent[name] for name in ("amount", "currency", "customer", "description", "metadata")}
    person = {"address": new("address", country=buyer.country), "email": buyer.email, "name": buyer.name}
    charge = store.add("charge", payment_intent=intent["id"], billing_details=person, **same)
    charge["_refunds"] = listed(f"/v1/charges/{charge['id']}/refunds")
    charge["payment_method"] = f"pm_{charge['id'][3:]}"
    intent |= {"latest_charge": charge["id"], "status": "processing", "_card": number}
    if number in {LATER, LATER_FAILS}:
        store.emit("payment_intent.processing", intent)
    elif refused := decide(store, intent, number == GOOD):
        raise refused


def decide(store: Store, intent: Obj, ok: bool) -> ApiError | None:
    """The money of a processing intent comes, or there is a card error."""
    charge = store.need("charge", intent["latest_charge"])
    if ok:
        fee = (charge["amount"] * FEE_PERMILLE + 500) // 1000 + FEE_FIXED
        row = _book(store, "charge", charge, charge["amount"], fee)
        charge |= {"status": "succeeded", "paid": True, "captured": True}
        charge |= {"amount_captured": charge["amount"], "balance_transaction": row["id"]}
        intent |= {"status": "succeeded", "amount_received": intent["amount"], "last_payment_error": None}
        store.emit("payment_intent.succeeded", intent)
        store.emit("charge.succeeded", charge)
        return None
    decline, message = REFUSALS.get(intent["_card"], REFUSALS[LATER_FAILS])
    reason = {"type": "card_error", "code": "card_declined", "decline_code": decline, "charge": charge["id"]}
    charge |= {"status": "failed", "failure_code": "card_declined", "failure_message": message}
    intent |= {"status": "requires_payment_method", "last_payment_error": {**reason, "message": message}}
    store.emit("payment_intent.payment_failed", intent)
    store.emit("charge.failed", charge)
    return ApiError(message, 402, **reason)


def _book(store: Store, type: str, source: Obj, amount: int, fee: int = 0) -> Obj:
    """A line of the balance; `amount` is negative where money leaves."""
    about = {"type": type, "reporting_category": type, "source": source["id"]}
    when = {"available_on": store.now() + 2 * DAY, "currency": source["currency"]}
    return store.add("balance_transaction", amount=amount, fee=fee, net=amount - fee, **about, **when)


@route("POST", "/v1/refunds", "payment_intent amount reason metadata")
def create_refund(store: Store, p: Params) -> Obj:
    p.text("reason", "duplicate fraudulent requested_by_customer")
    charge = _charge(store, p.required("payment_intent"), "payment_intent")
    rest = _unrefunded(charge)
    if any(row["charge"] == charge["id"] and row["status"] != "won" for row in store.rows("dispute")):
        raise ApiError(f"Charge {charge['id']} has been charged back.", code="charge_disputed")
    if rest == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = p.whole("amount", rest, least=1)
    if amount > rest:
        asked, left = money(amount, charge["currency"]), money(rest, charge["currency"])
        raise ApiError(f"Refund amount ({asked}) is greater than what is left ({left}).", param="amount")
    return _refund(store, charge, amount, **p.plain("reason"))


@control
def refund_from_dashboard(store: Store, payment_intent: str, amount: int) -> Obj:
    """A refund that our code did not make."""
    return _refund(store, _charge(store, payment_intent), amount)


def _charge(store: Store, intent_key: str, param: str = "") -> Obj:
    intent = store.need("payment_intent", intent_key, param)
    if intent["status"] != "succeeded":
        raise ApiError(f"This PaymentIntent ({intent_key}) does not have a successful charge to refund.")
    return store.need("charge", intent["latest_charge"])


def _unrefunded(charge: Obj) -> int:
    return int(charge["amount_captured"] - charge["amount_refunded"])


def _refund(store: Store, charge: Obj, amount: int, **about: Any) -> Obj:
    same = {name: charge[name] for name in ("currency", "customer", "payment_intent", "payment_method")}
    refund = store.add("refund", amount=amount, charge=charge["id"], **same, **about)
    refund["balance_transaction"] = _book(store, "refund", refund, -amount)["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = _unrefunded(charge) == 0
    charge["_refunds"]["data"].insert(0, refund)
    store.emit("refund.created", refund)
    store.emit("charge.refunded", charge)
    return refund


@control
def dispute(store: Store, payment_intent: str) -> Obj:
    """The buyer's bank takes the money back for now."""
    charge = _charge(store, payment_intent)
    about = {"charge": charge["id"], "currency": charge["currency"], "payment_intent": payment_intent}
    row = store.add("dispute", amount=_unrefunded(charge), **about)
    row["evidence_details"]["due_by"] = store.now() + 14 * DAY
    row["balance_transactions"] = [_book(store, "adjustment", row, -row["amount"], DISPUTE_FEE)]
    charge["disputed"] = True
    store.emit("charge.dispute.created", row)
    store.emit("charge.dispute.funds_withdrawn", row)
    return row


@control
def close_dispute(store: Store, id: str, won: bool) -> Obj:
    """The bank has decided; won money comes back, the fee does not."""
    row = store.need("dispute", id)
    if row["status"] in {"won", "lost"}:
        raise ApiError(f"This dispute is already closed: {row['status']}.")
    row["status"] = "won" if won else "lost"
    store.emit("charge.dispute.closed", row)
    if won:
        row["balance_transactions"].append(_book(store, "adjustment", row, row["amount"]))
        store.emit("charge.dispute.funds_reinstated", row)
    return row


reads("/v1/payment_intents", "payment_intent", "customer")
reads("/v1/charges", "charge", "customer payment_intent")
reads("/v1/refunds", "refund", "payment_intent")
reads("/v1/disputes", "dispute", "payment_intent")
reads("/v1/balance_transactions", "balance_transaction", "type created")
