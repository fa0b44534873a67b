"""Whether anybody gets in who should not: ``make security``, or ``python -m tests.security [PART …]``.

Promise → figure → measured; found is what benchmarks/results/security.json says.
"""

from __future__ import annotations

import sys

from tests import proofs
from tests.security.promises import PROOFS

if __name__ == "__main__":
    sys.exit(proofs.main("security", {"tests": lambda: proofs.gather(PROOFS)}, sys.argv[1:]))
