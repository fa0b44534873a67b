"""One API call from its request to its answer: key, planned faults, idempotency, the act, the envelope."""

from __future__ import annotations

import hashlib
import secrets
import time
from dataclasses import dataclass

from billing.standin import (  # noqa: F401  each registers its calls
    buying,
    catalogue,
    checkout,
    customers,
    invoice_calls,
    payments,
    portal,
    refunds,
    subscriptions,
)
from billing.standin.errors import ApiError
from billing.standin.forms import Params, decode
from billing.standin.routes import ROUTES, Route, shown
from billing.standin.store import API_VERSION, Obj, Store


@dataclass(frozen=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    form: str
    key: str | None
    idempotency_key: str | None = None


@dataclass(frozen=True)
class Answer:
    """What goes out; status 0 means that the connection is closed instead."""

    status: int
    body: Obj
    headers: dict[str, str]


class Api:
    """The calls over a store, with the faults that a test has planned."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.latency = 0.0
        self.faults: list[tuple[int, bool]] = []  # status, and whether the call acts first
        self.running: set[str] = set()

    def answer(self, call: Call) -> Answer:
        """Never raises."""
        headers = {"Request-Id": f"req_{secrets.token_hex(7)}", "Stripe-Version": API_VERSION}
        if call.idempotency_key:
            headers["Idempotency-Key"] = call.idempotency_key
        try:
            _authorise(call.key)
            status, body, replayed = self._faulty(call)
        except ApiError as refused:
            status, body, replayed = refused.status, refused.body, False
        except Exception as bug:
            status, body, replayed = 500, _fault(500, f"A fault of the stand-in: {bug!r}").body, False
        if replayed:
            headers["Idempotent-Replayed"] = "true"
        if status >= 400:
            body["error"]["request_log_url"] = (
                f"https://dashboard.stripe.com/test/logs/{headers['Request-Id']}"
            )
        return Answer(status, body, headers)

    def _faulty(self, call: Call) -> tuple[int, Obj, bool]:
        with self.store.lock:
            status, after = self.faults.pop(0) if self.faults else (200, False)
        if status != 200 and not after:
            raise _fault(status)
        answer = self._once(call)
        if status != 200:
            raise _fault(status)
        return answer

    def _once(self, call: Call) -> tuple[int, Obj, bool]:
        key = call.idempotency_key if call.method == "POST" else None
        if key is None:
            time.sleep(self.latency)
            return (*self._act(call), False)
        print_ = hashlib.sha256(f"{call.path}\n{'&'.join(sorted(call.form.split('&')))}".encode()).hexdigest()
        with self.store.lock:
            kept = self.store.answers.get(key)
            if kept and kept["print"] != print_:
                raise ApiError(
                    "Keys for idempotent requests can only be used with the same parameters they were first "
                    f"used with. Try using a key other than '{key}' if you meant to execute a different "
                    "request.",
                    type="idempotency_error",
                )
            if kept:
                return kept["status"], kept["body"], True
            if key in self.running:
                message = f"There is currently another in-progress request using this Idempotent Key ({key})."
                code = "idempotency_key_in_use"
                raise ApiError(message, status=409, type="idempotency_error", code=code)
            self.running.add(key)
        try:
            time.sleep(self.latency)
            status, body = self._act(call, key, print_)
        finally:
            self.running.discard(key)
        return status, body, False

    def _act(self, call: Call, key: str | None = None, print_: str = "") -> tuple[int, Obj]:
        route, groups = _find(call)
        p = Params(decode(call.form))
        p.known(route.takes)
        with self.store.lock:
            try:
                status, body = 200, shown(self.store, route.act(self.store, p, *groups), p.many("expand"))
            except ApiError as refused:
                if refused.status != 402:
                    raise
                status, body = 402, refused.body
            if key:
                kept = {"print": print_, "at": self.store.now(), "status": status, "body": body}
                self.store.answers[key] = kept
            if call.method != "GET":
                self.store.save()
        return status, body


def _authorise(key: str | None) -> None:
    if not key:
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization header."
        )
        raise ApiError(message, status=401)
    if not key.startswith(("sk_test_", "rk_test_")):
        raise ApiError(f"Invalid API Key provided: {key[:8]}***", status=401)


def _fault(status: int, message: str = "A fault that the test has planned.") -> ApiError:
    if status == 429:
        return ApiError("Too many requests hit the API too quickly.", status=429, code="rate_limit")
    return ApiError(message, status=status, type="api_error")


def _find(call: Call) -> tuple[Route, tuple[str, ...]]:
    for route in ROUTES:
        found = route.path.fullmatch(call.path)
        if found and route.method == call.method:
            return route, found.groups()
    raise ApiError(f"Unrecognized request URL ({call.method}: {call.path}).", status=404)
