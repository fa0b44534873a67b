"""Where, when and on what code a measurement is made, as every result says it."""

from __future__ import annotations

import os
from typing import Any

from generation.understudy.evaluate import commit, machine, today

from .measures import code


def made_on(result: str) -> dict[str, Any]:
    """To be asked before a measurement begins: code that is edited meanwhile was not what is measured."""
    return {
        "commit": commit(),
        "machine": machine(),
        "load": round(os.getloadavg()[0], 1),  # processes that wanted a core in the minute before
        "date": today(),
        "code": code(result),
    }
