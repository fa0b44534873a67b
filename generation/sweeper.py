"""A loop in every worker: rings for whatever waits and has no worker, and does what has become due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator

from django.db import close_old_connections, models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import delivering, hook_tasks, lockout, reminders
from accounts import tasks as tasks_of_companies
from accounts.models import Member
from accounts.ringing import Row, turns

from . import (
    clock,
    examples,
    flags,
    look_pictures,
    portraits,
    questions,
    retention,
    seats,
    takedowns,
    tasks,
    tries,
)
from .models import Letter, Photo, Portrait, Rendition, Renewal, Shoot, Verdict

log = logging.getLogger(__name__)
TIDY = 30.0  # seconds between two rounds of retention


def sweep() -> None:
    """One round; many sweepers do no harm, since every nudge is marked by compare-and-swap."""
    for shoot in turns(Shoot.objects.unclaimed().working(), "nudged_at"):
        tasks.nudge(shoot)
    for photo in _unrung(Photo.objects.filter(verdict=Verdict.WAITING)):
        tasks.nudge_photo(photo)
    for letter in _unrung(Letter.objects.filter(sent_at=None)):
        tasks.nudge_letter(letter)
    for portrait in _unrung(Portrait.objects.filter(made_at=None, ended_at=None)):
        tasks.nudge_portrait(portrait)
    for brand in _unrung(examples.undrawn()):
        tasks.nudge_examples(brand)
    for draft in _unrung(look_pictures.undrawn()):
        tasks.nudge_look(draft)
    for renewal in _unrung(Renewal.objects.filter(finished_at=None)):
        tasks.nudge_renewal(renewal)
    for rendition in _unrung(Rendition.objects.filter(made_at=None)):
        tasks.nudge_rendition(rendition)
    tasks_of_companies.sweep()
    hook_tasks.sweep()


def tidy() -> None:
    """What has become due to go, and what deleted things leave behind."""
    tasks_of_companies.tidy()
    retention.sweep()
    reminders.sweep(_quiet(), timezone.now())
    takedowns.tidy()
    questions.tidy()
    flags.tidy()
    seats.tidy()
    portraits.tidy()
    tries.forget_days()
    delivering.forget()
    lockout.forget_expired()
    retention.forget_scratch()
    retention.forget_pages()


def _quiet() -> models.QuerySet[Member]:
    """Members whose company has no picture of them."""
    shown = Portrait.objects.filter(member=OuterRef("pk"), released_at__isnull=False, ended_at=None)
    return Member.objects.filter(~Exists(shown))


def _unrung(waiting: models.QuerySet[Row]) -> Iterator[Row]:
    """The rows that nobody works on and nobody was told of lately."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())
    return turns(waiting.filter(free), "nudged_at")


def loop(stop: threading.Event, every: float) -> None:
    """Sweep at once and until asked to stop; a round that fails is logged and the next one tried."""
    tidied, pause = 0.0, 0.0
    while not stop.wait(pause):
        pause = every
        try:
            due = time.monotonic() - tidied > TIDY
            if due and not clock.agrees():
                continue
            sweep()
            if due:
                tidied = time.monotonic()
                tidy()
        except Exception:  # of the database, the store or a row: the others' turn comes all the same
            log.exception("sweep")
        finally:
            close_old_connections()
