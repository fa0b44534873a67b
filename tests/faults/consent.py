"""Consents are taken back in the very moment in which their shoots are submitted, claimed, or worked at."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

from django.db import close_old_connections
from django.db.models import F

from accounts.models import Release
from billing import ledger, proof
from generation import leaving, shoots, tasks
from generation.failures import Refused
from generation.models import Lost, Shoot, ShootEvent, Status

from .cancel import STOPS, touches
from .stage import CHANCE, Worker, draft, over, submitted, until

AT_ONCE = 3  # of whom the worker is at one
BEGUN = 1.0  # seconds after a withdrawal in which what was claimed just before may still begin
LATER = 2.0  # most seconds between the submission and the withdrawal


def play(count: int) -> dict[str, Any]:
    rounds = [(draft(f"races-{number}"), CHANCE.uniform(0, LATER) * (number % 3)) for number in range(count)]
    with Worker().running(), ThreadPoolExecutor(AT_ONCE) as people:
        first = submitted("first", 1)
        until(lambda: over(first))  # by then the worker works
        list(people.map(lambda one: _race(*one), rounds))
        time.sleep(2 * STOPS)  # whatever is touched too late is touched now
    mine = [shoot for shoot, _ in rounds]
    ends = {str(shoot.pk): _end(shoot.pk) for shoot in mine}
    seen = [(name, at - ends[name]) for name, at in touches() if name in ends]
    first = {name: min(at for other, at in seen if other == name) for name, _ in seen}
    moved = ShootEvent.objects.filter(
        shoot__in=mine, at__gt=F("shoot__release__withdrawn_at"), new__in=[Status.TRAINED, Status.READY]
    )
    purged = Shoot.objects.filter(pk__in=[one.pk for one in mine], status=Status.PURGED, credit=None).count()
    late = max((after for _, after in seen), default=0.0)
    return {
        "races": count,
        "touched before the withdrawal": len(first),
        "begun after the withdrawal": sum(after > BEGUN for after in first.values()),
        "seconds to the last touch, worst": round(late, 1),
        "gone on after the withdrawal": moved.count(),
        "purged, credit back": purged,
        "faults of the journal": len(proof.faults()),
        "holds": not any(after > BEGUN for after in first.values())
        and late <= STOPS
        and not moved.exists()
        and purged == count
        and not proof.faults(),
    }


def _race(shoot: Shoot, pause: float) -> None:
    assert shoot.subject is not None
    ledger.grant(shoot.subject, 1, source="test")
    start = threading.Barrier(2)
    submitting = threading.Thread(target=_submit, args=(shoot.pk, start))
    submitting.start()
    start.wait()
    time.sleep(pause)
    release = Release.objects.get(pk=shoot.release_id)
    try:
        leaving.withdraw(release)
    except Lost:  # the submission came between: what a page would answer is "once more"
        leaving.withdraw(release)
    submitting.join()
    until(lambda: Shoot.objects.get(pk=shoot.pk).status == Status.PURGED, most=2 * 60)
    close_old_connections()


def _submit(pk: UUID, start: threading.Barrier) -> None:
    shoot = Shoot.objects.get(pk=pk)
    start.wait()
    try:
        shoots.submit(shoot)
        tasks.nudge(shoot)
    except (Refused, Lost):  # the withdrawal was first
        pass
    finally:
        close_old_connections()


def _end(pk: UUID) -> float:
    withdrawn = Shoot.objects.select_related("release").get(pk=pk).release.withdrawn_at
    assert withdrawn is not None
    return withdrawn.timestamp()
