"""A stand-in, the real Stripe library that talks to it, and a receiver of its webhooks."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

import pytest
import stripe

os.environ.setdefault("STRIPE_STANDIN", "1")  # these tests may run where DATABASE_URL is set

from billing.standin import StandIn

SECRET = "whsec_test"


@dataclass
class Receiver:
    """What arrived, and what to answer next (204 when nothing is planned)."""

    url: str = ""
    bodies: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def types(self) -> list[str]:
        return [json.loads(body)["type"] for body, _ in self.bodies]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """An endpoint for webhooks."""
    got = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.bodies.append((body, self.headers["Stripe-Signature"]))
            self.send_response(got.answers.pop(0) if got.answers else 204)
            self.end_headers()

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    got.url = f"http://127.0.0.1:{server.server_address[1]}/hooks"
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield got
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def standin(receiver: Receiver) -> Iterator[StandIn]:
    """A running stand-in whose events go to the receiver."""
    with StandIn(webhook=receiver.url, secret=SECRET) as running:
        yield running


@pytest.fixture
def client(standin: StandIn) -> stripe.StripeClient:
    """Stripe's own library, unchanged but for the address; it retries nothing unless a test asks."""
    return stripe.StripeClient("sk_test_x", base_addresses={"api": standin.url}, max_network_retries=0)


@dataclass
class Shop:
    """A small catalogue and the calls that most tests make."""

    client: stripe.StripeClient
    standin: StandIn
    pack: str
    seat: str

    def session(self, *, mode: str = "payment", quantity: int = 1, **more: Any) -> Any:
        """A Checkout Session for a pack, or for seats by the year."""
        items = [{"price": self.seat if mode == "subscription" else self.pack, "quantity": quantity}]
        basic = {"mode": mode, "line_items": items, "cancel_url": "https://shop.example/no"}
        basic["success_url"] = "https://shop.example/done?s={CHECKOUT_SESSION_ID}"
        return self.client.v1.checkout.sessions.create({**basic, **more})

    def bought(self, **more: Any) -> Any:
        """A paid session."""
        session = self.session(**more)
        self.standin.control.pay(session.id)
        return self.client.v1.checkout.sessions.retrieve(session.id)


@pytest.fixture
def shop(client: stripe.StripeClient, standin: StandIn) -> Shop:
    """A pack for 29 dollars or 27 euros and a seat for 300 dollars a year."""
    prices = client.v1.prices
    pack = prices.create(
        {
            "currency": "usd",
            "unit_amount": 2900,
            "currency_options": {"eur": {"unit_amount": 2700}},
            "lookup_key": "pack",
            "product_data": {"name": "Portrait pack"},
        }
    )
    seat = prices.create(
        {
            "currency": "usd",
            "unit_amount": 30000,
            "recurring": {"interval": "year"},
            "lookup_key": "seat",
            "product_data": {"name": "Team seat"},
        }
    )
    return Shop(client, standin, pack.id, seat.id)


class _Stay(HTTPRedirectHandler):
    def redirect_request(self, *args: Any) -> None:
        return None


def browse(url: str, **form: str) -> tuple[int, str, str | None]:
    """Open a page, or send its form: status, text, and where it leads."""
    data = urlencode(form).encode() if form else None
    try:
        with build_opener(_Stay()).open(Request(url, data)) as answer:
            return answer.status, answer.read().decode(), None
    except HTTPError as other:
        with other:
            return other.code, other.read().decode(), other.headers["Location"]
