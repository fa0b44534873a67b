"""A living site for the journeys: web and worker as they are deployed, on an empty folder of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings

from generation.processes import WORKER, await_site, process, serving, till
from tests.peers import free_port

# ivy comes with credits where nobody can buy any.
CAST = """
from django.conf import settings
from billing import ledger
from generation import cast
ledger.grant(cast.person("ivy"), 0 if settings.STRIPE_SECRET_KEY else 2, source="test")
"""


@contextmanager
def selling(folder: Path, **environment: str) -> Iterator[str]:
    """The same, with Stripe's stand-in beside it."""
    port = free_port()
    with (
        till(free_port(), f"http://localhost:{port}", folder) as own,
        living(folder, port=port, **own, **environment) as site,
    ):
        yield site


@contextmanager
def living(folder: Path, *, port: int | None = None, **environment: str) -> Iterator[str]:
    """The site's address; ``environment`` is what differs from the embedded mode's own settings."""
    port = port or free_port()
    site = f"http://localhost:{port}"
    own = {"DATA_DIR": str(folder), "SITE_URL": site, **environment}
    for command in (["migrate", "-v0"], ["collectstatic", "--no-input", "-v0"], ["shell", "-v0", "-c", CAST]):
        subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=settings.BASE_DIR,
            env={**os.environ, **own},
            check=True,
        )
    logs = folder / "logs"
    with (
        process("worker", *WORKER, logs=logs, **own),
        process("web", *serving(port), logs=logs, **own) as web,
    ):
        await_site(web, site, logs)
        yield site


def mailed_code(folder: Path) -> str:
    """The code in the newest mail of the site that lives on ``folder``."""
    newest = max((folder / "mail").iterdir(), key=lambda file: file.stat().st_mtime)
    words = message_from_bytes(newest.read_bytes(), policy=policy.default).get_body(("plain",))
    found = re.search(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", words.get_content() if words else "", re.M)
    assert found, f"no code in {newest}"
    return found[1]
