"""The scenarios, in a process that has the installation's settings; prints what it found as JSON."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
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

from accounts.models import Purpose  # noqa: E402
from billing import ledger  # noqa: E402
from generation import brands, cast, demo, estimates, intake, shoots, tasks, tries  # noqa: E402
from generation.models import MOST_STARTS, WORKING, Shoot, ShootEvent, Status, Verdict  # noqa: E402
from generation.processes import WORKER, process  # noqa: E402

RESTART = 30.0  # seconds after a kill within which another worker goes on
WAITING = 4  # people with a shoot while workers are killed
PAUSE, PRETENDED_PAUSE = 60.0, 4.0  # most seconds between a restart and the next kill: half a shoot, or most
WARM = 5  # shoots that estimates know of
BETWEEN = 4.0  # most seconds between two submissions: a queue grows and shrinks again
OFF = 0.25  # of the true time that an estimate may be wrong by
ASKED = 8
FIRST = 5.2  # seconds to a free try's first picture: five beyond one unit of the pretended engine
LONG = 1200.0  # seconds, beyond which something is stuck


def until(settled: Callable[[], bool], every: float = 0.1) -> None:
    end = time.monotonic() + LONG
    while not settled():
        if time.monotonic() > end:
            raise TimeoutError(f"Nothing came of it in {LONG:.0f} s.")
        time.sleep(every)


def draft(name: str) -> Shoot:
    """A shoot of a person of its own; with the real engine of the bundled photos."""
    if settings.ENGINE:
        return cast.draft(cast.person(name, password=None), asked=ASKED)
    owner = cast.person(name, password=None)
    shoot = shoots.open_shoot(owner, cast.release(owner))
    for file in sorted(demo.PHOTOS.iterdir())[:6]:
        intake.receive(shoot, uuid4(), file.read_bytes(), file.name)
    shoots.choose(shoot, looks=cast.LOOKS, direction={}, keep=[], asked=ASKED)
    until(lambda: not shoot.photos.filter(verdict=Verdict.WAITING).exists())
    return shoot


def submit(shoot: Shoot) -> Shoot:
    assert shoot.subject is not None
    ledger.grant(shoot.subject, 1, source="test")
    shoots.submit(shoot)
    tasks.nudge(shoot)
    return shoot


def submitted(name: str) -> Shoot:
    return submit(draft(name))


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
    """SIGKILL at ``count`` random moments of the shoots of several people, who wait for one worker."""
    chance, hits, restarts = random.Random(0), list[str](), list[float]()
    with Worker().running() as worker:
        shoots = [submitted(f"waits-{number}") for number in range(WAITING)]
        while len(restarts) < count:
            time.sleep(chance.uniform(0, PRETENDED_PAUSE if settings.ENGINE else PAUSE))
            hit = _under_work(shoots)
            if hit is None:
                shoots.append(submitted(f"waits-{len(shoots)}"))
            elif hit.starts < MOST_STARTS:  # a third start that is killed before its progress is the last
                killed = time.monotonic()
                worker.kill()
                until(lambda hit=hit: _claimed(hit, hit.claim))
                hits.append(hit.status)
                restarts.append(round(time.monotonic() - killed, 1))
                print(f"{len(hits)}: {hit.status}, {hit.progress:.0%}, {restarts[-1]} s", file=sys.stderr)
        until(lambda: all(over(shoot) for shoot in shoots), every=1)
    failed = sum(shoot.status != Status.READY for shoot in shoots)
    twice = sum(_twice(shoot) for shoot in shoots)
    return {
        "killed": len(restarts),
        "while": Counter(hits),
        "shoots": len(shoots),
        "not finished": failed,
        "headshots twice": twice,
        "restart, seconds, median": median(restarts),
        "restart, seconds, worst": max(restarts),
        "holds": not failed and not twice and max(restarts) <= RESTART,
    }


def _under_work(shoots: Sequence[Shoot]) -> Shoot | None:
    """The shoot that the worker is at; None when all are over."""
    mine = Shoot.objects.filter(pk__in=[shoot.pk for shoot in shoots])
    until(lambda: mine.filter(claimed_until__gt=timezone.now()).exists() or not mine.working().exists())
    return mine.filter(claimed_until__gt=timezone.now()).first()


def _claimed(shoot: Shoot, after: int) -> bool:
    return Shoot.objects.filter(pk=shoot.pk, claim__gt=after).exists()


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
    """What each of ``count`` people is told when they submit, one by one, against what comes true."""
    chance, told = random.Random(0), []
    drafts = [draft(f"asks-{number}") for number in range(count)]
    warm = [submitted(f"warm-{number}") for number in range(WARM)]
    with Worker().running():
        until(lambda: all(over(shoot) for shoot in warm))
        for shoot in drafts:
            time.sleep(chance.uniform(0, BETWEEN))
            submit(shoot)
            told.append((shoot, timezone.now(), estimates.outlook(shoot)))
        until(lambda: all(over(shoot) for shoot in drafts), every=2)
    wrong = [
        (seen.ready_at - begun) / (shoot.ready_at - begun) - 1
        for shoot, begun, seen in told
        if shoot.ready_at is not None
    ]
    within = sum(abs(one) <= OFF for one in wrong) / count
    return {
        "shoots": count,
        "most before one": max(seen.place for _, _, seen in told) - 1,
        "within a quarter": round(within, 3),
        "wrong by, most too early": round(min(wrong), 3),
        "wrong by, most too late": round(max(wrong), 3),
        "holds": within >= 0.9,
    }


def fairness(count: int) -> dict[str, Any]:
    """A company's ``count`` members wait; then one individual and one free try come."""
    hana = cast.person("hana", password=None)
    acme = cast.company(hana)
    ledger.grant(acme, count, source="test")
    for number in range(count):
        shoot = draft(f"member-{number}")
        member = cast.member(acme, shoot.subject)
        Shoot.objects.filter(pk=shoot.pk).update(member=member, looks=brands.of_member(member).looks[:1])
        shoots.submit(shoot)
    own, tried = draft("ivy"), tries.begin(cast.release(None, Purpose.TRY), "v", device="d", address="::1")
    cast.photo(tried)
    with Worker().running():
        until(lambda: ShootEvent.objects.filter(new=Status.TRAINED).count() >= 2)
        submit(own)
        shoots.submit(tried)
        tasks.nudge(tried)
        until(lambda: over(own) and over(tried))
    learned = ShootEvent.objects.filter(new=Status.TRAINED, at__gt=own.submitted_at)
    before = learned.filter(at__lt=learned.get(shoot=own).at).count()
    picture = (tried.headshots.earliest("created").created - tried.submitted_at).total_seconds()
    return {
        "queued": count,
        "learned before the individual": before,  # the one that a worker was at
        "seconds to the first picture of the try": round(picture, 1),
        "holds": own.status == tried.status == Status.READY and before <= 1 and picture <= FIRST,
    }


SCENARIOS = {"kills": kills, "flush": flush, "estimates": promises, "fairness": fairness}

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    found: dict[str, Any] = {"holds": False}
    try:
        found = SCENARIOS[sys.argv[1]](int(sys.argv[2]))
        print(json.dumps(found))
    finally:
        if not found["holds"]:  # the folder goes with this process, its reasons should not
            print((Path(settings.DATA_DIR) / "logs/worker.log").read_text()[-5000:], file=sys.stderr)
