"""The life of a CSV of people: looked at, its columns named, then worked through in the background.

A chunk and how far the import is are written together, so whoever is interrupted goes on where it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from . import audit, columns, invitations, limits
from .addresses import Person
from .models import Company, Import, User

CHUNK = 500  # rows: a second or less, so that the progress is seen to move
LEASE = timedelta(minutes=1)
UNCONFIRMED = timedelta(days=1)


def look(company: Company, rows: list[list[str]]) -> Import:
    """Keep what was uploaded until its columns are named."""
    return Import.objects.create(company=company, rows=rows, mapping=columns.guess(rows), total=len(rows) - 1)


def preview(
    rows: columns.Rows, mapping: Mapping[str, str], most: int
) -> tuple[list[Person], list[list[object]], int]:
    """The first people, the first problems, and how many rows are good."""
    people: list[Person] = []
    errors: list[list[object]] = []
    for number, found in columns.people(rows, mapping):
        if isinstance(found, Person):
            people.append(found)
        else:
            errors.append([number, found])
    return people[:most], errors[:most], len(people)


def confirm(row: Import, mapping: Mapping[str, str], *, invites: bool, by: User | None) -> bool:
    """Let a worker begin; False when it was confirmed before. Raises limits.TooMany."""
    waiting = Import.objects.filter(pk=row.pk, confirmed_at=None)
    own = [columns.names(row.rows[0])[int(one)] for one, use in mapping.items() if use == columns.FIELD]
    with transaction.atomic():
        company = Company.objects.select_for_update().get(pk=row.company_id)
        if not waiting.exists():
            return False
        found = (one for _number, one in columns.people(row.rows, mapping))
        limits.strangers(company, (one.email for one in found if isinstance(one, Person)))
        waiting.update(mapping=mapping, invites=invites, confirmed_at=timezone.now())
        company.columns += [name for name in own if name not in company.columns]
        company.save(update_fields=["columns"])
        audit.note(company, by, "import.confirmed", row.pk)
    return True


def work(pk: UUID) -> None:
    """All that is left of it, chunk by chunk, for one worker at a time."""
    now = timezone.now()
    free = Import.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), finished_at=None)
    if not free.filter(pk=pk, confirmed_at__isnull=False).update(claimed_until=now + LEASE):
        return
    row = Import.objects.select_related("company").get(pk=pk)
    rest = islice(columns.people(row.rows, row.mapping), row.done, None)
    while chunk := list(islice(rest, CHUNK)):
        if not _taken(row, chunk):
            return
    Import.objects.filter(pk=pk, finished_at=None).update(rows=[], finished_at=timezone.now())


def _taken(row: Import, chunk: Sequence[tuple[int, Person | str]]) -> bool:
    """Whether the chunk was this worker's to take: another may have gone on after a lease ran out."""
    with transaction.atomic():
        mine = Import.objects.filter(pk=row.pk, done=row.done, finished_at=None)
        row.done += len(chunk)
        if not mine.update(done=row.done, claimed_until=timezone.now() + LEASE):
            return False
        people = [found for _number, found in chunk if isinstance(found, Person)]
        asked = invitations.ask(row.company, people, invites=row.invites)
        row.added += asked.added
        row.changed += asked.changed
        row.errors += [[number, found] for number, found in chunk if isinstance(found, str)]
        row.save(update_fields=["added", "changed", "errors"])
    return True


def forget(now: datetime) -> None:
    """Lists that nobody confirmed for a day."""
    Import.objects.filter(confirmed_at=None, created__lt=now - UNCONFIRMED).delete()
