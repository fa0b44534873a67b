"""Everything goes in time: what is due is decided purely, then done, files first and rows last."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts import audit, signing

from . import lab, periods, shoots, vault
from .models import WORKING, Identity, Kind, Letter, Shoot, Status

log = logging.getLogger(__name__)
Action = Literal["warn", "drop inputs", "purge"]
SILENCE = timedelta(hours=2)  # after which something is wrong with the sweeper


def due(shoot: Shoot, now: datetime) -> Action | None:
    """What is to be done with a shoot at this moment; at most one thing, the gravest."""
    if shoot.status == Status.PURGED or (shoot.status in WORKING and shoot.kind == Kind.SHOOT):
        return None
    if _over(shoot.headshots_until, now):
        return "purge"
    if shoot.inputs_gone_at is None and _over(shoot.inputs_until, now):
        return "drop inputs"
    if shoot.status == Status.READY and _over(shoot.headshots_until, now + periods.WARNING):
        return "warn"
    return None


def _over(end: datetime | None, now: datetime) -> bool:
    return end is not None and end <= now


def sweep(now: datetime | None = None) -> int:
    """Do everything that is due, however late; returns how much. A failure waits for the next round."""
    now = now or timezone.now()
    if late := overdue(now - SILENCE).count():
        log.error("the sweeper was silent: %s shoots should have gone more than two hours ago", late)
    done = 0
    for shoot in (*overdue(now), *_unwarned(now)):
        try:
            done += _do(shoot, due(shoot, now))
        except Exception:  # whatever is wrong with one shoot, the others must go in time
            log.exception("retention of shoot %s", shoot.id)
    return done


def overdue(now: datetime) -> QuerySet[Shoot]:
    """What should be gone by then, the longest overdue first."""
    ended = Q(headshots_until__lte=now) | Q(inputs_until__lte=now, inputs_gone_at=None)
    at_work = Q(status__in=WORKING, kind=Kind.SHOOT)
    found = Shoot.objects.filter(ended).exclude(at_work).exclude(status=Status.PURGED)
    return found.order_by("headshots_until")


def _unwarned(now: datetime) -> QuerySet[Shoot]:
    """Galleries that go soon and whose owner has no letter about this end yet."""
    soon = Shoot.objects.filter(status=Status.READY, headshots_until__lte=now + periods.WARNING)
    told = Letter.objects.filter(
        shoot=OuterRef("pk"),
        about=Letter.About.GOING,
        created__gte=OuterRef("headshots_until") - periods.WARNING,
    )
    return soon.filter(~Exists(told), kind=Kind.SHOOT, headshots_until__gt=now)


def _do(shoot: Shoot, action: Action | None) -> bool:
    if action == "purge":
        purge(shoot)
    elif action == "drop inputs":
        drop_inputs(shoot)
    elif action == "warn":
        _warn(shoot)
    return action is not None


def _warn(shoot: Shoot) -> None:
    with transaction.atomic():
        shoot.letters.filter(about=Letter.About.GOING).delete()  # of a period that was prolonged since
        shoots.write(shoot, Letter.About.GOING)


def drop_inputs(shoot: Shoot) -> None:
    """The photos, what was measured on them, and the identity: their key is destroyed first."""
    _destroy_inputs(shoot)
    with transaction.atomic():
        _forget_inputs(shoot)
        audit.record(None, "inputs.erased", f"shoot {shoot.pk}", subject=shoot.subject)
    shoot.refresh_from_db()


def _destroy_inputs(shoot: Shoot) -> None:
    vault.delete_all(shoot.id, "inputs")
    shutil.rmtree(lab.SCRATCH / str(shoot.id), ignore_errors=True)


def _forget_inputs(shoot: Shoot) -> None:
    shoot.photos.all().delete()
    Identity.objects.filter(shoot=shoot).delete()
    Shoot.objects.filter(pk=shoot.pk).update(
        inputs_gone_at=timezone.now(), advice={}, keep=[], changed=F("changed") + 1
    )


def purge(shoot: Shoot, *, address: str = "", why: str = "") -> None:
    """Everything of a shoot but its history, which becomes a signed receipt. Running work ends first.

    ``address`` is where the receipt goes when the account goes too. Interrupted anywhere, the sweeper goes
    on with it, and the receipt says the same.
    """
    shoot.refresh_from_db()
    if shoot.status == Status.PURGED:
        return
    if shoot.working:
        shoots.finish(shoot, why or "cancelled")
    _due_now(shoot)
    vault.delete_all(shoot.id, "headshots")
    _destroy_inputs(shoot)
    text, signature = signing.sign(_receipt(shoot, why))
    with transaction.atomic():
        shoot.headshots.all().delete()
        _forget_inputs(shoot)
        shoot.move(
            Status.PURGED,
            note=why,
            purged_at=timezone.now(),
            receipt=text,
            receipt_signature=signature,
            looks=[],
            direction={},
            visitor="",
        )
        audit.record(None, "shoot.erased", f"shoot {shoot.pk}", subject=shoot.subject)
        shoots.write(shoot, Letter.About.PURGED, address)


def _due_now(shoot: Shoot) -> None:
    """The sweeper finishes what breaks off; what was due earlier stays overdue since then."""
    now = timezone.now()
    later = Q(headshots_until=None) | Q(headshots_until__gt=now)
    Shoot.objects.filter(later, pk=shoot.pk).update(inputs_until=now, headshots_until=now)


def _receipt(shoot: Shoot, why: str) -> dict[str, object]:
    """What the signed deletion receipt says; nothing in it is personal."""
    return {
        "type": "deletion receipt",
        "shoot": str(shoot.id),
        "release": str(shoot.release_id),
        "opened": shoot.created.isoformat(),
        "deleted": timezone.now().isoformat(),
        "reason": why or "period over or asked for",
        "destroyed": {
            "photos": shoot.photos.count(),
            "headshots": shoot.headshots.count(),
            "identity": Identity.objects.filter(shoot=shoot).count(),
            "keys": ["inputs", "headshots"],
        },
        "history": [
            {"at": event.at.isoformat(), "from": event.old, "to": event.new} for event in shoot.events.all()
        ],
    }


def forget_scratch() -> None:
    """Training checkpoints on this machine whose shoot is not being trained any more."""
    found = list(lab.SCRATCH.glob("*"))  # first: a shoot that begins now has its folder later
    working = set(Shoot.objects.working().values_list("pk", flat=True))
    for folder in found:
        if UUID(folder.name) not in working:
            shutil.rmtree(folder, ignore_errors=True)


def forget_pages() -> None:
    """SQLite's write-ahead log holds pages as they were before a deletion; emptied, it holds none."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
