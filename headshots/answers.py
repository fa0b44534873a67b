"""How many answers of which kind the web processes of this host gave, and the seconds that they took.

Each process counts in a row of its own of memory that gunicorn's first process shares with all: no lock that
one could die with, and the counts outlive a process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from multiprocessing.sharedctypes import RawArray
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

KINDS = ("1xx", "2xx", "3xx", "4xx", "5xx")
ROWS, WIDTH = 64, len(KINDS) + 1  # processes that live at once; the last column holds the seconds
_counts = RawArray("d", ROWS * WIDTH)
_mine = threading.Lock()  # among the threads of this process
_row = 0


def sit(number: int) -> None:
    """This process counts in that row; gunicorn numbers its processes."""
    global _row
    _row = number % ROWS


def counts() -> dict[str, float]:
    return {kind: sum(_counts[column::WIDTH]) for column, kind in enumerate(KINDS)}


def seconds() -> float:
    return float(sum(_counts[WIDTH - 1 :: WIDTH]))


def counted(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """The outermost middleware. What even the page of errors fails at, gunicorn answers with 500."""

    def middleware(request: HttpRequest) -> HttpResponse:
        began, status = time.monotonic(), 500
        try:
            response = get_response(request)
            status = response.status_code
            return response
        finally:
            _count(status, time.monotonic() - began)

    return middleware


def _count(status: int, took: float) -> None:
    with _mine:
        _counts[_row * WIDTH + status // 100 - 1] += 1
        _counts[_row * WIDTH + WIDTH - 1] += took
