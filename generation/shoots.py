"""The life of a shoot, verb by verb in order; the only caller of ``Shoot.move``."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, UUIDField
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Purpose, Release, User
from billing import ledger

from . import catalogue, paying, periods, vault
from .failures import Refused
from .models import (
    LEASE,
    MOST_STARTS,
    WORKING,
    Headshot,
    Identity,
    Kind,
    Letter,
    Lost,
    Photo,
    Shoot,
    ShootEvent,
    Status,
    Verdict,
)

MOST_PHOTOS = 20
MOST_ROUNDS = 6  # of one shoot: the first, its redo, and further looks
RECENTLY = timedelta(hours=1)  # what fairness remembers
BEGAN = timezone.now()  # this process


# The person's steps.


def open_shoot(subject: User | None, release: Release, *, kind: str = Kind.SHOOT, **more: Any) -> Shoot:
    """A new draft; ``more`` says whose try, or for which member. The release is the subject's, and stands."""
    wanted = Purpose.TRY if kind == Kind.TRY else Purpose.HEADSHOTS
    if not release.stands or release.user != subject or release.text.purpose != wanted:
        raise Refused(_("Please give your consent first."))
    return Shoot.objects.create(
        subject=subject,
        release=release,
        kind=kind,
        **more,
        seed=secrets.randbelow(1_000_000),
        **periods.of_a_draft(kind, timezone.now()),
    )


def add_photo(
    shoot: Shoot,
    upload: UUID,
    *,
    name: str,
    picture: bytes,
    thumbnail: bytes,
    size: tuple[int, int],
    month: str = "",
    ai_made: bool = False,
) -> Photo:
    """A decoded photo joins the draft; the same upload sent twice is one photo."""
    if known := shoot.photos.filter(upload=upload).first():
        return known
    if shoot.status != Status.DRAFT or not shoot.release.stands:
        raise Refused(_("Photos can be added until the shoot is submitted; open a new one."))
    width, height = size
    photo = Photo(
        shoot=shoot, upload=upload, name=name, width=width, height=height, month=month, ai_made=ai_made
    )
    vault.put(shoot.id, "inputs", f"{photo.id}.jpg", picture)
    vault.put(shoot.id, "inputs", f"{photo.id}.thumb", thumbnail)
    try:
        with transaction.atomic():
            _make_room(shoot)
            photo.save(force_insert=True)
    except IntegrityError:  # the same upload came twice at once
        forget_files(photo)
        return shoot.photos.get(upload=upload)
    except Refused:
        forget_files(photo)
        raise
    return photo


def _make_room(shoot: Shoot) -> None:
    """For one more photo of the draft. It writes first: uploads at the same moment wait for each other."""
    if not Shoot.objects.filter(pk=shoot.pk, status=Status.DRAFT).update(changed=F("changed") + 1):
        raise Refused(_("Photos can be added until the shoot is submitted; open a new one."))
    if shoot.photos.count() >= MOST_PHOTOS:
        raise Refused(_("There are 20 photos already; remove one to add another."))


def remove_photo(photo: Photo) -> None:
    mine = Photo.objects.filter(pk=photo.pk, shoot__status=Status.DRAFT)
    if not mine.delete()[0]:
        raise Refused(_("The shoot is submitted; its photos stay until they are deleted together."))
    forget_files(photo)
    touch(photo.shoot)


def forget_files(photo: Photo) -> None:
    for ending in ("jpg", "thumb", "checked"):
        vault.delete(photo.shoot_id, "inputs", f"{photo.id}.{ending}")


def choose(
    shoot: Shoot, *, looks: Sequence[str], direction: Mapping[str, Any], keep: Sequence[str], asked: int
) -> None:
    """What the headshots shall be; forms have checked the shape."""
    catalogue.require(shoot, looks)
    changed = Shoot.objects.filter(pk=shoot.pk, status=Status.DRAFT).update(
        looks=list(looks),
        direction=dict(direction),
        keep=list(keep),
        asked=asked,
        changed=F("changed") + 1,
    )
    if not changed:
        raise Lost("The shoot is already submitted.")
    shoot.refresh_from_db()


def submit(shoot: Shoot) -> None:
    """Spend a credit and hand the shoot to the workers. Submitting twice is submitting once."""
    shoot.refresh_from_db()
    if shoot.status in WORKING:
        return
    _require_complete(shoot)
    if shoot.kind == Kind.TRY:  # its hour goes on
        return shoot.move(Status.SUBMITTED, submitted_at=timezone.now())
    with transaction.atomic():
        held = paying.hold(shoot)
        shoot.move(Status.SUBMITTED, submitted_at=timezone.now(), inputs_until=None, **held)
        paying.tell(shoot)


def _require_complete(shoot: Shoot) -> None:
    if shoot.status != Status.DRAFT:
        raise Refused(_("This shoot was submitted before."))
    if not shoot.release.stands:
        raise Refused(_("Please give your consent first."))
    if shoot.photos.filter(verdict=Verdict.WAITING).exists():
        raise Refused(_("Some photos are still being checked; this takes a few seconds."))
    if not any(photo.accepted for photo in shoot.photos.all()):
        raise Refused(_("Add at least one photo that can be used."))
    catalogue.require(shoot, shoot.looks)


# The worker's steps. ``claim`` is its fencing token: every write of a worker that lost its lease fails.


def in_turn(waiting: Iterable[tuple[UUID, Any, datetime]], served: Mapping[Any, int]) -> list[UUID]:
    """(shoot, tenant, submitted at) as they are served: always the oldest of the tenant served least."""
    turns, before = list[tuple[int, datetime, UUID]](), Counter(served)
    for shoot, tenant, at in sorted(waiting, key=lambda one: one[2]):
        turns.append((before[tenant], at, shoot))
        before[tenant] += 1
    return [shoot for _, _, shoot in sorted(turns)]


def served() -> Counter[Any]:
    """How many shoots of each tenant were trained of late or are being trained: what fairness goes by."""
    now = timezone.now()
    trained = ShootEvent.objects.filter(new=Status.TRAINED, at__gt=now - RECENTLY)
    training = Shoot.objects.filter(status=Status.SUBMITTED, kind=Kind.SHOOT, claimed_until__gt=now)
    return Counter(
        (*trained.values_list(tenant("shoot__"), flat=True), *training.values_list(tenant(), flat=True))
    )


def tenant(shoot: str = "") -> Coalesce:
    """Among whom work is shared fairly: a company is one, whatever the number of its members."""
    return Coalesce(f"{shoot}member__company", f"{shoot}subject", output_field=UUIDField())


def begun() -> Shoot | None:
    """Who is learned and waits to be drawn: a worker was stopped, or more looks are wanted."""
    learned = Shoot.objects.unclaimed().filter(kind=Kind.SHOOT, status=Status.TRAINED)
    return learned.order_by("submitted_at").first()


def left_behind() -> Shoot | None:
    """What a worker may have died at: its lease ran out, or was last renewed before this worker began."""
    now = timezone.now()
    unheard = max(now, BEGAN + LEASE) if now >= BEGAN else now  # later it began by a clock that was wrong
    return Shoot.objects.working().filter(kind=Kind.SHOOT, claimed_until__lt=unheard).first()


def next_in_turn() -> UUID | None:
    """The submitted shoot that is to be trained next, fair between people and companies (promise 15).

    What is left behind comes before whatever waits, even if its lease must run out first: whoever is next in
    turn would keep this worker for a whole shoot."""
    if left := left_behind():
        return left.pk
    waiting = Shoot.objects.unclaimed().filter(status=Status.SUBMITTED, kind=Kind.SHOOT)
    turns = waiting.values_list("pk", tenant(), "submitted_at")
    return next(iter(in_turn(turns, served())), None)


def take(shoot_id: UUID, status: str) -> Shoot | None:
    """Claim a shoot for the step of ``status``: the row with a fresh claim, or None when it is not to be had.

    The third start without progress in between is the last: the shoot is quarantined."""
    shoot = Shoot.objects.unclaimed().filter(pk=shoot_id, status=status).first()
    if shoot is None:
        return None
    if not shoot.release.stands:
        finish(shoot, "withdrawn")
        return None
    if shoot.starts >= MOST_STARTS:
        finish(shoot, "quarantined")
        return None
    mine = Shoot.objects.unclaimed().filter(pk=shoot_id, status=status, claim=shoot.claim)
    begun = {"claim": F("claim") + 1, "starts": F("starts") + 1, "claimed_until": timezone.now() + LEASE}
    if not mine.released().update(**begun, lost=F("lost") + int(shoot.claimed_until is not None)):
        return None
    shoot.refresh_from_db()
    return shoot


def beat(shoot: Shoot, claim: int, *, progressed: bool = False, **shown: Any) -> None:
    """The worker is alive and says how far it is. Raises Lost when the work is somebody else's or unwanted.

    ``progressed`` marks a checkpoint or a stored frame: what a later start will not have to repeat."""
    changes: dict[str, Any] = {"claimed_until": timezone.now() + LEASE, **shown}
    if shown:
        changes["changed"] = F("changed") + 1
    if progressed:
        changes["starts"] = 0
    mine = Shoot.objects.filter(pk=shoot.pk, claim=claim, status__in=WORKING)
    if not mine.released().update(**changes):
        raise Lost("The work on this shoot is to end.")


def give_back(shoot: Shoot, claim: int) -> None:
    """A clean shutdown costs no start and nobody waits for the lease to run out."""
    mine = Shoot.objects.filter(pk=shoot.pk, claim=claim, status__in=WORKING)
    mine.filter(starts__gt=0).update(starts=F("starts") - 1)
    mine.update(claimed_until=None, nudged_at=None)


def took(shoot: Shoot, step: str, seconds: float | None) -> dict[str, Any]:
    """The shoot's timings with this step's seconds; None is a step that was not done in one go."""
    return shoot.timings if seconds is None else {**shoot.timings, step: round(seconds, 1)}


def keep_identity(
    shoot: Shoot, claim: int, *, base_hash: str, sha256: str, size: int, seconds: float | None
) -> None:
    """The adapter lies in the vault; the shoot is trained."""
    with transaction.atomic():
        shoot.move(Status.TRAINED, claim=claim, drawn=0, timings=took(shoot, "train", seconds))
        Identity.objects.update_or_create(
            shoot=shoot,
            defaults={
                "base_hash": base_hash,
                "sha256": sha256,
                "size": size,
                "learned_at": timezone.now(),
            },
        )


def keep_frame(shoot: Shoot, claim: int, headshot: Headshot) -> None:
    """One drawn frame, whose pictures lie in the vault, in the same transaction as the lease's beat."""
    with transaction.atomic():
        beat(shoot, claim, progressed=True, drawn=F("drawn") + 1)
        headshot.save(force_insert=True)


def drawn_all(shoot: Shoot, claim: int, *, seconds: float | None) -> None:
    shoot.move(Status.GENERATED, claim=claim, timings=took(shoot, "generate", seconds))


def publish(
    shoot: Shoot, claim: int, ranked: Sequence[Headshot], *, seconds: float | None = None, **more: Any
) -> None:
    """Ranks, selects and gates are final: the gallery opens. ``more`` are columns that change with it."""
    now = timezone.now()
    with transaction.atomic():
        Headshot.objects.bulk_update(ranked, ["rank", "select", "shown", "faults", "skin_shift", "likeness"])
        dates = periods.of_a_gallery(shoot, now)
        timings = took(shoot, "rank", seconds)
        shoot.move(Status.READY, claim=claim, ready_at=now, failure="", timings=timings, **dates, **more)
        write(shoot, Letter.About.READY)


def fail(shoot: Shoot, claim: int, code: str) -> None:
    """A worker gives up for good."""
    finish(shoot, code, claim=claim)


def finish(shoot: Shoot, code: str, *, claim: int | None = None) -> None:
    """The work ends without a gallery and the credit goes back; a later round leaves the gallery as it was.

    A free redo that failed by our fault is still free. A worker that is at it loses its claim."""
    end: dict[str, Any] = {
        "claim": claim,
        "note": code,
        "failure": code,
        **periods.of_a_failure(shoot, timezone.now()),
    }
    with transaction.atomic():
        if shoot.ready_at:
            free: dict[str, Any] = {} if code == "cancelled" else {"redo_of": "", "redone_for_company": False}
            shoot.move(Status.READY, **free, **end)
        else:
            spent = shoot.credit
            shoot.move(Status.FAILED, credit=None, **end)
            if spent:
                ledger.give_back(spent)
        write(shoot, Letter.About.FAILED)


def write(shoot: Shoot, about: str, address: str = "") -> None:
    """A letter to the subject, sent by a worker once this transaction stands."""
    if shoot.kind == Kind.SHOOT:
        Letter.objects.get_or_create(
            shoot=shoot, about=about, round=shoot.round, defaults={"address": address}
        )


# What the person may still want.


def cancel(shoot: Shoot) -> None:
    """Stop the work: a worker that is at it learns from its next beat, within two seconds."""
    if not shoot.working:
        raise Refused(_("This shoot is not being worked on."))
    finish(shoot, "cancelled")


def redo(shoot: Shoot, report: str) -> None:
    """The one free redo, with new training, for "not like me" or a wrong skin tone."""
    if shoot.redo_of:
        raise Refused(_("The free redo of this shoot was used."))
    _again(shoot, redo_of=report)


def redo_for_company(shoot: Shoot) -> None:
    """One more that costs nothing: the company asked for it, and the person's own stays theirs."""
    if shoot.redone_for_company:
        raise Refused(_("It was made again for the company already; choose from the new headshots."))
    _again(shoot, redone_for_company=True)


def _again(shoot: Shoot, **marked: Any) -> None:
    if shoot.inputs_gone_at:
        raise Refused(_("The photos of this shoot are deleted, so it cannot be done again."))
    _require_rights(shoot)
    shoot.move(
        Status.SUBMITTED,
        note="redo",
        **marked,
        round=F("round") + 1,
        drawn=0,
        submitted_at=timezone.now(),
    )


def more_looks(shoot: Shoot, looks: Sequence[str]) -> None:
    """Further looks from the identity that is still kept."""
    if shoot.inputs_gone_at:
        raise Refused(_("The identity of this shoot is deleted; open a new shoot for more looks."))
    if shoot.round >= MOST_ROUNDS:
        raise Refused(_("This shoot has had all its rounds; open a new one for more looks."))
    catalogue.require(shoot, looks)
    _require_rights(shoot)
    shoot.move(
        Status.TRAINED, note="more looks", looks=list(looks), round=F("round") + 1, drawn=0, inputs_until=None
    )


def _require_rights(shoot: Shoot) -> None:
    """For a further round: the person's consent, and that the shoot is still paid for."""
    if not shoot.release.stands:
        raise Refused(_("Please give your consent first."))
    if shoot.paid_back:
        raise Refused(_("What this shoot cost went back to you; open a new one for more headshots."))


def touch(shoot: Shoot) -> None:
    """Whatever the pages poll has changed."""
    Shoot.objects.filter(pk=shoot.pk).update(changed=F("changed") + 1)
