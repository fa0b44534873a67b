"""From an uploaded file to a judged photo: decoded apart, stored encrypted, checked alone and in its set."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from . import shoots, vault
from .engine import decoder
from .engine.coverage import next_best
from .engine.intake import safe_name
from .engine.looks import keep_list
from .engine.progress import never
from .engine.records import pack, unpack
from .engine.together import Checked, SetVerdict, judge_set
from .engine.traits import detected
from .engine.types import Keep, Month, Reason, StoredPhoto
from .models import MOST_STARTS, Photo, Shoot, Verdict

CHECK_LEASE = timedelta(seconds=20)
FAILED_CHECK = Reason(
    "unchecked", "This photo could not be checked; remove it and add another.", blocking=True
)


def receive(shoot: Shoot, upload: UUID, data: bytes, name: str) -> Photo:
    """Decode one upload in its own process and store it. Raises engine BadInput, Refused."""
    if known := shoot.photos.filter(upload=upload).first():
        return known
    return keep(shoot, upload, decoder.decode(data, name), name)


def keep(shoot: Shoot, upload: UUID, decoded: decoder.Decoded, name: str) -> Photo:
    """Store a decoded upload. Raises Refused."""
    return shoots.add_photo(
        shoot,
        upload,
        name=safe_name(name),
        picture=decoded.jpeg,
        thumbnail=decoded.thumbnail,
        size=(decoded.width, decoded.height),
        month="{}-{:02}".format(*decoded.month) if decoded.month else "",
        ai_made=decoded.ai_made,
    )


def remove(photo: Photo) -> None:
    """Take a photo out of its draft and judge the rest anew. Raises Refused."""
    shoots.remove_photo(photo)
    judge_together(photo.shoot)


def stored(photo: Photo) -> StoredPhoto:
    """The photo as the engine takes it. Raises vault.Missing, vault.Gone."""
    return StoredPhoto(
        data=vault.get(photo.shoot_id, "inputs", f"{photo.id}.jpg"),
        month=_month(photo),
        name=photo.name,
        ai_made=photo.ai_made,
    )


def _month(photo: Photo) -> Month | None:
    year, _, month = photo.month.partition("-")
    return (int(year), int(month)) if month else None


def accepted_photos(shoot: Shoot, *, alive: Callable[[], object] = never) -> list[StoredPhoto]:
    """``alive`` is told between two photos: a slow store must not cost its reader the lease."""
    photos = []
    for photo in shoot.photos.all():
        if photo.accepted:
            photos.append(stored(photo))
            alive()
    return photos


def keep_of(shoot: Shoot) -> Keep:
    return keep_list(shoot.keep)


def take(photo_id: UUID) -> Photo | None:
    """Claim a photo for its check. The third start without an end refuses it."""
    now = timezone.now()
    free = Photo.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), verdict=Verdict.WAITING)
    mine = free.filter(pk=photo_id, shoot__release__withdrawn_at=None)
    if not mine.update(claimed_until=now + CHECK_LEASE, starts=F("starts") + 1):
        return None
    photo = Photo.objects.select_related("shoot").get(pk=photo_id)
    if photo.starts > MOST_STARTS:
        _decide(photo, [FAILED_CHECK])
        return None
    return photo


def give_back(photo: Photo) -> None:
    Photo.objects.filter(pk=photo.pk).update(claimed_until=None, nudged_at=None)


def wait_out(photo: Photo) -> None:
    """The database or the store was away: that costs no start."""
    waiting = Photo.objects.filter(pk=photo.pk, verdict=Verdict.WAITING)
    waiting.filter(starts__gt=0).update(starts=F("starts") - 1)
    waiting.update(claimed_until=None, nudged_at=timezone.now())


def note_verdict(photo: Photo, checked: Checked) -> None:
    """Keep the checker's record, decide on the photo, and judge its set anew."""
    if not Photo.objects.filter(pk=photo.pk).exists():  # removed while it was looked at
        return
    vault.put(photo.shoot_id, "inputs", f"{photo.id}.checked", pack(checked))
    face = checked.verdict.face
    box = [round(float(side), 1) for side in face.box] if face else []
    _decide(photo, checked.verdict.reasons, box)


def _decide(photo: Photo, reasons: Sequence[Reason], box: Sequence[float] = ()) -> None:
    refused = any(reason.blocking for reason in reasons)
    across = (photo.width, photo.height) * 2
    Photo.objects.filter(pk=photo.pk).update(
        verdict=Verdict.REFUSED if refused else Verdict.ACCEPTED,
        reasons=[asdict(reason) for reason in reasons],
        box=[side / length for side, length in zip(box, across, strict=False)],
        checked_at=timezone.now(),
        claimed_until=None,
    )
    judge_together(photo.shoot)


def judge_together(shoot: Shoot) -> None:
    """What only the set shows: another person, the same photo twice, and the next best photo to add."""
    photos = list(shoot.photos.exclude(verdict=Verdict.WAITING).order_by("created", "id"))
    records: list[tuple[Photo, Checked]] = []
    for photo in photos:
        try:
            records.append((photo, unpack(Checked, vault.get(shoot.id, "inputs", f"{photo.id}.checked"))))
        except vault.Missing:
            continue
    found = judge_set([checked for _, checked in records], [p.name for p, _ in records]) if records else None
    for (photo, _), reasons in zip(records, found.reasons if found else ()):
        now = [asdict(reason) for reason in reasons]
        if now != photo.set_reasons:
            Photo.objects.filter(pk=photo.pk).update(set_reasons=now)
    seen = _agreed([checked for _, checked in records], found) if found else []
    vault.put(shoot.id, "inputs", "noticed", json.dumps(seen).encode())
    Shoot.objects.filter(pk=shoot.pk).update(advice=_advice(found) if found else {}, changed=F("changed") + 1)


def _agreed(checked: Sequence[Checked], found: SetVerdict) -> list[str]:
    """Words of the keep list that the reader sees in the usable photos together."""
    usable = [one for i, one in enumerate(checked) if one.verdict.accepted and found.accepted(i)]
    return list(detected([one.reading for one in usable if one.reading]).words)


def noticed(shoot: Shoot) -> list[str]:
    """The same as it was last judged: a proposal, to be confirmed by the person."""
    try:
        words: list[str] = json.loads(vault.get(shoot.id, "inputs", "noticed"))
    except (vault.Missing, vault.Gone):
        return []
    return words


def _advice(found: Any) -> dict[str, Any]:
    """The coach's words and its map as plain data: for each axis the probability that a value is shown."""
    return {
        "next": [asdict(reason) for reason in found.advice],
        "shown": [[round(float(p), 2) for p in found.coverage.shown(axis)] for axis in range(3)],
        "cells": [list(cell) for cell in found.coverage.cells],
        "next_cell": list(next_best(found.coverage)),
    }
