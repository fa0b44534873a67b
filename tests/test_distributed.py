"""The same promises on PostgreSQL, Redis and S3: what touches them is tested once more over real servers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .peers import S3, distributed

MONEY = tuple(f"tests/billing/test_{name}.py" for name in ("journal", "settling", "webhooks", "pages"))
PLACES = ("tests/accounts", *MONEY, "tests/generation")
PATIENCE = 1200  # seconds; idle cores take a fifth of it


@pytest.mark.services
def test_accounts_and_shoots_behave_alike_on_real_servers(
    root: Path, s3_server: S3, postgres_server: str, redis_server: str
) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    over = distributed(s3=s3_server, postgres=postgres_server, redis=redis_server)
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *PLACES]
    done = subprocess.run(
        command, cwd=root, env=own | over, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
