"""Deliver events to the endpoint: signed, retried, and on demand lost, doubled, late or out of order."""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import time
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from sched import scheduler
from threading import Condition, Event, Thread
from urllib.parse import urlsplit

from billing.standin.store import Obj, Store, visible

RETRIES = (0.2, 0.5, 1, 2, 4, 8, 16)  # seconds; Stripe's own are hours
TIMEOUT = 10  # seconds that a receiver has, as with Stripe


def post(url: str, body: bytes, secrets: list[str]) -> bool:
    """Send once, signed with every secret; whether the receiver answered 2xx."""
    at = int(time.time())  # real time, not the stand-in's: the receiver compares it with its own
    marks = [hmac.new(one.encode(), b"%d." % at + body, hashlib.sha256).hexdigest() for one in secrets]
    signature = ",".join([f"t={at}", *(f"v1={mark}" for mark in marks)])
    headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
    parts = urlsplit(url)
    link = (HTTPSConnection if parts.scheme == "https" else HTTPConnection)(parts.netloc, timeout=TIMEOUT)
    try:
        link.request("POST", parts.path, body, headers)
        return link.getresponse().status // 100 == 2
    except (OSError, HTTPException):
        return False
    finally:
        link.close()


class Courier:
    """One thread that carries events in order, with switches for every kind of bad weather."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.plan = scheduler(time.monotonic)
        self.pending = 0
        self.settled = Condition()
        self.stopped = Event()
        self.switch()
        self.thread = Thread(target=self._run, name="stripe-webhooks", daemon=True)

    def switch(self, drop: int = 0, duplicate: int = 0, shuffle: float = 0, delay: float = 0) -> None:
        """Lose the next n or all (True), send n more of each, mix and delay by seconds; left out is off."""
        self.drop, self.duplicate, self.shuffle, self.delay = drop, duplicate, shuffle, delay

    def take(self, event: Obj) -> None:
        """Plan to deliver an event if anybody listens."""
        event["pending_webhooks"] = len(self.store.rows("webhook_endpoint"))
        for _ in range(event["pending_webhooks"] * (1 + self.duplicate)):
            self._later(self.delay + random.random() * self.shuffle, event)

    def _later(self, wait: float, event: Obj, attempt: int = 0) -> None:
        with self.settled:
            self.pending += 1
        self.plan.enter(wait, 0, self._carry, (event, attempt))

    def _carry(self, event: Obj, attempt: int) -> None:
        with self.store.lock:
            (endpoint,) = self.store.rows("webhook_endpoint")
            url, secrets, body = endpoint["url"], endpoint["_secrets"], json.dumps(visible(event)).encode()
        if self.drop:
            self.drop = self.drop is True or self.drop - 1
        elif post(url, body, secrets):
            event["pending_webhooks"] = 0
        elif attempt < len(RETRIES):
            self._later(RETRIES[attempt], event, attempt + 1)
        with self.settled:
            self.pending -= 1
            self.settled.notify_all()

    def flush(self, timeout: float = 10) -> bool:
        """Wait until nothing is pending; False if the time runs out."""
        with self.settled:
            return self.settled.wait_for(lambda: self.pending == 0, timeout)

    def _run(self) -> None:
        while not self.stopped.wait(0.02):
            self.plan.run(blocking=False)

    def start(self) -> None:
        """Begin with the next event."""
        self.store.outbox = self.take
        self.thread.start()

    def stop(self) -> None:
        """End; what is pending stays pending."""
        self.stopped.set()
        self.thread.join(TIMEOUT)
