"""The whole site on this machine with people in it: web and worker, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from generation import cast, demo
from generation.models import Shoot

PATIENCE = 60.0  # seconds until the web process must answer
FAREWELL = 25.0  # seconds that the worker has to save what it is at
LOGS = settings.DATA_DIR / "logs"
WELCOME = """
  Headshots is running: {site}

  ivy   ivy@example.com   {password}   an individual{busy}
  sam   sam@example.com   {password}   staff: {site}/staff/
  zoe   has no account, and tries it with one selfie

  {seeded}
  Mail lies in {data}/mail, what web and worker say in {data}/logs. Ctrl-C ends everything.
"""
BUSY = "; a shoot of hers is on its way now"
FRESH = "Everybody here is made up. To start over, end this and delete {data}."
USED = "This is the demo as you left it. To start over, end this and delete {data}."


class Command(BaseCommand):
    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        port = urlsplit(settings.SITE_URL).port or 80
        _require_free(port)
        self._say("Preparing the data …")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        try:
            shoot = demo.seed()
        except demo.Occupied:
            raise CommandError(
                f"{settings.DATA_DIR} holds people who are not the demo's. Name an empty folder:"
                " make demo DATA_DIR=data/demo"
            ) from None
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with ExitStack() as stack:
            worker = stack.enter_context(process("worker", "manage.py", "work"))
            web = stack.enter_context(process("web", *serving(port)))
            _await(web)
            self._welcome(shoot)
            try:
                _watch([web, worker], shoot)
            except KeyboardInterrupt:
                self._say("Ending; the worker saves what it is at …")

    def _welcome(self, shoot: Shoot | None) -> None:
        words = (FRESH if shoot else USED).format(data=settings.DATA_DIR)
        self._say(
            WELCOME.format(
                site=settings.SITE_URL,
                password=cast.PASSWORD,
                busy=BUSY if shoot else "",
                seeded=words,
                data=settings.DATA_DIR,
            )
        )

    def _say(self, words: str) -> None:
        self.stdout.write(words)
        self.stdout.flush()


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
def process(name: str, *command: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process of our own, its words in a log; whatever happens here, it ends with us."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / f"{name}.log").open("ab") as log:
        started = subprocess.Popen(
            [sys.executable, *command],
            cwd=settings.BASE_DIR,
            stdout=log,
            stderr=log,
            process_group=0,  # a Ctrl-C reaches this process alone, which ends the others in order
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
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


def _require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            raise CommandError(
                f"Something else listens on port {port}. Choose another: make demo PORT={port + 1}"
            ) from None


def _await(web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and web.poll() is None:
        try:
            urllib.request.urlopen(settings.SITE_URL, timeout=PATIENCE).close()
            return
        except urllib.error.URLError:
            time.sleep(0.2)
    raise CommandError(_last_words(LOGS / "web.log", "The web process does not answer"))


def _watch(processes: list[subprocess.Popen[bytes]], shoot: Shoot | None) -> None:
    """Until one of them ends, which none should. The shoot begins as soon as its photos are judged."""
    while all(one.poll() is None for one in processes):
        if shoot and demo.begin(shoot):
            shoot = None
        time.sleep(1)
    name = "web" if processes[0].poll() is not None else "worker"
    raise CommandError(_last_words(LOGS / f"{name}.log", f"The {name} process ended"))


def _last_words(log: Path, what: str) -> str:
    lines = log.read_text(errors="replace").splitlines()[-8:]
    return "\n".join([f"{what}; the end of {log}:", *lines])
