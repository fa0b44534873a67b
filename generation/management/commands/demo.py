"""The whole site on this machine with people in it: web and worker, until Ctrl-C."""

from __future__ import annotations

import signal
import subprocess
import time
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from generation import cast, demo
from generation.models import Shoot
from generation.processes import LOGS, WORKER, await_site, last_words, process, require_free, serving, till

WELCOME = """
  Headshots is running: {site}

  ivy   ivy@example.com   {password}   an individual{busy}
  sam   sam@example.com   {password}   staff: {site}/staff/
  hana  hana@example.com  {password}   owner of Acme; asks for a second factor first
  adam  adam@example.com  {password}   an admin of it
  emil  emil@example.com  {password}   asked by it for a headshot
  zoe   has no account, and tries it with one selfie

  Buying leads to a stand-in for Stripe: no money moves, the card 4242 4242 4242 4242 pays.

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
        require_free(port)
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
        for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background job would ignore the first
            signal.signal(number, signal.default_int_handler)
        with ExitStack() as stack:
            own = _till(stack, port + 1)
            worker = stack.enter_context(process("worker", *WORKER, logs=LOGS, **own))
            web = stack.enter_context(process("web", *serving(port), logs=LOGS, **own))
            try:
                await_site(web, settings.SITE_URL)
                self._welcome(shoot)
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


def _till(stack: ExitStack, port: int) -> dict[str, str]:
    """Where a key is set, nothing stands in for Stripe."""
    if settings.STRIPE_SECRET_KEY:
        return {}
    require_free(port)
    return stack.enter_context(till(port, settings.SITE_URL, settings.DATA_DIR))


def _watch(processes: list[subprocess.Popen[bytes]], shoot: Shoot | None) -> None:
    """Until one of them ends, which none should. The shoot begins as soon as its photos are judged."""
    while all(one.poll() is None for one in processes):
        if shoot and demo.begin(shoot):
            shoot = None
        time.sleep(1)
    name = "web" if processes[0].poll() is not None else "worker"
    raise CommandError(last_words(LOGS / f"{name}.log", f"The {name} process ended"))
