"""Reminding whoever has not released anything: when is decided purely, then messages are written."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.db.models import Count, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from . import posting
from .models import Invitation, Member, Message, Role

DAY = timedelta(days=1)
MOST = 4
MORNING = time(8, tzinfo=UTC)  # when mails of a day go out
EVERY = 3600  # seconds between two looks: at all who are quiet


def moments(begun: datetime, due: date | None) -> list[datetime]:
    """When to remind somebody who was asked at ``begun``: at most four, each a day after the one before."""
    if due is None:
        return [begun + week * timedelta(weeks=1) for week in range(1, MOST + 1)]
    end = datetime.combine(due, MORNING)
    found: list[datetime] = []
    for moment in sorted([begun + (end - begun) / 2, end - 3 * DAY, end - DAY]):
        if moment - max([begun, *found]) >= DAY:
            found.append(moment)
    return found


def due_now(begun: datetime, due: date | None, last: datetime | None, now: datetime) -> bool:
    """Whether a moment has come since the last reminder; of several that were missed, one is made up for."""
    return any(max(begun, last or begun) < moment <= now for moment in moments(begun, due))


def sweep(quiet: QuerySet[Member], now: datetime) -> None:
    """Once an hour. ``quiet`` are members who have released nothing that stands."""
    if cache.add("accounts.reminders", True, EVERY):
        remind(quiet, now)


def remind(quiet: QuerySet[Member], now: datetime) -> None:
    """Write to whose moment has come, of companies that want it; never to who refused or was not asked."""
    for member in list(_asked(quiet)):
        last = member.reminded_at
        if due_now(member.begun, member.due or member.company.due, last, now):
            with transaction.atomic():
                if Member.objects.filter(pk=member.pk, reminded_at=last).update(reminded_at=now):
                    posting.write(member, Message.About.REMINDER)


def _asked(quiet: QuerySet[Member]) -> QuerySet[Any]:
    """With ``begun``, when they were asked the last time, and no more than three reminders since."""
    of_member = Message.objects.filter(member=OuterRef("pk"))
    again = of_member.filter(about=Message.About.AGAIN).order_by("-created").values("created")[:1]
    invited = Exists(Invitation.objects.filter(member=OuterRef("pk"), sent_at__isnull=False, revoked_at=None))
    since = Q(messages__about=Message.About.REMINDER, messages__created__gt=F("begun"))
    return (
        quiet.filter(left_at=None, refused_at=None, company__reminders=True, company__closed_at=None)
        .filter(Q(joined_at__isnull=False) | invited)
        .exclude(role=Role.OWNER)  # who founded it was asked by nobody
        .annotate(begun=Coalesce(Subquery(again, output_field=DateTimeField()), F("created")))
        .annotate(reminders=Count("messages", filter=since))
        .filter(reminders__lt=MOST)
        .select_related("company")
    )
