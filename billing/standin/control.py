"""What tests and demos do that Stripe does not offer: move time, plant drifts, break things."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from billing.standin import checkout, paying, subscriptions
from billing.standin.api import CONTROLS, control
from billing.standin.forms import ApiError
from billing.standin.payments import Buyer, confirm
from billing.standin.store import DAY, Obj, Store, visible
from billing.standin.webhooks import Courier


class Control:
    """These methods and all of CONTROLS: `control.pay(…)`; the same names answer below `/_control/`."""

    def __init__(self, store: Store, courier: Courier) -> None:
        self._store, self.webhooks, self.flush = store, courier.switch, courier.flush

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name not in CONTROLS:
            raise AttributeError(f"No such control: {name}")

        def alone(*given: Any, **named: Any) -> Any:
            with self._store.lock:
                return visible(CONTROLS[name](self._store, *given, **named))

        return alone

    def events(self, type: str | None = None) -> list[Obj]:
        """All events, oldest first."""
        # An event never changes, so its object is not copied: tests ask often, and there are many.
        return [dict(row) for row in self._store.rows("event") if type in {None, row["type"]}]


@control
def fail(store: Store, n: int = 1, status: int = 500, after: bool = False) -> None:
    """The next n API calls fail, with `after` once they have acted; status 0 hangs up instead."""
    store.faults = [(ApiError("A fault that the test has planned.", status, type="api_error"), after)] * n


@control
def advance(store: Store, days: float) -> None:
    """Move the clock, a day at a time, and do all that falls due."""
    for step in [1.0] * int(days) + [days % 1]:
        store.skew += int(step * DAY)
        now = store.now()
        for session in store.rows("checkout.session"):
            if session["status"] == "open" and session["expires_at"] <= now:
                checkout.lapse(store, session)
            intent = store.find("payment_intent", session.get("_intent"))
            if intent and intent["status"] == "processing" and intent["created"] + DAY <= now:
                paying.settle(store, session["id"])
        for subscription in store.rows("subscription"):
            subscriptions.renew(store, subscription)
        store.answers = {key: kept for key, kept in store.answers.items() if kept["at"] > now - DAY}


@control
def plant(store: Store, kind: str) -> Obj:
    """A drift to be found: `one_cent`, `missing_refund` or `foreign_charge`; answers what was touched."""
    if kind == "foreign_charge":
        intent = store.add("payment_intent", amount=4_200, currency="usd", description="Another product")
        confirm(store, intent, Buyer())
        return store.need("charge", intent["latest_charge"])
    wanted = {"one_cent": "charge", "missing_refund": "refund"}[kind]
    row: Obj = [row for row in store.rows("balance_transaction") if row["type"] == wanted][-1]
    if kind == "one_cent":
        row |= {"amount": row["amount"] + 1, "net": row["net"] + 1}
    else:
        del store.tables["balance_transaction"][row["id"]]
    return row
