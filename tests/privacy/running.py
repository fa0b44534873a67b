"""Time and threads against the promises: a clock that runs a year, and withdrawals in the midst of work."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import connection
from django.utils import timezone

from accounts.models import Purpose, User
from billing import ledger
from generation import export, failures, leaving, marks, retention, shoots, sweeper, tries, vault
from generation.models import Lost, Shoot, Status
from tests import cast

YEAR = timedelta(days=400)
COMING = timedelta(days=250)  # of it; the longest period is over by then for everybody
LONGEST = timedelta(days=5)  # of the sweeper's silences
BEGIN = datetime(2027, 1, 1, tzinfo=UTC)
MAKERS: tuple[Callable[[User], Shoot], ...] = (
    cast.draft,
    cast.failed,
    lambda user: cast.ready(user, 2),
    lambda user: _a_try(),
)


def a_year(chance: random.Random) -> dict[str, int]:
    """Shoots of all kinds come while days pass and the sweeper is silent now and then; what is late?"""
    marks.signer()  # its certificate counts from the day that the signing library believes in
    now, opened, late, alive, steps = BEGIN, list[Shoot](), 0, 0, 0
    while now < BEGIN + YEAR:
        with time_machine.travel(now, tick=False):
            if now < BEGIN + COMING:
                person = cast.person(f"person-{steps}", password=None)
                opened.append(MAKERS[steps % len(MAKERS)](person))
            sweeper.tidy()
            late += retention.overdue(timezone.now()).count()
            alive += sum(_still_opens(shoot) for shoot in opened)
        steps += 1
        now += chance.random() * LONGEST
    left = Shoot.objects.exclude(status=Status.PURGED).count()
    return {"shoots": len(opened), "rounds": steps, "overdue": late, "readable": alive, "left": left}


def _a_try() -> Shoot:
    return tries.begin(cast.release(None, Purpose.TRY), "visitor", device="device", address="192.0.2.7")


def _still_opens(shoot: Shoot) -> int:
    """Files whose end is past and which can be read all the same."""
    row = Shoot.objects.get(pk=shoot.pk)
    ends = {"inputs": row.inputs_until, "headshots": row.headshots_until}
    over = [kind for kind, end in ends.items() if end and end <= timezone.now()]
    return sum(kind in over and _opens(row, kind, name) for kind, name in export.files(row))


def _opens(shoot: Shoot, kind: vault.Kind, name: str) -> bool:
    try:
        return bool(vault.get(shoot.pk, kind, name))
    except (vault.Gone, vault.Missing):
        return False


def races(count: int) -> dict[str, int]:
    """A consent is withdrawn while its shoot is submitted, learned, drawn or published."""
    broken = readable = 0
    for number in range(count):
        person = cast.person(f"racer-{number}", password=None)
        shoot, work = WORKS[number % len(WORKS)](person)
        files = [(kind, name) for kind, name in export.files(shoot)]
        with beside(lambda shoot=shoot: leaving.withdraw(shoot.release)), _too_late():
            work()
        sweeper.tidy()
        shoot.refresh_from_db()
        files += [(kind, name) for kind, name in export.files(shoot)]
        broken += shoot.status != Status.PURGED or shoot.release.stands
        readable += sum(_opens(shoot, kind, name) for kind, name in files)
    return {"races": count, "not purged": broken, "readable": readable}


@contextmanager
def _too_late() -> Iterator[None]:
    """What a worker or a page hears when the withdrawal was first."""
    with suppress(Lost, failures.Refused, vault.Gone):
        yield


@contextmanager
def beside(act: Callable[[], Any]) -> Iterator[None]:
    """The act in a thread with a connection of its own, begun together with the block."""
    ready = threading.Barrier(2)

    def run() -> None:
        try:
            ready.wait()
            act()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    ready.wait()
    try:
        yield
    finally:
        thread.join()


def _submitting(person: User) -> tuple[Shoot, Callable[[], None]]:
    shoot = cast.draft(person)
    ledger.grant(person, 1, source="test")
    return shoot, lambda: shoots.submit(shoot)


def _learning(person: User) -> tuple[Shoot, Callable[[], None]]:
    shoot = cast.training(person)

    def learned() -> None:
        vault.put(shoot.pk, "inputs", "identity", b"adapter")
        shoots.keep_identity(shoot, shoot.claim, base_hash="b", sha256="a", size=7, seconds=1.0)

    return shoot, learned


def _drawing(person: User) -> tuple[Shoot, Callable[[], None]]:
    shoot = cast.drawing(person)

    def drawn() -> None:
        for number in range(3):
            cast.headshot(shoot, number, {"full": cast.picture()})
        cast.opened(shoot, selects=1)

    return shoot, drawn


WORKS = (_submitting, _learning, _drawing)
