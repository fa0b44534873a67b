"""The HTTP server: the API, the hosted pages and the control calls at one address."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from billing.standin import api, hosted
from billing.standin.control import Control
from billing.standin.forms import ApiError
from billing.standin.store import API_VERSION, Store
from billing.standin.webhooks import Courier

# Nothing on the pages runs or loads; a form may lead back to the shop.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
HTML = {"Content-Type": "text/html; charset=utf-8", "Content-Security-Policy": POLICY}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False  # clients keep their connections open
    request_queue_size = 128
    stripe: StandIn


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 65_536  # head and body leave in one packet
    timeout = 60
    server: _Server

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the first line on stdout is the address."""

    def _serve(self) -> None:
        stripe, address = self.server.stripe, urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        place, _, name = address.path[1:].partition("/")
        if place == "v1":
            form = body if self.command == "POST" else address.query
            self._tell(*api.answer(stripe.store, self.command, address.path, form, self.headers))
        elif place == "_control":
            self._tell(*_ordered(stripe.control, name, json.loads(body or "{}")))
        else:
            status, page, more = hosted.answer(stripe.store, place, name, dict(parse_qsl(body)))
            self._reply(status, page, {**HTML, **more})
        if self.command != "GET":
            stripe.store.save()

    def _tell(self, status: int, result: dict[str, Any]) -> None:
        if status:
            self._reply(status, json.dumps(result), {"Content-Type": "application/json"})
        else:
            self.close_connection = True

    def _reply(self, status: int, text: str, headers: dict[str, str]) -> None:
        body = text.encode()
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_DELETE = _serve


def _ordered(control: Control, name: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    try:
        return 200, {"result": getattr(control, name)(**given)}
    except ApiError as refused:
        return refused.status, refused.body
    except (AttributeError, LookupError, TypeError) as wrong:
        return 400, {"error": {"message": str(wrong)}}


class StandIn:
    """A running stand-in: `with StandIn(webhook=…, secret=…) as stripe: stripe.url, stripe.control`."""

    def __init__(
        self, webhook: str | None = None, secret: str = "whsec", state: Path | None = None, port: int = 0
    ) -> None:
        self.store = Store(state)
        self.courier = Courier(self.store)
        self.control = Control(self.store, self.courier)
        self.server = _Server(("127.0.0.1", port), _Handler)
        self.server.stripe = self
        self.store.base = self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.store.add("billing_portal.configuration", id="bpc_standin")
        if webhook:
            self.listen(webhook, secret)
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,), name="stripe-standin")

    def listen(self, webhook: str, *secrets: str) -> None:
        """Deliver events there from now on, signed with each of the secrets."""
        about = {"url": webhook, "api_version": API_VERSION, "_secrets": secrets}
        self.store.add("webhook_endpoint", id="we_standin", **about)

    def __enter__(self) -> Self:
        self.courier.start()
        self.thread.start()
        return self

    def __exit__(self, *args: object) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.courier.stop()
