"""The same promises on PostgreSQL, Redis and S3: what touches them is tested once more over real servers."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from .peers import S3, distributed

# What writes rows, files, keys or messages. Pages that only show them read the same rows on either database.
WRITING = {
    "headshots": ("backup",),
    "accounts": ("chain", "consent", "keys", "leaving", "sign_in", "tokens"),
    "billing": ("journal", "settling", "webhooks"),
    "generation": (
        *("api", "api_keeping", "dumps", "erasure", "export", "keeping", "letters", "life", "phone"),
        *("outages", "renditions", "retention", "submitting", "tries", "uploads", "vault"),
    ),
    "team": ("admins", "audit", "companies", "joining", "imports", "members_way", "paying", "portraits"),
}
PLACES = [f"tests/{app}/test_{name}.py" for app, names in WRITING.items() for name in names]
# A whole shoot by the API is drawn once, embedded: the engine does not know where its pictures go.
DRAWN = "tests/generation/test_api.py::test_the_commands_of_the_page_make_a_whole_shoot"
PATIENCE = 1200  # seconds; idle cores take a fifth of it


@pytest.mark.services
def test_accounts_and_shoots_behave_alike_on_real_servers(
    root: Path, s3_server: S3, postgres_server: str, redis_server: str
) -> None:
    own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    over = distributed(s3=s3_server, postgres=postgres_server, redis=redis_server)
    options = ("-q", "-x", "-p", "no:cacheprovider", f"--deselect={DRAWN}")
    command = [sys.executable, "-m", "pytest", *options, *PLACES]
    done = subprocess.run(
        command, cwd=root, env=own | over, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
