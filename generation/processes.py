"""Web, worker and Stripe's stand-in as processes of our own, for a demo and the tests of a live site."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

PATIENCE = 180.0  # seconds until the web process must answer; on an idle machine it takes three
FAREWELL = 25.0  # seconds that the worker has to save what it is at
LOGS = settings.DATA_DIR / "logs"
WORKER = ("manage.py", "work")


def serving(port: int) -> list[str]:
    """What follows ``python`` to serve the site as ``make run`` does."""
    return [
        "-m",
        "gunicorn",
        "--config",
        "headshots/serving.py",
        "--bind",
        f"127.0.0.1:{port}",
        "headshots.wsgi",
    ]


@contextmanager
def process(name: str, *command: str, logs: Path = LOGS, **own: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of our own, its words in a log; whatever happens here, it ends with us.

    ``own`` is what its environment has beyond this process's.
    """
    logs.mkdir(parents=True, exist_ok=True)
    with (logs / f"{name}.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            process_group=0,  # a Ctrl-C reaches this process alone, which ends the others in order
            env={**os.environ, "PYTHONUNBUFFERED": "1", **own},
        )
    try:
        yield started
    finally:
        started.terminate()
        try:
            started.wait(FAREWELL)
        except subprocess.TimeoutExpired:
            started.kill()
            started.wait()


@contextmanager
def till(port: int, site: str, folder: Path) -> Iterator[dict[str, str]]:
    """Stripe's stand-in with our prices; how web and worker find it. Its state lies in ``folder``."""
    own = {
        "STRIPE_SECRET_KEY": "sk_test_standin",
        "STRIPE_API_BASE": f"http://127.0.0.1:{port}",
        "STRIPE_WEBHOOK_SECRETS": "whsec_standin",
    }
    told = {
        "port": port,
        "state": folder / "stripe.json",
        "webhook": f"{site}/stripe/webhook/",
        "secret": own["STRIPE_WEBHOOK_SECRETS"],
    }
    words = [word for name, value in told.items() for word in (f"--{name}", str(value))]
    logs, here = folder / "logs", {"DATA_DIR": str(folder), "SITE_URL": site}
    with process("stripe", "-m", "billing.standin", *words, logs=logs) as running:
        await_site(running, f"{own['STRIPE_API_BASE']}/_control/events", logs)
        with process("prices", "manage.py", "check_stripe", "--make", logs=logs, **here, **own) as making:
            if making.wait():
                raise CommandError(last_words(logs / "prices.log", "The price list cannot be made"))
        yield own


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Something else listens on port {port}. Choose another: make demo PORT={port + 1}"
            ) from None


def await_site(web: subprocess.Popen[bytes], site: str, logs: Path = LOGS) -> None:
    """Until the site answers. Raises CommandError with its last words when it does not."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and web.poll() is None:
        try:
            urllib.request.urlopen(site, timeout=PATIENCE).close()
            return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise CommandError(last_words(logs / "web.log", "The web process does not answer"))


def last_words(log: Path, what: str) -> str:
    lines = log.read_text(errors="replace").splitlines()[-8:]
    return "\n".join([f"{what}; the end of {log}:", *lines])
