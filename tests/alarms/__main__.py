"""Whether each alarm of deploy/observe is raised by its fault in time: ``make alarms``, about three minutes.

A real site and a real Prometheus with the shipped settings: ``python -m tests.alarms [ALARM …]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.made_on import made_on
from tests import peers

RESULT = Path("benchmarks/results/alarms.json")


def main(asked: list[str]) -> int:
    made = made_on("alarms")
    with tempfile.TemporaryDirectory(prefix="alarms-") as folder:
        port = peers.free_port()
        own = {
            "DATA_DIR": folder,
            "SITE_URL": f"http://localhost:{port}",
            "METRICS_TOKEN": "token-of-the-drill",
            "MOST_TRIES": "1",
            "ENGINE": "tests.faults.engine",
            "LOG_LEVEL": "WARNING",
        }
        command = [sys.executable, "-m", "tests.alarms.drill", str(port), *asked]
        said = subprocess.run(command, env={**os.environ, **own}, stdout=subprocess.PIPE, check=True)
    found: dict[str, Any] = json.loads(said.stdout)
    print(f"{'alarm':32} {'promised':>10} {'seconds after its threshold':>28}")
    for alarm, seconds in found["seconds after the threshold"].items():
        print(f"{alarm:32} {found['promised, seconds']:10} {seconds if seconds is not None else 'never':>28}")
    if not asked:
        RESULT.write_text(json.dumps({**made, **found}, indent=1) + "\n")
    return 0 if found["holds"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
