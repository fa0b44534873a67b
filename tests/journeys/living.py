"""A living site for the journeys: web and worker as they are deployed, on an empty folder of their own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings

from generation.processes import PATIENCE, WORKER, await_site, process, serving, till
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
    for command in (["migrate"], ["collectstatic", "--no-input"], ["shell", "-c", CAST]):
        manage(*command, **own)
    logs = folder / "logs"
    with (
        process("worker", *WORKER, logs=logs, **own),
        process("web", *serving(port), logs=logs, **own) as web,
    ):
        await_site(web, site, logs)
        yield site


def manage(*command: str, **own: str) -> None:
    """One of the site's commands; ``own`` is what tells its installation from others."""
    call = [sys.executable, "manage.py", *command, "-v0"]
    subprocess.run(call, cwd=settings.BASE_DIR, env={**os.environ, **own}, check=True)


def mailed_code(folder: Path, to: str) -> str:
    """The code in the newest mail to an address, of the site that lives on ``folder``."""
    return mailed(folder, to, re.compile(r"^\s*([A-Z0-9]{4}-?[A-Z0-9]{4})\s*$", re.M))


def mailed(folder: Path, to: str, wanted: re.Pattern[str]) -> str:
    """The newest mail's to somebody that has it; a worker may be about to send it."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for file in sorted((folder / "mail").glob("*"), key=lambda file: -file.stat().st_mtime):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            words = mail.get_body(("plain",)) if mail["To"] == to else None
            if words and (found := wanted.search(words.get_content())):
                return found[1]
        time.sleep(0.2)
    raise AssertionError(f"{to} got no such mail: {wanted.pattern}")
