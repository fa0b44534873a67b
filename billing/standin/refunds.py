"""Refunds and disputes."""

from __future__ import annotations

from billing.standin.amounts import money
from billing.standin.errors import ApiError
from billing.standin.forms import Params
from billing.standin.payments import transaction
from billing.standin.routes import reads, route
from billing.standin.store import DAY, Obj, Store

DISPUTE_FEE = 1_500
EVIDENCE = (
    "access_activity_log billing_address cancellation_policy cancellation_policy_disclosure "
    "cancellation_rebuttal customer_communication customer_email_address customer_name "
    "customer_purchase_ip customer_signature duplicate_charge_documentation duplicate_charge_explanation "
    "duplicate_charge_id product_description receipt refund_policy refund_policy_disclosure "
    "refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier "
    "shipping_date shipping_documentation shipping_tracking_number uncategorized_file uncategorized_text"
)


def _charge_of(store: Store, p: Params) -> Obj:
    if p.text("charge"):
        return store.need("charge", p.text("charge"), "charge")
    if not p.text("payment_intent"):
        raise ApiError(
            "One of the following params should be provided for this request: payment_intent or charge."
        )
    intent = store.need("payment_intent", p.text("payment_intent"), "payment_intent")
    if intent["status"] != "succeeded":
        raise ApiError(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
    return store.need("charge", intent["latest_charge"])


@route("POST", "/v1/refunds", "payment_intent charge amount reason metadata")
def create(store: Store, p: Params) -> Obj:
    charge = _charge_of(store, p)
    reason = p.choice("reason", "duplicate fraudulent requested_by_customer") if p.text("reason") else None
    if any(row["charge"] == charge["id"] and row["status"] != "won" for row in store.rows("dispute")):
        raise ApiError(
            f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    rest = charge["amount_captured"] - charge["amount_refunded"]
    if rest == 0:
        raise ApiError(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    amount = p.whole("amount", least=1) or rest
    if amount > rest:
        asked, left = money(amount, charge["currency"]), money(rest, charge["currency"])
        message = f"Refund amount ({asked}) is greater than unrefunded amount on charge ({left})"
        raise ApiError(message, param="amount")
    return pay_back(store, charge, amount, reason=reason, metadata=p.metadata())


def pay_back(store: Store, charge: Obj, amount: int, *, reason: str | None, metadata: dict[str, str]) -> Obj:
    """Send that much of a charge back."""
    refund = store.add(
        "refund",
        "re",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        customer=charge["customer"],
        destination_details={"type": "card", "card": {"type": "refund"}},
        metadata=metadata,
        payment_intent=charge["payment_intent"],
        payment_method=charge["payment_method"],
        reason=reason,
        status="succeeded",
    )
    refund["balance_transaction"] = transaction(store, "refund", refund, -amount)["id"]
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount_captured"]
    charge["_refunds"]["data"].insert(0, refund)
    store.emit("refund.created", refund)
    store.emit("charge.refunded", charge)
    return refund


@route("POST", "/v1/refunds/{}", "metadata")
def update(store: Store, p: Params, key: str) -> Obj:
    refund = store.need("refund", key)
    refund["metadata"] = p.metadata(refund["metadata"])
    store.emit("refund.updated", refund)
    return refund


def open_dispute(store: Store, intent_key: str, amount: int | None) -> Obj:
    """The buyer's bank takes the money back for now."""
    charge = store.need("charge", store.need("payment_intent", intent_key)["latest_charge"])
    held = amount or charge["amount_captured"] - charge["amount_refunded"]
    evidence = {
        "due_by": store.now() + 14 * DAY,
        "has_evidence": False,
        "past_due": False,
        "submission_count": 0,
    }
    card = {"brand": "visa", "case_type": "chargeback", "network_reason_code": "10.4", "network": "visa"}
    dispute = store.add(
        "dispute",
        "dp",
        amount=held,
        charge=charge["id"],
        currency=charge["currency"],
        enhanced_eligibility_types=[],
        evidence=dict.fromkeys(EVIDENCE.split()) | {"enhanced_evidence": {}},
        evidence_details=evidence | {"enhanced_eligibility": {}},
        is_charge_refundable=False,
        payment_intent=intent_key,
        payment_method_details={"type": "card", "card": card},
        reason="fraudulent",
        status="needs_response",
    )
    row = transaction(store, "adjustment", dispute, -held, fee=DISPUTE_FEE, category="dispute")
    dispute["balance_transactions"] = [row]
    charge["disputed"] = True
    store.emit("charge.dispute.created", dispute)
    store.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(store: Store, key: str, *, won: bool) -> Obj:
    """The bank has decided; won money comes back, the fee does not."""
    dispute = store.need("dispute", key)
    if dispute["status"] in {"won", "lost"}:
        raise ApiError(f"This dispute is already closed: {dispute['status']}.")
    dispute["status"] = "won" if won else "lost"
    store.emit("charge.dispute.closed", dispute)
    if won:
        row = transaction(store, "adjustment", dispute, dispute["amount"], category="dispute_reversal")
        dispute["balance_transactions"].append(row)
        store.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


reads("/v1/refunds", "refund", "charge payment_intent created")
reads("/v1/disputes", "dispute", "charge payment_intent created")
