"""The scenarios, in a process that has the installation's settings; prints what it found as JSON."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import Any
from uuid import uuid4

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"
django.setup()

import redis  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from billing import ledger  # noqa: E402
from generation import cast, demo, estimates, intake, shoots, tasks  # noqa: E402
from generation.models import WORKING, Shoot, Status, Verdict  # noqa: E402
from generation.processes import WORKER, process  # noqa: E402

RESTART = 30.0  # seconds after a kill within which another worker goes on
OFF = 0.25  # of the true time that an estimate may be wrong by
ASKED = 8
LONG = 1200.0  # seconds, beyond which something is stuck


def until(settled: Callable[[], bool], every: float = 0.1) -> None:
    end = time.monotonic() + LONG
    while not settled():
        if time.monotonic() > end:
            raise TimeoutError(f"Nothing came of it in {LONG:.0f} s.")
        time.sleep(every)


def submitted(name: str) -> Shoot:
    """A shoot of a person of its own; with the real engine of the bundled photos."""
    if settings.ENGINE:
        shoot = cast.submitted(cast.person(name), asked=ASKED)
    else:
        owner = cast.person(name)
        shoot = shoots.open_shoot(owner, cast.release(owner))
        for file in sorted(demo.PHOTOS.iterdir())[:6]:
            intake.receive(shoot, uuid4(), file.read_bytes(), file.name)
        shoots.choose(shoot, looks=cast.LOOKS, direction={}, keep=[], asked=ASKED)
        until(lambda: not shoot.photos.filter(verdict=Verdict.WAITING).exists())
        ledger.grant(owner, 1, source="test")
        shoots.submit(shoot)
    tasks.nudge(shoot)
    return shoot


def over(shoot: Shoot) -> bool:
    shoot.refresh_from_db()
    return shoot.status not in WORKING


class Worker:
    """One that a supervisor starts again whenever it is killed."""

    def __init__(self) -> None:
        self._now: Any = None

    @contextmanager
    def running(self) -> Iterator[Worker]:
        self.start()
        try:
            yield self
        finally:
            self._now.__exit__(None, None, None)

    def start(self) -> None:
        self._now = process("worker", *WORKER)
        self.process: Popen[bytes] = self._now.__enter__()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()


def kills(count: int) -> dict[str, Any]:
    """SIGKILL at a random moment of each of ``count`` shoots, one after the other."""
    chance, restarts, failed, twice, short = random.Random(0), [], 0, 0, 0
    with Worker().running() as worker:
        usual = _undisturbed()
        while len(restarts) < count:
            shoot = submitted(f"killed-{len(restarts) + short}")
            until(lambda shoot=shoot: _claimed(shoot))
            time.sleep(chance.uniform(0, 0.9 * usual))
            shoot.refresh_from_db()
            if over(shoot):  # the machine is faster now than it was
                short, usual = short + 1, usual / 2
                continue
            claim, killed = shoot.claim, time.monotonic()
            worker.kill()
            until(lambda shoot=shoot, claim=claim: _claimed(shoot, claim))
            restarts.append(round(time.monotonic() - killed, 1))
            until(lambda shoot=shoot: over(shoot))
            failed += shoot.status != Status.READY
            twice += _twice(shoot)
    return {
        "killed": len(restarts),
        "over before the kill": short,
        "undisturbed, seconds": round(usual, 1),
        "not finished": failed,
        "headshots twice": twice,
        "restart, seconds, median": sorted(restarts)[len(restarts) // 2] if restarts else None,
        "restart, seconds, worst": max(restarts, default=None),
        "holds": not failed and not twice and max(restarts, default=0.0) <= RESTART,
    }


def _undisturbed() -> float:
    begun = time.monotonic()
    shoot = submitted("undisturbed")
    until(lambda: _claimed(shoot))
    begun = time.monotonic()
    until(lambda: over(shoot))
    return time.monotonic() - begun


def _claimed(shoot: Shoot, after: int = 0) -> bool:
    shoot.refresh_from_db()
    return shoot.claim > after


def _twice(shoot: Shoot) -> int:
    """Headshots beyond one an order, and beyond what was asked for."""
    numbers = list(shoot.headshots.values_list("round", "number"))
    shown = shoot.headshots.filter(rank__gt=0).count()
    return len(numbers) - len(set(numbers)) + max(0, shown - shoot.asked)


def flush(count: int) -> dict[str, Any]:
    """Redis loses everything while ``count`` shoots wait; nobody tells the workers."""
    waiting = [submitted(f"waits-{number}") for number in range(count)]
    with Worker().running():
        until(lambda: Shoot.objects.filter(status=Status.READY).count() >= 3)
        redis.Redis.from_url(settings.REDIS_URL).flushall()
        flushed = time.monotonic()
        until(lambda: all(over(shoot) for shoot in waiting), every=2)
    finished = sum(shoot.status == Status.READY for shoot in waiting)
    return {
        "queued": count,
        "finished": finished,
        "seconds after the flush": round(time.monotonic() - flushed),
        "holds": finished == count,
    }


def promises(count: int) -> dict[str, Any]:
    """What each of ``count`` people is told when they submit, against what comes true."""
    with Worker().running():
        warm = [submitted(f"warm-{number}") for number in range(3)]
        until(lambda: all(over(shoot) for shoot in warm))
        told = []
        for number in range(count):
            shoot = submitted(f"asks-{number}")
            told.append((shoot, timezone.now(), estimates.outlook(shoot).ready_at))
        until(lambda: all(over(shoot) for shoot, _, _ in told), every=2)
    wrong = [
        abs((said - begun) / (shoot.ready_at - begun) - 1)
        for shoot, begun, said in told
        if shoot.ready_at is not None
    ]
    within = sum(one <= OFF for one in wrong) / count
    return {
        "shoots": count,
        "within a quarter": round(within, 3),
        "wrong by, worst": round(max(wrong), 3),
        "holds": within >= 0.9,
    }


SCENARIOS = {"kills": kills, "flush": flush, "estimates": promises}

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    found: dict[str, Any] = {"holds": False}
    try:
        found = SCENARIOS[sys.argv[1]](int(sys.argv[2]))
        print(json.dumps(found))
    finally:
        if not found["holds"]:  # the folder goes with this process, its reasons should not
            print((Path(settings.DATA_DIR) / "logs/worker.log").read_text()[-5000:], file=sys.stderr)
