"""A company's own server: takes webhooks, checks them as docs/company-api.md says, and fails on demand."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

PAGE = Path(__file__).resolve().parents[2] / "docs" / "company-api.md"


def genuine() -> Callable[[str, str, bytes], bool]:
    """The function of the documentation, as it stands there."""
    [snippet] = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(), re.M | re.S)
    names: dict[str, Callable[[str, str, bytes], bool]] = {}
    exec(snippet, names)
    return names["genuine"]


@dataclass
class Receiver:
    """``answers`` are the statuses to come, the last for ever; 0 hangs up, -1 never comes to an end."""

    url: str = ""
    answers: list[int] = field(default_factory=lambda: [200])
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)


@contextmanager
def listening() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.got.append((self.path, dict(self.headers), body))
            status = receiver.answers.pop(0) if len(receiver.answers) > 1 else receiver.answers[0]
            while status == -1 and not receiver.over.wait(0.05):
                with suppress(OSError):
                    self.wfile.write(b"H")
            if status > 0:
                self.send_response(status)
                self.send_header("Location", f"{receiver.url}elsewhere")
                self.end_headers()

        def log_message(self, *about: object) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        thread.join()
        server.server_close()
