"""Background steps: one short actor each. A message is a nudge; what is to be done stands in the row."""

from __future__ import annotations

import hashlib
import logging
import shutil
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import dramatiq
from django.db import close_old_connections
from django.utils import timezone
from dramatiq.middleware import Shutdown

from accounts.ringing import ring

from . import (
    cutting,
    examples,
    frames,
    guarantee,
    intake,
    lab,
    letters,
    look_pictures,
    outages,
    renditions,
    renewing,
    shoots,
    tries,
    vault,
)
from .engine.process import ChildDied, ChildFailed
from .engine.ranking import Person
from .engine.records import pack, unpack
from .engine.resident import Drawn, Learned, Step
from .engine.types import BadInput, BadModel, Cancelled
from .models import (
    LEASE,
    Brand,
    Kind,
    Letter,
    LookDraft,
    Lost,
    Photo,
    Portrait,
    Rendition,
    Renewal,
    Shoot,
    Status,
)
from .stopping import stopping

log = logging.getLogger(__name__)
HOUR = 3_600_000  # ms
PACE = 2.0  # seconds between two beats of a lease
SURE = 0.04  # of a step must be done before its speed tells when it ends


def actor(queue: str) -> Callable[[Callable[[str], None]], dramatiq.Actor[[str], None]]:
    return dramatiq.actor(queue_name=queue, max_retries=0, time_limit=HOUR)


@actor("studio")
def train_identity(shoot_id: str) -> None:
    """Learn the person whose turn it is; the message's own shoot has a message for each that waits."""
    if begun := shoots.begun():
        return go_on(begun)
    turn = shoots.next_in_turn()
    if turn and (shoot := shoots.take(turn, Status.SUBMITTED)):
        with working(shoot) as lease:
            learned = _learn(shoot, lease)
            vault.put(shoot.id, "inputs", "identity", learned.adapter)
            vault.put(shoot.id, "inputs", "person", pack(learned.person))
            shoots.keep_identity(
                shoot,
                lease.claim,
                base_hash=learned.base_hash,
                sha256=hashlib.sha256(learned.adapter).hexdigest(),
                size=len(learned.adapter),
                seconds=lease.whole,
            )
        go_on(shoot)


def _learn(shoot: Shoot, lease: Lease) -> Learned:
    photos = intake.accepted_photos(shoot, alive=lease.lost)
    return lab.resident().learn(
        photos,
        intake.keep_of(shoot),
        lab.scratch(shoot.id),
        now=lab.this_month(),
        recipe=lab.recipe(),
        seed=shoot.round - 1,
        say=lease.say,
        cancelled=lease.lost,
    )


@actor("studio")
def generate_headshots(shoot_id: str) -> None:
    """Draw until enough frames passed the gate; each is stored, marked and shown as it comes."""
    if shoot := shoots.take(UUID(shoot_id), Status.TRAINED):
        with working(shoot) as lease:
            person, orders = unpack(Person, vault.get(shoot.id, "inputs", "person")), frames.orders(shoot)
            drawn = lab.resident().shoot(
                vault.get(shoot.id, "inputs", "identity"),
                person,
                orders,
                lab.scratch(shoot.id),
                count=shoot.asked,
                done=frames.measures(shoot),
                cancelled=lease.lost,
            )
            with ended(drawn):
                for one in drawn:
                    frames.keep(shoot, lease.claim, one, orders[one.number], alive=lease.lost)
                    lease.show(frames.share(shoot, one.number))
            shoots.drawn_all(shoot, lease.claim, seconds=lease.whole)
        shoot.refresh_from_db()
        nudge(shoot)


@actor("galleries")
def rank_headshots(shoot_id: str) -> None:
    """Put the gallery in order and open it, if it is what was promised, beside the next person's learning."""
    if shoot := shoots.take(UUID(shoot_id), Status.GENERATED):
        with working(shoot) as lease:
            person = unpack(Person, vault.get(shoot.id, "inputs", "person"))
            guarantee.settle(shoot, lease.claim, frames.ranked(shoot, person), seconds=lease.whole)
            shutil.rmtree(lab.scratch(shoot.id), ignore_errors=True)


@actor("tries")
def try_headshots(shoot_id: str) -> None:
    """A free try: a few pictures from one selfie, between the steps of whatever else runs."""
    if shoot := shoots.take(UUID(shoot_id), Status.SUBMITTED):
        with working(shoot) as lease:
            photo, orders = intake.accepted_photos(shoot)[0], frames.orders(shoot)
            drawn = lab.resident().try_on(photo, orders, now=lab.this_month(), cancelled=lease.lost)
            with ended(drawn):
                for one in drawn:
                    frames.keep(shoot, lease.claim, one, orders[one.number], alive=lease.lost)
            shoots.publish(shoot, lease.claim, tries.ordered(shoot))


@actor("checks")
def check_photo(photo_id: str) -> None:
    """Judge one photo, then the set that it belongs to."""
    if photo := intake.take(UUID(photo_id)):
        try:
            intake.note_verdict(photo, lab.checker().check(intake.stored(photo), now=lab.this_month()))
            if begun := tries.go_on(photo):
                nudge(begun)
        except (ChildDied, ChildFailed, vault.Missing) as error:
            log.warning("check of photo %s: %s", photo.id, error)
            intake.give_back(photo)
        except Exception as error:
            if not outages.away(error):
                raise
            log.warning("check of photo %s waits: %s", photo.id, error)
            outages.persist(lambda: intake.wait_out(photo))


@actor("chores")
def send_letter(letter_id: str) -> None:
    letters.send(int(letter_id))


@actor("chores")
def make_rendition(rendition_id: str) -> None:
    """A ready size or another backdrop, at its first request."""
    if row := renditions.take(int(rendition_id)):
        try:
            renditions.make(row)
        except (vault.Gone, vault.Missing, BadInput) as error:  # the headshot went meanwhile
            log.warning("rendition %s of headshot %s: %s", row.what, row.headshot_id, error)
            row.delete()


@actor("portraits")
def make_portrait(portrait_id: str) -> None:
    """A draft of what a company gets: the one whose turn it is, since each has a message of its own."""
    if portrait := cutting.take():
        try:
            cutting.make(portrait)
        except (vault.Gone, vault.Missing, BadInput) as error:  # the headshot or the draft went meanwhile
            log.warning("portrait %s: %s", portrait.pk, error)
            cutting.drop(portrait)


@actor("tries")
def draw_examples(brand_id: str) -> None:
    """What a brand looks like, on somebody who does not exist, between the steps of whatever else runs."""
    if brand := examples.take(UUID(brand_id)):
        try:
            examples.draw(brand, cancelled=stopping)
        except Cancelled:
            examples.give_back(brand)
        except (ChildDied, ChildFailed, BadInput, vault.Gone) as error:
            log.warning("examples of brand %s: %s", brand.pk, error)


@actor("tries")
def draw_look(draft_id: str) -> None:
    """What a look that staff drafted comes out as, on somebody who does not exist."""
    if draft := look_pictures.take(UUID(draft_id)):
        try:
            look_pictures.draw(draft, cancelled=stopping)
        except Cancelled:
            look_pictures.give_back(draft)
        except (ChildDied, ChildFailed, BadInput, vault.Gone) as error:
            log.warning("pictures of the look %s: %s", draft, error)


@actor("chores")
def renew_portraits(renewal_id: str) -> None:
    """Some of the members who had released before their brand changed; others in the next message."""
    if (renewal := renewing.take(UUID(renewal_id))) and renewing.go_on(renewal):
        nudge_renewal(renewal)


@contextmanager
def ended(drawn: Iterator[Drawn]) -> Iterator[None]:
    """The engine leaves the work when we do: a traceback that is kept would keep it going, and locked."""
    try:
        yield
    finally:
        if isinstance(drawn, Generator):
            drawn.close()


class Lease:
    """A claim on a shoot, renewed while the work goes on, and how far it is."""

    def __init__(self, shoot: Shoot) -> None:
        self.shoot, self.claim, self.begun, self.beaten = shoot, shoot.claim, time.monotonic(), 0.0
        self.held = self.begun  # the last beat that arrived
        self.first: tuple[float, float] | None = None  # when, and at which share: a resumed step begins late
        self.reached = shoot.progress  # by an earlier start: repeating it is no progress

    @property
    def whole(self) -> float | None:
        """Seconds of the step; None where an earlier start had done a part of it."""
        return None if self.reached else time.monotonic() - self.begun

    def say(self, step: Step) -> None:
        if step.saved or time.monotonic() - self.beaten > PACE:
            self.show(step.share, progressed=step.saved and step.share > self.reached)

    def show(self, share: float, *, progressed: bool = False) -> None:
        self.beaten = time.monotonic()
        ends = self._ends(share)
        self._beat(progressed=progressed, progress=round(share, 3), step_ends=ends)

    def _ends(self, share: float) -> datetime | None:
        """When the step will be done if it goes on as it went since this worker began."""
        now = time.monotonic()
        if self.first is None:
            self.first = now, share
        since, done = now - self.first[0], share - self.first[1]
        if done < SURE:
            return None
        return timezone.now() + timedelta(seconds=since / done * (1 - share))

    def lost(self) -> bool:
        """Whether the work is to end: asked about once a second, so it renews the lease too."""
        if stopping():
            return True
        if time.monotonic() - self.beaten > PACE:
            self.beaten = time.monotonic()
            try:
                self._beat()
            except Lost:
                return True
        return False

    def _beat(self, **said: Any) -> None:
        """While the lease holds, the work goes on without a database that is restarted."""
        try:
            shoots.beat(self.shoot, self.claim, **said)
        except Exception as error:
            close_old_connections()
            if not outages.away(error) or time.monotonic() - self.held > LEASE.total_seconds():
                raise
        else:
            self.held = time.monotonic()


@contextmanager
def working(shoot: Shoot) -> Iterator[Lease]:
    """The one place that says what becomes of a shoot whose work did not end well."""
    lease = Lease(shoot)
    try:
        yield lease
    except (Cancelled, Lost, Shutdown):  # by a shutdown, or since the shoot has ended meanwhile
        outages.persist(lambda: shoots.give_back(shoot, lease.claim))
    except (ChildDied, ChildFailed) as error:
        if outages.away(error):
            return _wait_out(shoot, lease.claim, error)
        log.error("shoot %s, start %s: %s\n%s", shoot.id, shoot.starts, error, getattr(error, "trace", ""))
        Shoot.objects.filter(pk=shoot.pk, claim=lease.claim).update(claimed_until=None, nudged_at=None)
    except (BadInput, vault.Gone, vault.Missing) as error:
        log.warning("shoot %s: %s", shoot.id, error)
        shoots.fail(shoot, lease.claim, "unusable" if isinstance(error, BadInput) else "photos")
    except BadModel:
        log.exception("shoot %s", shoot.id)
        shoots.fail(shoot, lease.claim, "model")
    except Exception as error:
        if not outages.away(error):
            raise
        _wait_out(shoot, lease.claim, error)


def _wait_out(shoot: Shoot, claim: int, error: Exception) -> None:
    log.error("shoot %s waits: %s", shoot.id, error)
    outages.persist(lambda: outages.wait_out(shoot, claim))


NEXT = {
    (Kind.SHOOT, Status.SUBMITTED): train_identity,
    (Kind.SHOOT, Status.TRAINED): generate_headshots,
    (Kind.SHOOT, Status.GENERATED): rank_headshots,
    (Kind.TRY, Status.SUBMITTED): try_headshots,
}


def go_on(shoot: Shoot) -> None:
    """Draw whoever is learned, at once: that is finished before another person's training begins."""
    shoot.refresh_from_db()
    if shoot.status == Status.TRAINED and not stopping():
        generate_headshots.fn(str(shoot.pk))


def nudge(shoot: Shoot) -> None:
    """Ring the worker once the row is committed; a lost ring is rung again by the sweeper."""
    if step := NEXT.get((Kind(shoot.kind), Status(shoot.status))):
        ring(step, str(shoot.pk))


def nudge_photo(photo: Photo) -> None:
    ring(check_photo, str(photo.pk))


def nudge_letter(letter: Letter) -> None:
    ring(send_letter, str(letter.pk))


def nudge_portrait(portrait: Portrait) -> None:
    ring(make_portrait, str(portrait.pk))


def nudge_examples(brand: Brand) -> None:
    ring(draw_examples, str(brand.pk))


def nudge_look(draft: LookDraft) -> None:
    ring(draw_look, str(draft.pk))


def nudge_renewal(renewal: Renewal) -> None:
    ring(renew_portraits, str(renewal.pk))


def nudge_rendition(row: Rendition) -> None:
    ring(make_rendition, str(row.pk))
