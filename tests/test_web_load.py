"""The load that is offered does not wait for answers, and what is promised of them is held against them."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.web_goals import missed
from benchmarks.web_load import Answer, Request, figures, offer

TOGETHER = 5


@pytest.fixture
def port() -> Iterator[int]:
    """A server that answers nobody before so many people have asked."""
    everybody = threading.Barrier(TOGETHER)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            everybody.wait(timeout=20)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Nobody reads it."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def test_requests_go_out_though_the_first_is_not_answered(port: int) -> None:
    answers = offer(port, [Request("/")] * TOGETHER, rate=200)
    assert figures(answers)["errors"] == 0
    assert all(answer.done >= answer.sent for answer in answers)


def test_another_status_than_expected_is_an_error(port: int) -> None:
    answers = offer(port, [Request("/", expected=201)] * TOGETHER, rate=200)
    assert figures(answers)["errors"] == TOGETHER


def test_nobody_there_is_an_error_too() -> None:
    assert figures(offer(1, [Request("/")], rate=10))["errors"] == 1


def test_shares_are_of_all_requests() -> None:
    took = [Answer(sent=0.0, done=number / 1000, right=True) for number in range(1, 101)]
    found = figures(took)
    assert (found["p50_ms"], found["p95_ms"], found["longest_ms"]) == (50.5, 95.0, 100.0)


def test_each_figure_above_its_promise_is_named() -> None:
    found = {
        "load": {"gallery": {"p95_ms": 201.0, "p99_ms": 900.0, "errors": 0}, "landing": {"p95_ms": 200.0}},
        "queries": {"gallery": 16, "landing": 2},
        "axe": {"pages": 50, "serious": {"GET pages:help": ["image-alt: img"]}},
    }
    assert [sentence.partition(":")[0] for sentence in missed(found)] == [
        "load, gallery, p95_ms",
        "queries, gallery",
        "axe, serious, GET pages",
    ]
