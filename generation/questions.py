"""What a person asks our staff, and the one answer by mail."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import audit
from accounts.models import User

from . import answers, periods
from .failures import Refused
from .models import HelpRequest, Shoot

RATES = {"ask": "10/h/user"}
ALARM = timedelta(days=1)


def ask(user: User, words: str, shoot: Shoot | None) -> HelpRequest:
    return HelpRequest.objects.create(user=user, words=words, shoot=shoot)


def of(user: User) -> QuerySet[HelpRequest]:
    """The person's own, the newest first."""
    return HelpRequest.objects.filter(user=user).order_by("-created")


def answer(question: HelpRequest, by: User, text: str) -> None:
    """By mail, and on the person's page; once. Raises Refused, or OSError where no mail can be sent."""
    mine = HelpRequest.objects.filter(pk=question.pk, closed_at=None)
    with transaction.atomic():  # a mail that cannot be sent leaves it open
        if not mine.update(answer=text, closed_at=timezone.now()):
            raise Refused(_("This question is answered."))
        audit.record(by, "help.answered", f"question {question.pk}", subject=question.user)
        answers.mail(question.user.email, _("Your question to us"), text)
    question.refresh_from_db()


def alarms(now: datetime) -> list[str]:
    waiting = HelpRequest.objects.filter(closed_at=None, created__lt=now - ALARM).count()
    if not waiting:
        return []
    said = ngettext(
        "%(count)s question has waited for an answer for more than a day.",
        "%(count)s questions have waited for an answer for more than a day.",
        waiting,
    )
    return [said % {"count": waiting}]


def tidy(now: datetime | None = None) -> None:
    end = (now or timezone.now()) - periods.PERIODS["asked"].length
    HelpRequest.objects.filter(closed_at__lt=end).delete()
