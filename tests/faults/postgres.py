"""PostgreSQL is stopped and started again, time after time, while shoots are made and pages are read."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT, SIGQUIT
from typing import Any

from django.core.management import call_command
from django.db import close_old_connections, connection
from django.urls import reverse

from benchmarks.web_site import signed_in
from generation.models import Headshot, Letter, Shoot, ShootEvent
from generation.processes import await_site, process, serving
from tests import peers

from .stage import BACK, CHANCE, Worker, asked, kept, none, over, submitted, under_work, until

AWAY = 6.0  # most seconds that it is away: a host that restarts it
WAITING = 4


class Server:
    """The server that DATABASE_URL names; from its first restart on it is this process's own child."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SHOW data_directory")
            self.folder = Path(cursor.fetchone()[0])
        lines = (self.folder / "postmaster.pid").read_text().splitlines()
        self.pid, self.port = int(lines[0]), int(lines[3])
        self.command = Path(f"/proc/{self.pid}/cmdline").read_text().rstrip("\0").split("\0")
        owner = self.folder.stat()
        self.who: dict[str, Any] = (
            {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
        )

    def restart(self, away: float) -> None:
        """Half the time as an operator does it, half the time as a crash."""
        os.kill(self.pid, CHANCE.choice((SIGINT, SIGQUIT)))
        until(self._gone)
        time.sleep(away)
        (self.folder / "postmaster.pid").unlink(missing_ok=True)
        started = subprocess.Popen(
            self.command,
            cwd=tempfile.gettempdir(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=lambda: peers._die_with_parent(SIGINT),
            **self.who,
        )
        self.pid = started.pid
        until(lambda: Shoot.objects.count() >= 0)

    def _gone(self) -> bool:
        """Whoever started it may not have looked after it yet."""
        state = Path(f"/proc/{self.pid}/stat")
        return not state.exists() or state.read_text().rpartition(")")[2].split()[0] == "Z"


@contextmanager
def live() -> Iterator[tuple[int, str]]:
    """The web process as it is served, its id and its address."""
    call_command("collectstatic", interactive=False, verbosity=0)
    port = peers.free_port()
    site = f"http://127.0.0.1:{port}"
    with process("web", *serving(port)) as web:
        await_site(web, site)
        yield web.pid, site


class Reader(threading.Thread):
    """Reads a person's page again and again; knows when it last could, and how often not."""

    def __init__(self, site: str, shoot: Shoot) -> None:
        super().__init__(daemon=True)
        assert shoot.subject is not None
        cookies = signed_in(shoot.subject).cookies.items()
        headers = {"Cookie": "; ".join(f"{key}={kept.value}" for key, kept in cookies)}
        page = reverse("generation:shoot", args=[shoot.pk])
        self.page = urllib.request.Request(site + page, None, headers)
        self.read, self.failed, self.last = 0, 0, 0.0
        self.ended = threading.Event()

    def run(self) -> None:
        while not self.ended.wait(0.2):
            try:
                with urllib.request.urlopen(self.page, timeout=30) as answer:
                    answer.read()
                self.read, self.last = self.read + 1, time.monotonic()
            except OSError:
                self.failed += 1


def play(count: int) -> dict[str, Any]:
    server, works, pages = Server(), list[float](), list[float]()
    with live() as (_, site), Worker().running():
        mine = [submitted(f"waits-{number}") for number in range(WAITING)]
        reader = Reader(site, mine[0])
        reader.start()
        for number in range(count):
            time.sleep(CHANCE.uniform(0, 3))
            if under_work(mine) is None or len(mine) < WAITING + number // 2:
                mine.append(submitted(f"waits-{len(mine)}"))
            server.restart(CHANCE.uniform(0, AWAY))
            back, before = time.monotonic(), asked(ShootEvent.objects.count) or 0
            drawn = _drawn()
            until(lambda before=before, drawn=drawn: ShootEvent.objects.count() > before or _drawn() > drawn)
            works.append(round(time.monotonic() - back, 1))
            until(lambda back=back: reader.last > back)
            pages.append(round(reader.last - back, 1))
            print(f"{number + 1}: work after {works[-1]} s, pages after {pages[-1]} s", file=sys.stderr)
        until(lambda: all(over(shoot) for shoot in mine), every=1)
        until(lambda: not _letters(), every=0.5)
        reader.ended.set()
    close_old_connections()
    held = kept(mine)
    return {
        "restarted": count,
        **held,
        "seconds until work goes on, worst": max(works),
        "seconds until pages answer, worst": max(pages),
        "pages read": reader.read,
        "pages failed meanwhile": reader.failed,
        "holds": none(held) and max(works) <= BACK and max(pages) <= BACK,
    }


def _drawn() -> int:
    return asked(Headshot.objects.count) or 0


def _letters() -> bool:
    return Letter.objects.filter(sent_at=None).exists()
