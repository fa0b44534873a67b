"""Requests at times fixed in advance, however slowly the site answers: people do not wait in turn."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException

import numpy as np

AT_ONCE = 256  # open requests; more would be waiting in this process, and count as waiting
PATIENCE = 60  # seconds until a request counts as failed


@dataclass(frozen=True)
class Request:
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None  # with one it is a POST
    expected: int = 200


@dataclass(frozen=True)
class Answer:
    """Seconds count from the moment at which the request was to be sent."""

    sent: float
    done: float
    right: bool


def offer(port: int, requests: Sequence[Request], rate: float) -> list[Answer]:
    """Send each at its time, ``rate`` a second, on a connection of its own."""
    begin = time.monotonic() + 0.2
    with ThreadPoolExecutor(AT_ONCE) as people:
        answers = []
        for number, request in enumerate(requests):
            planned = begin + number / rate
            time.sleep(max(0.0, planned - time.monotonic()))
            answers.append(people.submit(_send, port, request, planned))
        return [answer.result() for answer in answers]


def _send(port: int, request: Request, planned: float) -> Answer:
    sent = time.monotonic()
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    try:
        method = "GET" if request.body is None else "POST"
        connection.request(method, request.path, request.body, dict(request.headers))
        answer = connection.getresponse()
        answer.read()
        right = answer.status == request.expected
    except (OSError, HTTPException):
        right = False
    finally:
        connection.close()
    return Answer(sent - planned, time.monotonic() - planned, right)


def figures(answers: Sequence[Answer]) -> dict[str, float]:
    """Milliseconds from the planned moment to the last byte, of all requests, also those that failed."""
    took = 1000 * np.array([answer.done for answer in answers])
    shares = {"p50_ms": 0.5, "p95_ms": 0.95, "p99_ms": 0.99, "longest_ms": 1.0}
    return {
        "requests": len(answers),
        "errors": sum(not answer.right for answer in answers),
        **{name: round(float(np.quantile(took, share)), 1) for name, share in shares.items()},
        "sent_late_ms": round(1000 * max(answer.sent for answer in answers), 1),  # the generator's own fault
    }
