"""``make drill``: docs/runbook.md walked through on a scratch site, each step timed and looked at.

Found is what benchmarks/results/drill.json says; the sections are the runbook's own headings.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.made_on import made_on
from tests import proofs

RESULT = proofs.RESULTS / "drill.json"
WITHIN = 60.0  # seconds for a step; what takes longer is no step of an incident's first hour


@dataclass
class Site:
    """A scratch installation and how the operator talks to it: commands of the runbook, one process each."""

    data: Path
    master: str

    def manage(self, *words: str) -> str:
        return self._run("manage.py", *words)

    def look(self, what: str = "standing") -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._run("-m", "tests.drill.site", what).splitlines()[-1])
        return found

    def _run(self, *words: str) -> str:
        own = {"DATA_DIR": str(self.data), "MASTER_KEY": self.master, "LOG_LEVEL": "ERROR"}
        environment = {name: value for name, value in os.environ.items() if not name.endswith("_URL")} | own
        said = subprocess.run(
            [sys.executable, *words],
            cwd=proofs.ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        return said.stdout


Step = Callable[[Site, dict[str, Any]], bool]


def sign_everybody_out(site: Site, _seeded: dict[str, Any]) -> bool:
    site.manage("lock_out", "--programs")
    found = site.look()
    return (found["sessions"], found["tokens"]) == (0, 0) and found["pictures"] > 0


def find_whose_data_it_is(site: Site, seeded: dict[str, Any]) -> bool:
    listing = site.data / "stolen.txt"
    listing.write_text("\n".join(seeded["stolen"]))
    return site.manage("whose", "--in", str(listing)).split() == [
        f"person-{number}@example.com" for number in range(3)
    ]


def change_the_master_key(site: Site, _seeded: dict[str, Any]) -> bool:
    """Whoever has the old one and the key store as it is now opens nothing."""
    before, old = site.look()["pictures"], site.data / "old-master-key"
    old.write_text(site.master)
    thief, site.master = Site(site.data, site.master), secrets.token_urlsafe(48)
    site.manage("rotate_master_key", str(old))
    old.unlink()
    return site.look()["pictures"] == before and thief.look()["pictures"] == 0


def restore_a_backup(site: Site, _seeded: dict[str, Any]) -> bool:
    """A copy from before a person left: they and their pictures do not come back."""
    copies, keys = site.data / "copies", site.data.with_name(f"{site.data.name}-keys")
    site.manage("backup", str(copies), str(keys))
    before = site.look()["people"]
    site.look("erase")
    for file in site.data.glob("headshots.sqlite3*"):
        file.unlink()
    (copy,) = copies.iterdir()
    site.manage("restore", str(copy))
    return site.look()["people"] == [one for one in before if one != "person-0@example.com"]


STEPS: dict[str, Step] = {
    "Sign everybody out": sign_everybody_out,
    "Find whose data it is": find_whose_data_it_is,
    "Change the master key": change_the_master_key,
    "Restore a backup": restore_a_backup,
}


def drill() -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        site = Site(Path(folder) / "data", secrets.token_urlsafe(48))
        seeded = site.look("seed")
        for name, step in STEPS.items():
            begun = time.monotonic()
            done = step(site, seeded)
            seconds = round(time.monotonic() - begun, 1)
            yield {"step": name, "seconds": seconds, "holds": done and seconds <= WITHIN}


def main() -> int:
    made, found = made_on("drill"), []
    for one in drill():
        print(f"{'holds' if one['holds'] else 'BROKEN':6} {one['seconds']:>6} s  {one['step']}", flush=True)
        found.append(one)
    holds = all(one["holds"] for one in found)
    RESULT.write_text(json.dumps({**made, "steps": found, "holds": holds}, indent=1) + "\n")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(main())
