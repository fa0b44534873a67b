"""The scenarios, in a process that has the installation's settings; prints what it found as JSON."""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections import Counter
from pathlib import Path
from statistics import median
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "headshots.settings"
django.setup()

import redis  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.utils import timezone  # noqa: E402

from accounts.models import Purpose  # noqa: E402
from billing import ledger  # noqa: E402
from generation import brands, cast, estimates, shoots, tasks, tries  # noqa: E402
from generation.models import MOST_STARTS, Shoot, ShootEvent, Status  # noqa: E402

from . import cancel, clock, consent, deploy, disk, poison, postgres, s3, soak  # noqa: E402
from .stage import Worker, claimed, draft, over, submit, submitted, twice, under_work, until  # noqa: E402

RESTART = 30.0  # seconds after a kill within which another worker goes on
WAITING = 4  # people with a shoot while workers are killed
PAUSE, PRETENDED_PAUSE = 60.0, 4.0  # most seconds between a restart and the next kill: half a shoot, or most
WARM = 5  # shoots that estimates know of
BETWEEN = 4.0  # most seconds between two submissions: a queue grows and shrinks again
OFF = 0.25  # of the true time that an estimate may be wrong by
FIRST = 5.2  # seconds to a free try's first picture: five beyond one unit of the pretended engine


def kills(count: int) -> dict[str, Any]:
    """SIGKILL at ``count`` random moments of the shoots of several people, who wait for one worker."""
    chance, hits, restarts = random.Random(0), list[str](), list[float]()
    with Worker().running() as worker:
        shoots = [submitted(f"waits-{number}") for number in range(WAITING)]
        while len(restarts) < count:
            time.sleep(chance.uniform(0, PRETENDED_PAUSE if settings.ENGINE else PAUSE))
            hit = under_work(shoots)
            if hit is None:
                shoots.append(submitted(f"waits-{len(shoots)}"))
            elif hit.starts < MOST_STARTS:  # a third start that is killed before its progress is the last
                killed = time.monotonic()
                worker.kill()
                until(lambda hit=hit: claimed(hit, hit.claim))
                hits.append(hit.status)
                restarts.append(round(time.monotonic() - killed, 1))
                print(f"{len(hits)}: {hit.status}, {hit.progress:.0%}, {restarts[-1]} s", file=sys.stderr)
        until(lambda: all(over(shoot) for shoot in shoots), every=1)
    failed = sum(shoot.status != Status.READY for shoot in shoots)
    twice = sum(twice(shoot) for shoot in shoots)
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


SCENARIOS = {
    **{"kills": kills, "flush": flush, "estimates": promises, "fairness": fairness},
    **{module.__name__.rpartition(".")[2]: module.play for module in (cancel, clock, consent, deploy, disk)},
    **{module.__name__.rpartition(".")[2]: module.play for module in (poison, postgres, s3, soak)},
}

if __name__ == "__main__":
    call_command("migrate", verbosity=0)
    found: dict[str, Any] = {"holds": False}
    try:
        found = SCENARIOS[sys.argv[1]](int(sys.argv[2]))
        print(json.dumps(found))
    finally:
        if not found["holds"]:  # the folder goes with this process, its reasons should not
            print((Path(settings.DATA_DIR) / "logs/worker.log").read_text()[-5000:], file=sys.stderr)
