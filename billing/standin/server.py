"""The HTTP server: the API, the hosted pages and the control calls at one address."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from billing.standin import pages
from billing.standin.api import Api, Call
from billing.standin.control import PUBLIC, Control
from billing.standin.errors import ApiError
from billing.standin.portal import add_endpoint, furnish
from billing.standin.store import API_VERSION, Store
from billing.standin.webhooks import Courier


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

    def _reply(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Cache-Control": "no-store", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
        self._reply(status, json.dumps(body, indent=2).encode(), "application/json", headers)

    def _serve(self) -> None:
        address = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        if address.path.startswith("/v1/"):
            self._api(address.path, body if self.command == "POST" else address.query)
        elif address.path.startswith("/_control/"):
            self._control(address.path.removeprefix("/_control/"), body)
        else:
            self._page(address.path, dict(parse_qsl(body)))

    def _api(self, path: str, form: str) -> None:
        scheme, _, key = (self.headers.get("Authorization") or "").partition(" ")
        again = self.headers.get("Idempotency-Key")
        call = Call(self.command, path, form, key if scheme == "Bearer" else None, again)
        answer = self.server.stripe.api.answer(call)
        if answer.status == 0:
            self.close_connection = True
            return
        self._json(answer.status, answer.body, answer.headers)

    def _control(self, name: str, body: str) -> None:
        if name not in PUBLIC.split():
            return self._json(404, {"error": {"message": f"No such control: {name}"}})
        try:
            result = getattr(self.server.stripe.control, name)(**json.loads(body or "{}"))
        except ApiError as refused:
            return self._json(refused.status, refused.body)
        except (TypeError, ValueError) as wrong:
            return self._json(400, {"error": {"message": str(wrong)}})
        return self._json(200, {"result": result})

    def _page(self, path: str, form: dict[str, str]) -> None:
        store = self.server.stripe.store
        with store.lock:
            page = pages.answer(store, self.command, path, form)
            if self.command == "POST":
                store.save()
        headers = {"Location": page.location} if page.location else {}
        # Nothing on these pages runs or loads; a form may lead back to the shop.
        headers["Content-Security-Policy"] = (
            "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
        )
        self._reply(page.status, page.body, page.kind, headers)

    do_GET = do_POST = do_DELETE = _serve


class StandIn:
    """A running stand-in: `with StandIn(webhook=…, secret=…) as stripe: stripe.url, stripe.control`."""

    def __init__(
        self,
        *,
        webhook: str | None = None,
        secret: str | list[str] = "whsec_standin",
        state: Path | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.store = Store(state)
        self.api = Api(self.store)
        self.courier = Courier(self.store)
        self.control = Control(self.store, self.api, self.courier)
        self.server = _Server((host, port), _Handler)
        self.server.stripe = self
        self.url = f"http://{host}:{self.server.server_address[1]}"
        self.store.base = self.url
        furnish(self.store)
        if webhook:
            self.listen(webhook, secret)
        self.thread = Thread(
            target=self.server.serve_forever, args=(0.05,), name="stripe-standin", daemon=True
        )

    def listen(self, webhook: str, secret: str | list[str]) -> None:
        """Deliver events there from now on, in place of a former address with the same URL."""
        keys = [secret] if isinstance(secret, str) else secret
        with self.store.lock:
            table = self.store.tables.setdefault("webhook_endpoint", {})
            for old in [key for key, row in table.items() if row["url"] == webhook]:
                table[old]["_secrets"] = keys
                return
            add_endpoint(self.store, webhook, keys, ["*"], api_version=API_VERSION)
            self.store.save()

    def start(self) -> Self:
        """Serve from a thread."""
        self.courier.start()
        self.thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and delivering."""
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
        self.courier.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *args: object) -> None:
        self.stop()
