"""What happens to shoots when things break: ``make faults``, ``python -m tests.faults [SCENARIO=COUNT …]``.

On PostgreSQL and Redis of its own; what was found is noted in benchmarks/results/faults.json.
"""

from __future__ import annotations

import json
import os
import secrets
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.made_on import made_on
from tests import peers

from .promised import table
from .unreliable import unreliable

RESULT = Path("benchmarks/results/faults.json")
PRETENDED = {"ENGINE": "tests.faults.engine"}
# With one thread other work on the machine slows a shoot down; with two that wait for each other it stops it.
REAL = {"SHOOT_SIZE": "small", "OMP_NUM_THREADS": "1"}
POISONED = {"ENGINE": "tests.faults.poisoned", "PRETENDED_PACE": "0.05"}
BRISK = {**PRETENDED, "PRETENDED_PACE": "0.01"}
SCENARIOS = {  # name: what it is played by, and how often
    "kills": (REAL, 20),
    "pretended-kills": (PRETENDED, 20),
    "flush": (PRETENDED, 50),
    "estimates": (PRETENDED, 30),
    "fairness": (PRETENDED, 500),
    "cancel": (PRETENDED, 20),
    "consent": (PRETENDED, 200),
    "poison": (POISONED, 100),
    "deploy": (REAL, 5),
    "pretended-deploy": (PRETENDED, 20),
    "postgres": (PRETENDED, 20),
    "disk": (PRETENDED, 1),
    "s3": (PRETENDED, 1),
    "clock": ({"ENGINE": "tests.faults.jumping"}, 4),
    "soak": (BRISK, 1800),
}
SMALL = "64m"  # the disk that runs full


def main(asked: dict[str, int]) -> int:
    holds, results = True, dict[str, dict[str, Any]]()
    for name, count in asked.items():
        print(f"{name}: {count} …", flush=True)
        made = made_on(f"faults {name}")
        found = _alone(name.removeprefix("pretended-"), SCENARIOS[name][0], count)
        print(json.dumps(found), flush=True)
        results[name] = {**made, **found}
        if count >= SCENARIOS[name][1]:  # fewer are a look
            _note(name, results[name])
        holds = holds and found["holds"]
    print(table(results))
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
        _store(scenario, Path(folder)) as store,
    ):
        own = {"DATABASE_URL": database, "REDIS_URL": queue, "DATA_DIR": folder, "LOG_LEVEL": "WARNING"}
        keys = {name: secrets.token_urlsafe(48) for name in ("MASTER_KEY", "SECRET_KEY")}
        notes = {"TOUCHES": f"{folder}/touches", "CLOCK": f"{folder}/clock"}
        environment = {**os.environ, **notes, **own, **keys, **engine, **store}
        command = [sys.executable, "-m", "tests.faults.scenarios", scenario, str(count)]
        if scenario == "disk":
            environment["TMPDIR"] = folder
            command = _on_a_small_disk(Path(folder), command)
        said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return json.loads(said.stdout)


@contextmanager
def _store(scenario: str, folder: Path) -> Iterator[dict[str, str]]:
    """Files lie in the folder, or, where the store is to fail, behind a proxy that does."""
    if scenario != "s3":
        yield {}
        return
    mood = folder / "mood"
    with peers.s3() as behind, unreliable(behind.port, mood) as port:
        files, keys = peers.S3(port).bucket(), peers.S3(port).bucket()
        yield {"STORAGE_URL": files, "KEYS_URL": keys, "STORE_MOOD": str(mood)}


def _on_a_small_disk(folder: Path, command: list[str]) -> list[str]:
    """The command where ``folder`` is a disk of its own; only it and its children see that."""
    mount = f"mount -t tmpfs -o size={SMALL} tmpfs {shlex.quote(str(folder))}"
    as_root = ["--map-root-user"] if os.geteuid() else []
    return ["unshare", "--mount", *as_root, "sh", "-c", f"{mount} && exec {shlex.join(command)}"]


if __name__ == "__main__":
    words = dict(word.split("=") for word in sys.argv[1:])
    everything = {name: count for name, (_engine, count) in SCENARIOS.items()}
    sys.exit(main({name: int(count) for name, count in words.items()} or everything))
