"""Everything goes in time: what is due is decided purely, then done, files first and rows last."""

from __future__ import annotations

import logging
import shutil
from datetime import datetime
from typing import Literal
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from accounts import signing

from . import lab, periods, shoots, vault
from .models import WORKING, Letter, Lost, Shoot, Status

log = logging.getLogger(__name__)
Action = Literal["warn", "drop inputs", "purge"]


def due(shoot: Shoot, now: datetime) -> Action | None:
    """What is to be done with a shoot at this moment; at most one thing, the gravest."""
    if shoot.status == Status.PURGED or (shoot.status in WORKING and shoot.kind == "shoot"):
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
    soon = Q(headshots_until__lte=now + periods.WARNING) | Q(inputs_until__lte=now, inputs_gone_at=None)
    done = 0
    for shoot in Shoot.objects.filter(soon).exclude(status=Status.PURGED)[:200]:
        try:
            done += _do(shoot, due(shoot, now))
        except (OSError, Lost):
            log.exception("retention of shoot %s", shoot.id)
    return done


def _do(shoot: Shoot, action: Action | None) -> bool:
    if action == "purge":
        purge(shoot)
    elif action == "drop inputs":
        drop_inputs(shoot)
    elif action == "warn" and not shoot.letters.filter(about=Letter.About.GOING).exists():
        shoots.write(shoot, Letter.About.GOING)
    else:
        return False
    return True


def drop_inputs(shoot: Shoot) -> None:
    """The photos, what was measured on them, and the identity: their key is destroyed first."""
    vault.delete_all(shoot.id, "inputs")
    shutil.rmtree(lab.scratch(shoot.id), ignore_errors=True)
    with transaction.atomic():
        shoot.photos.all().delete()
        Shoot.objects.filter(pk=shoot.pk).update(
            inputs_gone_at=timezone.now(), advice={}, keep=[], changed=F("changed") + 1
        )
        if hasattr(shoot, "identity"):
            shoot.identity.delete()
    shoot.refresh_from_db()


def purge(shoot: Shoot, *, address: str = "", why: str = "") -> None:
    """Everything of a shoot but its history, which becomes a signed receipt. Running work ends first.

    ``address`` is where the receipt goes when the account goes too.
    """
    shoot.refresh_from_db()
    if shoot.status == Status.PURGED:
        return
    if shoot.working:
        shoots.finish(shoot, why or "cancelled")
    counts = {"photos": shoot.photos.count(), "headshots": shoot.headshots.count()}
    vault.delete_all(shoot.id, "headshots")
    drop_inputs(shoot)
    text, signature = signing.sign(_receipt(shoot, counts, why))
    with transaction.atomic():
        shoot.headshots.all().delete()
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
        shoots.write(shoot, Letter.About.PURGED, address)


def _receipt(shoot: Shoot, counts: dict[str, int], why: str) -> dict[str, object]:
    """What the signed deletion receipt says; nothing in it is personal."""
    return {
        "type": "deletion receipt",
        "shoot": str(shoot.id),
        "release": str(shoot.release_id),
        "opened": shoot.created.isoformat(),
        "deleted": timezone.now().isoformat(),
        "reason": why or "period over or asked for",
        "destroyed": {**counts, "identity": 1, "keys": ["inputs", "headshots"]},
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
