"""What happens to shoots when workers and queues die: ``python -m tests.faults [SCENARIO=COUNT …]``.

On PostgreSQL and Redis of its own; what was found is noted in benchmarks/results/faults.json.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.made_on import made_on
from tests import peers

RESULT = Path("benchmarks/results/faults.json")
PRETENDED = {"ENGINE": "tests.faults.engine"}
# With one thread other work on the machine slows a shoot down; with two that wait for each other it stops it.
REAL = {"SHOOT_SIZE": "small", "OMP_NUM_THREADS": "1"}
SCENARIOS = {  # name: what it is played by, and how often
    "kills": (REAL, 20),
    "pretended-kills": (PRETENDED, 20),
    "flush": (PRETENDED, 50),
    "estimates": (PRETENDED, 30),
    "fairness": (PRETENDED, 500),
}


def main(asked: dict[str, int]) -> int:
    holds = True
    for name, count in asked.items():
        print(f"{name}: {count} …", flush=True)
        made = made_on(f"faults {name}")
        found = _alone(name.removeprefix("pretended-"), SCENARIOS[name][0], count)
        print(json.dumps(found), flush=True)
        _note(name, {**made, **found})
        holds = holds and found["holds"]
    return 0 if holds else 1


def _note(name: str, found: dict[str, Any]) -> None:
    """Each scenario has its own date, since the real ones take an hour."""
    known = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
    known[name] = found
    RESULT.write_text(json.dumps(known, indent=1) + "\n")


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


if __name__ == "__main__":
    words = dict(word.split("=") for word in sys.argv[1:])
    everything = {name: count for name, (_engine, count) in SCENARIOS.items()}
    sys.exit(main({name: int(count) for name, count in words.items()} or everything))
