"""Deliver events to the endpoints: signed, retried, and on demand lost, doubled, late or out of order."""

from __future__ import annotations

import hashlib
import heapq
import hmac
import json
import random
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Condition, Thread
from typing import Any
from urllib.parse import urlsplit

from billing.standin.store import Obj, Store, visible

RETRIES = (0.2, 0.5, 1, 2, 4, 8, 16)  # seconds; Stripe's own are hours
TIMEOUT = 10  # seconds that a receiver has, as with Stripe


def signature(secrets: list[str], body: bytes, at: int) -> str:
    """The `Stripe-Signature` header; one v1 per secret while secrets rotate."""
    signed = f"{at}.".encode() + body
    marks = [hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in secrets]
    return ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])


def post(url: str, body: bytes, secrets: list[str]) -> bool:
    """Send once; whether the receiver answered 2xx."""
    parts = urlsplit(url)
    link: type[HTTPConnection] = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "Stripe/1.0 (stand-in)"}
    # Real time, not the stand-in's clock: the receiver compares it with its own.
    headers["Stripe-Signature"] = signature(secrets, body, int(time.time()))
    connection = link(parts.hostname or "", parts.port, timeout=TIMEOUT)
    try:
        connection.request(
            "POST", (parts.path or "/") + (f"?{parts.query}" if parts.query else ""), body, headers
        )
        return 200 <= connection.getresponse().status < 300
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


class Courier:
    """One thread that carries events in order, with switches for every kind of bad weather."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.wake = Condition()
        self.queue: list[tuple[float, int, int, str, str]] = []  # due, place, attempt, event, endpoint
        self.place = 0
        self.busy = False
        self.stopped = False
        self.drop: bool | int = False
        self.duplicate = 0
        self.shuffle = 0.0
        self.delay = 0.0
        self.random = random.Random(0)
        self.thread = Thread(target=self._run, name="stripe-webhooks", daemon=True)

    def start(self) -> None:
        """Begin, with what a former process had not delivered."""
        self.store.outbox = self.take
        for event in self.store.rows("event"):
            if event["pending_webhooks"]:
                self.take(event)
        self.thread.start()

    def stop(self) -> None:
        """End; what is pending stays pending."""
        with self.wake:
            self.stopped = True
            self.wake.notify_all()
        self.thread.join(TIMEOUT)

    def take(self, event: Obj) -> None:
        """Queue an event for every endpoint that wants it."""
        listening = [
            endpoint
            for endpoint in self.store.rows("webhook_endpoint")
            if endpoint["status"] == "enabled" and {"*", event["type"]} & set(endpoint["enabled_events"])
        ]
        event["pending_webhooks"] = len(listening)
        for endpoint in listening:
            for _ in range(1 + self.duplicate):
                self._push(0, event["id"], endpoint["id"], 0)

    def _push(self, wait: float, event: str, endpoint: str, attempt: int) -> None:
        with self.wake:
            jitter = self.random.random() * self.shuffle
            self.place += 1
            due = time.monotonic() + wait + self.delay + jitter
            heapq.heappush(self.queue, (due, self.place, attempt, event, endpoint))
            self.wake.notify_all()

    def switch(self, **values: Any) -> None:
        """Set `drop`, `duplicate`, `shuffle` or `delay`; new times hold for what is pending too."""
        with self.wake:
            for name, value in values.items():
                setattr(self, name, value)
            if {"shuffle", "delay"} & set(values):
                now, old, self.queue = time.monotonic(), self.queue, []
                for _, place, attempt, event, endpoint in old:
                    due = now + self.delay + self.random.random() * self.shuffle
                    heapq.heappush(self.queue, (due, place, attempt, event, endpoint))
            self.wake.notify_all()

    def flush(self, timeout: float = 10) -> bool:
        """Wait until nothing is pending; False if the time runs out."""
        with self.wake:
            return self.wake.wait_for(lambda: not self.queue and not self.busy, timeout)

    def _run(self) -> None:
        while True:
            with self.wake:
                self.busy = False
                self.wake.notify_all()
                while not self.stopped and not (self.queue and self.queue[0][0] <= time.monotonic()):
                    self.wake.wait(self.queue[0][0] - time.monotonic() if self.queue else None)
                if self.stopped:
                    return
                _, _, attempt, event, endpoint = heapq.heappop(self.queue)
                self.busy = True
                dropped = bool(self.drop)
                if dropped and self.drop is not True:
                    self.drop = int(self.drop) - 1
            self._carry(event, endpoint, attempt, dropped)

    def _carry(self, event_key: str, endpoint_key: str, attempt: int, dropped: bool) -> None:
        with self.store.lock:
            event, endpoint = (
                self.store.find("event", event_key),
                self.store.find("webhook_endpoint", endpoint_key),
            )
            if event is None or endpoint is None:
                return
            body, secrets = json.dumps(visible(event), indent=2).encode(), endpoint["_secrets"]
        if not dropped and not post(endpoint["url"], body, secrets):
            if attempt < len(RETRIES):
                self._push(RETRIES[attempt], event_key, endpoint_key, attempt + 1)
            return
        with self.store.lock:
            event["pending_webhooks"] = max(0, event["pending_webhooks"] - 1)
            self.store.save()
