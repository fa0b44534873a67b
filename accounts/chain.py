"""The audit log sealed into a chain of hashes, so that a changed, deleted or inserted line is named.

A seal lists the exact ids that it covers, since PostgreSQL gives ids out before rows are committed: a line
that was committed late, with a lower id, is simply in a later seal. Only when its id is below what was sealed
an hour before the last seal, longer than any transaction lasts, is a line without a seal taken for inserted.
The installation's key, which is not in the database, signs each seal: who may write the database alone cannot
make the chain anew. What a chain cannot show is that its newest seals were cut off: note a digest elsewhere.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import Error, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import signing
from .models import AuditCheck, AuditEntry, AuditSeal

log = logging.getLogger(__name__)
EVERY = timedelta(minutes=1)
LATE = timedelta(hours=1)  # within which a line with a lower id may still appear
MOST = 2000  # lines of one seal
SILENCE = timedelta(minutes=10)  # a line that waits longer for its seal has no worker
DAILY = timedelta(days=1)
KEPT = timedelta(days=90)  # results of checks
FIRST = "0" * 64  # what the first seal follows
LINE = ("id", "at", "company_id", "subject_id", "actor_id", "what", "about")


def hashed(line: dict[str, Any]) -> str:
    """Of a line's columns; empty ones do not count, so that a column added later breaks no seal."""
    said = {name: _said(value) for name, value in line.items() if value not in (None, "")}
    return hashlib.sha256(signing.canonical(said).encode()).hexdigest()


def _said(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, int) else str(value)


def seal(now: datetime | None = None) -> int:
    """Seal what is new, once the last seal is a minute old; returns how many lines. Nothing new: no write."""
    now = now or timezone.now()
    last = AuditSeal.objects.last()
    if last and last.at > now - EVERY:
        return 0
    sealed = 0
    while new := _unsealed(last)[:MOST]:
        try:
            last = _append(last, new, now)
        except IntegrityError:  # another worker sealed them in this moment
            break
        sealed += len(new)
    return sealed


def _unsealed(last: AuditSeal | None) -> list[dict[str, Any]]:
    """Lines without a seal, from where late ones may still appear."""
    seen = {int(pk) for seal in _recent(last) for pk in json.loads(seal.text)["lines"]}
    lines = AuditEntry.objects.filter(pk__gt=horizon(last)).order_by("pk")
    new = [pk for pk in lines.values_list("pk", flat=True) if pk not in seen][:MOST]
    return list(AuditEntry.objects.filter(pk__in=new).order_by("pk").values(*LINE)) if new else []


def _recent(last: AuditSeal | None) -> Iterable[AuditSeal]:
    return AuditSeal.objects.filter(at__gte=last.at - LATE) if last else ()


def horizon(last: AuditSeal | None) -> int:
    """The line up to which none can appear any more: what was sealed an hour before the last seal."""
    early = last and AuditSeal.objects.filter(at__lt=last.at - LATE).last()
    return early.last if early else 0


def _append(last: AuditSeal | None, lines: Sequence[dict[str, Any]], now: datetime) -> AuditSeal:
    previous, highest = (last.digest, last.last) if last else (FIRST, 0)
    text, signature = signing.sign(
        {
            "type": "audit seal",
            "previous": previous,
            "at": _said(now),
            "lines": {str(line["id"]): hashed(line) for line in lines},
        }
    )
    with transaction.atomic():
        return AuditSeal.objects.create(
            previous=previous,
            digest=_digest(text),
            at=now,
            last=max(highest, lines[-1]["id"]),
            text=text,
            signature=signature,
        )


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Found:
    """What holding the log against its seals showed."""

    lines: int  # that fit
    waiting: int  # not sealed yet
    digest: str  # of the last seal
    fault: str  # the first that does not fit


def verify(noted: str = "") -> Found:
    """Hold every line against its seal. ``noted`` is a digest from earlier that the chain must still hold."""
    previous, fits, sealed = FIRST, 0, set[int]()
    last = AuditSeal.objects.last()
    genuine = signing.verifier()
    for one in AuditSeal.objects.filter(pk__lte=last.pk if last else 0).iterator(200):
        if fault := _broken(one, previous, genuine):
            return Found(fits, 0, previous, fault)
        said = {int(pk): line for pk, line in json.loads(one.text)["lines"].items()}
        if fault := _misfit(said):
            return Found(fits, 0, previous, fault)
        sealed |= said.keys()
        previous, fits, noted = one.digest, fits + len(said), "" if noted == one.digest else noted
    if noted:
        return Found(fits, 0, previous, f"No seal has the digest {noted}: seals were cut off.")
    ids = AuditEntry.objects.order_by("pk").values_list("pk", flat=True)
    unsealed = [pk for pk in ids.iterator() if pk not in sealed]
    if unsealed and unsealed[0] <= horizon(last):
        return Found(fits, 0, previous, f"Line {unsealed[0]} was inserted: no seal knows it.")
    return Found(fits, len(unsealed), previous, "")


def _broken(one: AuditSeal, previous: str, genuine: Callable[[str, str], bool]) -> str:
    """What is wrong with a seal itself."""
    if not genuine(one.text, one.signature) or one.digest != _digest(one.text):
        return f"Seal {one.pk} was altered."
    said = json.loads(one.text)
    if one.previous != previous or said["previous"] != previous:
        return f"Before seal {one.pk} a seal is missing."
    if _said(one.at) != said["at"]:
        return f"Seal {one.pk} was altered."
    return ""


def _misfit(said: dict[int, str]) -> str:
    """The first line of a seal that is not as it was sealed."""
    for pk, line in _as_they_are(list(said)):
        if line != said[pk]:
            return f"Line {pk} was {'changed' if line else 'deleted'}."
    return ""


def _as_they_are(ids: Sequence[int]) -> Iterator[tuple[int, str]]:
    """Each line's id and hash, in the order of the ids; empty where there is no such line."""
    ids = sorted(ids)
    try:
        found = {line["id"]: hashed(line) for line in AuditEntry.objects.filter(pk__in=ids).values(*LINE)}
    except (ValueError, TypeError):  # SQLite stores whatever was put into a column of times or ids
        found = {pk: _alone(pk) for pk in ids}
    for pk in ids:
        yield pk, found.get(pk, "")


def _alone(pk: int) -> str:
    try:
        return "".join(hashed(line) for line in AuditEntry.objects.filter(pk=pk).values(*LINE))
    except (ValueError, TypeError):
        return "unreadable"


def check(now: datetime | None = None) -> AuditCheck:
    """Verify, and keep what was found for the staff pages."""
    now = now or timezone.now()
    found = verify()
    if found.fault:
        log.error("the audit log does not fit its seals: %s", found.fault)
    AuditCheck.objects.filter(at__lt=now - KEPT).delete()
    return AuditCheck.objects.create(at=now, lines=found.lines, fault=found.fault)


def check_is_due(now: datetime | None = None) -> bool:
    now = now or timezone.now()
    return not AuditCheck.objects.filter(at__gt=now - DAILY).exists()


def alarms(now: datetime) -> list[str]:
    """What staff must know: a line that does not fit, or lines that nobody seals."""
    last, seal = AuditCheck.objects.first(), AuditSeal.objects.last()
    said = []
    if last and last.fault:
        said.append(_("The audit log does not fit its seals: {fault}").format(fault=last.fault))
    new = AuditEntry.objects.filter(pk__gt=seal.last if seal else 0).order_by("pk").first()
    if new and new.at < now - SILENCE:
        said.append(_("The audit log has not been sealed for more than ten minutes."))
    return said


def tidy() -> None:
    """The sweeper's part; an unreachable key store must not keep it from the rest."""
    try:
        seal()
    except Error:
        raise
    except Exception:
        log.exception("sealing the audit log")
