"""Whether money is counted exactly once: ``make money``, or ``python -m tests.money [SCENARIO=COUNT …]``.

On a PostgreSQL of its own, beside the stand-in for Stripe; found is what benchmarks/results/money.json says.
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

RESULT = Path("benchmarks/results/money.json")
SCENARIOS = {"deliveries": 10_000, "kills": 1, "journal": 100_000, "webhooks": 1_000, "deaf": 50}


def main(asked: dict[str, int]) -> int:
    holds = True
    for name, count in asked.items():
        print(f"{name}: {count} …", flush=True)
        made = made_on(f"money {name}")
        found = _alone(name, count)
        print(json.dumps(found), flush=True)
        known = json.loads(RESULT.read_text()) if RESULT.is_file() else {}
        RESULT.write_text(json.dumps({**known, name: {**made, **found}}, indent=1) + "\n")
        holds = holds and found["holds"]
    return 0 if holds else 1


def _alone(scenario: str, count: int) -> Any:
    """One scenario on a server and a folder that nothing else has touched."""
    with peers.postgres() as database, tempfile.TemporaryDirectory(prefix="money-") as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "DATA_DIR": folder,
            "LOG_LEVEL": "ERROR",
            "STRIPE_STANDIN": "1",
            "STRIPE_SECRET_KEY": "sk_test_standin",
            "STRIPE_WEBHOOK_SECRETS": "whsec_money",
            "STRIPE_API_BASE": f"http://127.0.0.1:{peers.free_port()}",
            **{name: secrets.token_urlsafe(48) for name in ("MASTER_KEY", "SECRET_KEY")},
        }
        command = [sys.executable, "-m", "tests.money.scenarios", scenario, str(count)]
        said = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True)
        return json.loads(said.stdout)


if __name__ == "__main__":
    words = dict(word.split("=") for word in sys.argv[1:])
    sys.exit(main({name: int(count) for name, count in words.items()} or SCENARIOS))
