"""A child without a model, for the tests of ``process`` and ``desk``."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator

from generation.engine.desk import Desk, Job
from generation.engine.types import BadInput, Cancelled


def count(job: Job, upto: int, pause: float = 0.0) -> Iterator[int]:
    """``upto`` steps of ``pause`` seconds."""
    for number in range(upto):
        if job.cancelled():
            raise Cancelled("Stopped in good order.")
        time.sleep(pause)
        yield number


def deaf(job: Job, seconds: int) -> Iterator[str]:
    """Native code that holds the interpreter's lock, so that no thread here hears anything."""
    yield "begun"
    ctypes.PyDLL(None).sleep(seconds)


def wrong(job: Job, how: str) -> Iterator[str]:
    if how == "refused":
        raise BadInput("This is not what was wanted; send another.")
    if how == "signal":
        os.kill(os.getpid(), signal.SIGSEGV)
    yield str(1 / 0)


def environment(job: Job) -> Iterator[dict[str, str]]:
    yield dict(os.environ)


if __name__ == "__main__":
    verbs = {"count": count, "deaf": deaf, "wrong": wrong, "environment": environment}
    Desk({**verbs, "aside": count, "aside_wrong": wrong}, aside=("aside", "aside_wrong")).serve()
