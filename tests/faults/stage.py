"""What scenarios play on: people with shoots, workers that a supervisor starts again, what must hold."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from email import message_from_bytes, policy
from pathlib import Path
from subprocess import Popen
from typing import Any, TypeVar
from uuid import uuid4

from django.conf import settings
from django.db import Error, close_old_connections
from django.utils import timezone

from billing import ledger, proof
from generation import cast, demo, intake, shoots, tasks, vault
from generation.models import WORKING, Headshot, Shoot, Status, Verdict
from generation.processes import WORKER, process

ASKED = 8
LONG = 1200.0  # seconds, beyond which something is stuck
BACK = 60.0  # seconds after the cause of an outage within which work goes on
CHANCE = random.Random(0)
Answer = TypeVar("Answer")


def until(settled: Callable[[], bool], every: float = 0.1, most: float = LONG) -> float:
    """Wait for it, also while the database is away; returns the seconds that it took."""
    begun = time.monotonic()
    while not asked(settled):
        if time.monotonic() - begun > most:
            raise TimeoutError(f"Nothing came of it in {most:.0f} s.")
        time.sleep(every)
    return time.monotonic() - begun


def asked(question: Callable[[], Answer]) -> Answer | None:
    """The database's answer; None while it has none."""
    try:
        return question()
    except Error:
        close_old_connections()
        return None


def draft(name: str, count: int = ASKED) -> Shoot:
    """A shoot of a person of its own; with the real engine of the bundled photos."""
    if settings.ENGINE:
        return cast.draft(cast.person(name, password=None), asked=count)
    owner = cast.person(name, password=None)
    shoot = shoots.open_shoot(owner, cast.release(owner))
    for file in sorted(demo.PHOTOS.iterdir())[:6]:
        intake.receive(shoot, uuid4(), file.read_bytes(), file.name)
    shoots.choose(shoot, looks=cast.LOOKS, direction={}, keep=[], asked=count)
    until(lambda: not shoot.photos.filter(verdict=Verdict.WAITING).exists())
    return shoot


def submit(shoot: Shoot) -> Shoot:
    assert shoot.subject is not None
    ledger.grant(shoot.subject, 1, source="test")
    shoots.submit(shoot)
    tasks.nudge(shoot)
    return shoot


def submitted(name: str, count: int = ASKED) -> Shoot:
    return submit(draft(name, count))


def over(shoot: Shoot) -> bool:
    shoot.refresh_from_db()
    return shoot.status not in WORKING


class Worker:
    """One that a supervisor starts again whenever it is killed."""

    def __init__(self, name: str = "worker") -> None:
        self.name = name
        self._now: Any = None

    @contextmanager
    def running(self) -> Iterator[Worker]:
        self.start()
        try:
            yield self
        finally:
            self.stop()

    def start(self) -> None:
        self._now = process(self.name, *WORKER)
        self.process: Popen[bytes] = self._now.__enter__()

    def stop(self) -> None:
        """As a deployment does it: asked to end, and given time."""
        self._now.__exit__(None, None, None)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        self.start()


def under_work(mine: Sequence[Shoot]) -> Shoot | None:
    """The shoot that the worker is at; None when all are over."""
    rows = Shoot.objects.filter(pk__in=[shoot.pk for shoot in mine])
    until(lambda: rows.filter(claimed_until__gt=timezone.now()).exists() or not rows.working().exists())
    return rows.filter(claimed_until__gt=timezone.now()).first()


def claimed(shoot: Shoot, after: int) -> bool:
    return Shoot.objects.filter(pk=shoot.pk, claim__gt=after).exists()


def kept(mine: Sequence[Shoot]) -> dict[str, Any]:
    """What no fault may break: all are finished, and galleries, journal and mails hold everything once."""
    for shoot in mine:
        shoot.refresh_from_db()
    return {
        "shoots": len(mine),
        "not finished": sum(shoot.status != Status.READY for shoot in mine),
        "quarantined": sum(shoot.failure == "quarantined" for shoot in mine),
        "headshots twice": sum(twice(shoot) for shoot in mine),
        "headshots without a whole file": sum(_torn(shoot) for shoot in mine),
        "faults of the journal": len(proof.faults()),
        "mails twice": _mails_twice(),
    }


def none(found: dict[str, Any]) -> bool:
    """Whether ``kept`` found nothing wrong."""
    return not any(value for name, value in found.items() if name != "shoots")


def twice(shoot: Shoot) -> int:
    """Headshots beyond one an order, and beyond what was asked for."""
    numbers = list(shoot.headshots.values_list("round", "number"))
    shown = shoot.headshots.filter(rank__gt=0).count()
    return len(numbers) - len(set(numbers)) + max(0, shown - shoot.asked)


def _torn(shoot: Shoot) -> int:
    """Headshots that are shown and whose pictures cannot all be read and unsealed."""
    return sum(not _whole(shoot, one) for one in shoot.headshots.filter(shown=True))


def _whole(shoot: Shoot, headshot: Headshot) -> bool:
    try:
        return all(
            vault.get(shoot.pk, "headshots", f"{headshot.pk}.{name}") for name in ("full", "preview", "thumb")
        )
    except Exception:
        return False


def _mails_twice() -> int:
    """The same person told the same thing more than once."""
    told: Counter[tuple[str, str]] = Counter()
    for file in Path(settings.EMAIL_FILE_PATH).glob("*"):
        for mail in file.read_bytes().split(b"\n" + b"-" * 79 + b"\n"):
            read = message_from_bytes(mail.strip(), policy=policy.default)
            if read["To"]:
                told[str(read["To"]), str(read["Subject"])] += 1
    return sum(count - 1 for count in told.values())
