"""What staff must see on every page of theirs: that something waits and nobody does it.

The log says the same once a worker sweeps again; with no worker at all, only these pages can tell.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import ngettext

from accounts import chain
from billing.models import MoneyBack

from . import fairness, questions, retention, takedowns
from .models import Letter, Photo, Verdict

PATIENCE = timedelta(minutes=10)  # a check takes seconds, a letter one: nobody is there to do them


def alarms(now: datetime | None = None) -> list[str]:
    """A sentence for each."""
    now = now or timezone.now()
    late = retention.overdue(now - retention.SILENCE).count()
    waiting = Photo.objects.filter(verdict=Verdict.WAITING, created__lt=now - PATIENCE).count()
    unsent = Letter.objects.filter(sent_at=None, created__lt=now - PATIENCE).count()
    owed = MoneyBack.objects.filter(done_at=None, created__lt=now - PATIENCE).count()
    said = []
    if late:
        said.append(
            ngettext(
                "%(count)s shoot should have been deleted more than two hours ago.",
                "%(count)s shoots should have been deleted more than two hours ago.",
                late,
            )
            % {"count": late}
        )
    if waiting:
        said.append(
            ngettext(
                "%(count)s photo has waited for its check for more than ten minutes.",
                "%(count)s photos have waited for their check for more than ten minutes.",
                waiting,
            )
            % {"count": waiting}
        )
    if unsent:
        said.append(
            ngettext(
                "%(count)s letter has not been sent for more than ten minutes.",
                "%(count)s letters have not been sent for more than ten minutes.",
                unsent,
            )
            % {"count": unsent}
        )
    if owed:
        said.append(
            ngettext(
                "The money of %(count)s order has been waiting to go back for more than ten minutes.",
                "The money of %(count)s orders has been waiting to go back for more than ten minutes.",
                owed,
            )
            % {"count": owed}
        )
    return [*said, *fairness.alarm(), *chain.alarms(now), *takedowns.alarms(now), *questions.alarms(now)]
