"""What tests and demos do that Stripe does not offer: move time, pay, dispute, break things."""

from __future__ import annotations

from typing import Any

from billing.standin import buying, checkout, invoices, refunds, subscriptions
from billing.standin.api import Api
from billing.standin.errors import ApiError
from billing.standin.payments import GOOD, TRANSFER, Buyer, confirm, new_intent
from billing.standin.store import DAY, Obj, Store, visible
from billing.standin.webhooks import Courier

PUBLIC = (
    "webhooks flush advance settle pay pay_invoice dispute close_dispute refund_from_dashboard plant fail "
    "latency resend events"
)


class Control:
    """Every method holds the lock and answers with plain data; the same names answer below `/_control/`."""

    def __init__(self, store: Store, api: Api, courier: Courier) -> None:
        self._store = store
        self._api = api
        self._courier = courier

    def webhooks(self, **switches: Any) -> None:
        """`drop` (True, False or the next n), `duplicate` (n more), `shuffle` and `delay` (seconds)."""
        strange = set(switches) - {"drop", "duplicate", "shuffle", "delay"}
        if strange:
            raise ApiError(f"No such switch: {', '.join(sorted(strange))}")
        self._courier.switch(**switches)

    def flush(self, timeout: float = 10) -> bool:
        """Wait until no webhook is pending."""
        return self._courier.flush(timeout)

    def advance(self, days: float) -> None:
        """Move the clock, a day at a time, and do all that falls due."""
        with self._store.lock:
            seconds = int(days * DAY)
            while seconds > 0:
                step = min(seconds, DAY)
                self._store.skew += step
                seconds -= step
                tick(self._store, settle=step == DAY)
            self._store.save()

    def settle(self, session: str, ok: bool | None = None) -> Obj:
        """Let a delayed payment arrive or, with ok=False, fail; None leaves it to the card number."""
        with self._store.lock:
            found = buying.settle(self._store, self._store.need("checkout.session", session), ok=ok)
            return self._done(found)

    def pay(
        self,
        session: str,
        card: str = GOOD,
        country: str = "US",
        email: str | None = None,
        promotion: str | None = None,
        name: str = "",
        tax_id: str = "",
        fields: dict[str, str] | None = None,
    ) -> Obj:
        """Pay a Checkout Session without a browser; a declined card raises ApiError with status 402."""
        with self._store.lock:
            buyer = Buyer(
                card, country, email or "buyer@example.com", name, promotion or "", tax_id, fields or {}
            )
            return self._done(buying.pay(self._store, session, buyer))

    def pay_invoice(self, invoice: str, transfer: bool = True) -> Obj:
        """A customer pays an open invoice, by bank transfer or by card."""
        with self._store.lock:
            found = self._store.need("invoice", invoice)
            invoices.collect(self._store, found, Buyer(TRANSFER if transfer else GOOD))
            return self._done(found)

    def dispute(self, payment_intent: str, amount: int | None = None) -> Obj:
        """The buyer's bank takes the money back."""
        with self._store.lock:
            return self._done(refunds.open_dispute(self._store, payment_intent, amount))

    def close_dispute(self, id: str, won: bool) -> Obj:
        """The bank decides."""
        with self._store.lock:
            return self._done(refunds.close_dispute(self._store, id, won=won))

    def refund_from_dashboard(self, payment_intent: str, amount: int | None = None) -> Obj:
        """A refund that our code did not make."""
        with self._store.lock:
            intent = self._store.need("payment_intent", payment_intent)
            charge = self._store.need("charge", intent["latest_charge"])
            rest = charge["amount_captured"] - charge["amount_refunded"]
            refund = refunds.pay_back(self._store, charge, amount or rest, reason=None, metadata={})
            return self._done(refund)

    def plant(self, kind: str) -> Obj:
        """A drift to be found: `one_cent`, `missing_refund` or `foreign_charge`; answers what was touched."""
        with self._store.lock:
            rows = self._store.tables.get("balance_transaction", {})
            if kind == "foreign_charge":
                intent = new_intent(self._store, 4_200, "usd", customer=None, description="Another product")
                confirm(self._store, intent, Buyer())
                return self._done(self._store.need("charge", intent["latest_charge"]))
            wanted = {"one_cent": "charge", "missing_refund": "refund"}.get(kind)
            row = next((row for row in reversed(rows.values()) if row["type"] == wanted), None)
            if row is None:
                raise ApiError(f"Nothing to plant {kind} on.")
            if kind == "one_cent":
                row |= {"amount": row["amount"] + 1, "net": row["net"] + 1}
            else:
                del rows[row["id"]]
            return self._done(row)

    def fail(self, n: int = 1, status: int = 500, after: bool = False) -> None:
        """The next n API calls fail, with `after` once they have acted; status 0 hangs up instead."""
        with self._store.lock:
            self._api.faults = [(status, after)] * n

    def latency(self, seconds: float) -> None:
        """Every API call takes this much longer."""
        self._api.latency = seconds

    def resend(self, event_id: str) -> None:
        """Deliver an event once more."""
        with self._store.lock:
            self._courier.take(self._store.need("event", event_id))

    def events(self, type: str | None = None, after: str | None = None) -> list[Obj]:
        """All events, oldest first; `after` leaves out that one and all before it."""
        with self._store.lock:
            rows = self._store.rows("event")
            start = [row["id"] for row in rows].index(after) + 1 if after else 0
            # An event never changes, so its object is not copied: tests ask often, and there are many.
            return [dict(row) for row in rows[start:] if type in {None, row["type"]}]

    def _done(self, found: Obj) -> Obj:
        self._store.save()
        answer: Obj = visible(found)
        return answer


def tick(store: Store, *, settle: bool = False) -> None:
    """Do what the clock makes due."""
    now = store.now()
    for session in store.rows("checkout.session"):
        if session["status"] == "open" and session["expires_at"] <= now:
            checkout.lapse(store, session)
        key = session["payment_intent"] or session.get("_payment_intent")
        if settle and key and store.need("payment_intent", key)["status"] == "processing":
            buying.settle(store, session)
    for subscription in store.rows("subscription"):
        subscriptions.renew(store, subscription)
    for invoice in store.rows("invoice"):
        if invoice["status"] == "open" and (invoice["due_date"] or now) < now and not invoice.get("_overdue"):
            invoice["_overdue"] = True
            store.emit("invoice.overdue", invoice)
    for row in store.rows("balance_transaction"):
        if row["available_on"] <= now:
            row["status"] = "available"
    store.answers = {key: kept for key, kept in store.answers.items() if kept["at"] > now - DAY}
