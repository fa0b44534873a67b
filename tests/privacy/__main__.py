"""Whether what people entrust to us is theirs: ``make privacy``, or ``python -m tests.privacy [PART …]``.

Promise → figure → measured; found is what benchmarks/results/privacy.json says.
"""

from __future__ import annotations

import sys

from tests import proofs
from tests.privacy.promises import PROOFS

SCENARIOS = "tests.privacy.scenarios"
PARTS: dict[str, proofs.Part] = {
    "tests": lambda: proofs.gather(PROOFS),
    "sweep": lambda: proofs.play(SCENARIOS, "sweep"),
    "sweep-embedded": lambda: proofs.play(SCENARIOS, "sweep", distributed=False),
    "clock": lambda: proofs.play(SCENARIOS, "clock"),
    "race": lambda: proofs.play(SCENARIOS, "race"),
}

if __name__ == "__main__":
    sys.exit(proofs.main("privacy", PARTS, sys.argv[1:]))
