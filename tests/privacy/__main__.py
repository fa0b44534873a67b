"""Whether what people entrust to us is theirs: ``make privacy``, or ``python -m tests.privacy [PART …]``.

Promise → figure → measured; found is what benchmarks/results/privacy.json says.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from benchmarks.made_on import made_on
from tests import proofs
from tests.privacy.promises import PROOFS

SCENARIOS = "tests.privacy.scenarios"
PARTS: dict[str, Callable[[], dict[str, Any]]] = {
    "tests": lambda: proofs.gather(PROOFS),
    "sweep": lambda: proofs.play(SCENARIOS, "sweep"),
    "sweep-embedded": lambda: proofs.play(SCENARIOS, "sweep", distributed=False),
    "clock": lambda: proofs.play(SCENARIOS, "clock"),
    "race": lambda: proofs.play(SCENARIOS, "race"),
}


def main(asked: list[str]) -> int:
    holds = True
    for part in asked or PARTS:
        made = made_on(f"privacy {part}")
        found = PARTS[part]()
        proofs.show(part, found)
        proofs.note("privacy", part, made, found)
        holds = holds and found["holds"]
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
