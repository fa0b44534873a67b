"""What happens to shoots when workers and queues die: ``python -m tests.faults [REAL KILLS] [OTHER KILLS]``.

On PostgreSQL and Redis of its own; the result stands in benchmarks/results/faults.json.
"""

from __future__ import annotations

import json
import os
import platform
import secrets
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from tests import peers

RESULT = Path("benchmarks/results/faults.json")
PRETENDED = {"ENGINE": "tests.faults.engine"}
REAL = {"SHOOT_SIZE": "small"}
KILLS = 20


def main(real: int, pretended: int) -> int:
    found: dict[str, Any] = {}
    for name, engine, count in (
        ("kills of real small shoots", REAL, real),
        ("kills, pretended engine", PRETENDED, pretended),
        ("flush", PRETENDED, 50),
        ("estimates", PRETENDED, 30),
    ):
        if count:
            print(f"{name}: {count} …", flush=True)
            found[name] = _alone(name.split()[0].strip(","), engine, count)
            print(json.dumps(found[name]), flush=True)
    RESULT.write_text(json.dumps({**_made_on(), **found}, indent=1) + "\n")
    return 0 if all(one["holds"] for one in found.values()) else 1


def _alone(scenario: str, engine: dict[str, str], count: int) -> Any:
    """One scenario on servers and folders that nothing else has touched."""
    with (
        peers.postgres() as database,
        peers.redis() as queue,
        tempfile.TemporaryDirectory(prefix="faults-") as folder,
    ):
        own = {"DATABASE_URL": database, "REDIS_URL": queue, "DATA_DIR": folder, "LOG_LEVEL": "WARNING"}
        keys = {name: secrets.token_urlsafe(48) for name in ("MASTER_KEY", "SECRET_KEY")}
        environment = {**os.environ, **own, **keys, **engine}
        command = [sys.executable, "-m", "tests.faults.scenarios", scenario, str(count)]
        said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return json.loads(said.stdout)


def _made_on() -> dict[str, Any]:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return {
        "commit": commit.stdout.strip(),
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.0f} at the end",
        "date": date.today().isoformat(),
    }


if __name__ == "__main__":
    counts = [int(word) for word in sys.argv[1:]]
    sys.exit(main(*(counts or (KILLS, KILLS))))
