"""A report that a picture must not be here: hidden at once where it is known which, decided by staff."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts import audit
from accounts.models import User

from . import answers, periods, portraits, retention, vault
from .failures import Refused
from .models import Headshot, Portrait, Shoot, Status, Takedown

RATES = {"takedown": "10/h/ip"}
NUMBER = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
# Promised is hidden within an hour; a quarter of it is left when staff is alarmed.
ALARM = timedelta(minutes=45)
ANSWERS = {
    Takedown.Outcome.RESTORED: gettext_lazy("A person looked at your report and shows the picture again."),
    Takedown.Outcome.REMOVED: gettext_lazy("A person looked at your report and deleted the picture."),
    Takedown.Outcome.REFUSED: gettext_lazy(
        "A person looked at your report and found no picture of this site that it could mean. Its address or"
        " number would help; you may report it again."
    ),
}
SIZES = ("full", "preview", "thumb")


def ask(*, which: str, words: str, email: str = "") -> Takedown:
    """Anybody's report. What its words name beyond doubt is hidden in the same moment."""
    with transaction.atomic():
        report = Takedown.objects.create(which=which, words=words, email=email)
        _name(report, which)
        if report.shoot_id or report.portrait_id:
            _hide(report, None)
    return report


def _name(report: Takedown, which: str) -> None:
    """Find what is meant by the numbers in an address: one picture, else all of one shoot, else nothing.

    The numbers cannot be guessed: who knows one has seen the page. A company knows its own copies only."""
    numbers = [UUID(number) for number in NUMBER.findall(which)]
    found: list[Portrait | Headshot | Shoot] = [
        *Portrait.objects.filter(pk__in=numbers, erased_at=None),
        *Headshot.objects.filter(pk__in=numbers).select_related("shoot"),
    ]
    if not found:
        found = [*Shoot.objects.filter(pk__in=numbers).exclude(status=Status.PURGED)]
    if len(found) != 1:
        return
    (one,) = found
    report.portrait = one if isinstance(one, Portrait) else None
    report.headshot = one if isinstance(one, Headshot) else None
    if isinstance(one, Portrait):
        return
    report.shoot = one.shoot if isinstance(one, Headshot) else one


def hide(report: Takedown, by: User, which: str) -> None:
    """Staff says by an address or number which picture is meant. Raises Refused."""
    _require_open(report)
    with transaction.atomic():
        _name(report, which or report.which)
        if not (report.shoot or report.portrait):
            raise Refused(_("No picture has this address or number; give that of one picture or one shoot."))
        _hide(report, by)


def _hide(report: Takedown, by: User | None) -> None:
    report.hidden_at = timezone.now()
    report.save(update_fields=["shoot", "headshot", "portrait", "hidden_at"])
    for found in _pictures(report):
        found.filter(hidden_at=None).update(hidden_at=report.hidden_at)
    _note(report, by, "takedown.hidden")


def _pictures(report: Takedown) -> Iterable[QuerySet[Headshot] | QuerySet[Portrait]]:
    """What the report is about: a company's copy alone, a headshot with its copies, or all of a shoot."""
    if report.portrait_id:
        yield Portrait.objects.filter(pk=report.portrait_id)
    elif report.headshot_id:
        yield Headshot.objects.filter(pk=report.headshot_id)
        yield Portrait.objects.filter(headshot=report.headshot_id)
    elif report.shoot_id:
        yield Headshot.objects.filter(shoot=report.shoot_id)
        yield Portrait.objects.filter(headshot__shoot=report.shoot_id)


def restore(report: Takedown, by: User, reason: str) -> None:
    """There is nothing wrong with it: shown again, where no other report hides it."""
    _require_open(report)
    others = Takedown.objects.filter(closed_at=None, hidden_at__isnull=False).exclude(pk=report.pk)
    with transaction.atomic():
        for found in _pictures(report):
            found.update(hidden_at=None)
        was = report.hidden_at
        _close(report, Takedown.Outcome.RESTORED if was else Takedown.Outcome.REFUSED, reason)
        if was:
            _note(report, by, "takedown.restored", reason)
        for other in others:
            for found in _pictures(other):
                found.filter(hidden_at=None).update(hidden_at=other.hidden_at)


def remove(report: Takedown, by: User, reason: str) -> None:
    """It must not be here: files first, rows last, safe to repeat. A shoot goes with all it holds."""
    _require_open(report)
    if not report.hidden_at:
        raise Refused(_("Hide it first, so that it is known which picture goes."))
    _note(report, by, "takedown.removed", reason)
    for portrait in _portraits(report):
        portraits.take_back(portrait)
    if report.headshot:
        _erase(report.headshot)
    elif report.shoot and not report.portrait_id:
        retention.purge(report.shoot, why="taken_down")
    _close(report, Takedown.Outcome.REMOVED, reason)


def _portraits(report: Takedown) -> QuerySet[Portrait]:
    about = Q(pk=report.portrait_id)
    if report.headshot_id:
        about |= Q(headshot=report.headshot_id)
    elif report.shoot_id:
        about |= Q(headshot__shoot=report.shoot_id)
    return Portrait.objects.filter(about, erased_at=None).select_related("member__company")


def _erase(headshot: Headshot) -> None:
    for name in (*SIZES, *(one.what for one in headshot.renditions.all())):
        vault.delete(headshot.shoot_id, "headshots", f"{headshot.pk}.{name}")
    vault.delete(headshot.shoot_id, "inputs", f"{headshot.pk}.measures")
    headshot.delete()


def _close(report: Takedown, outcome: Takedown.Outcome, reason: str) -> None:
    """Who asked reads the outcome; the address goes with the answer."""
    if report.email:
        answers.mail(report.email, _("Your report of a picture"), str(ANSWERS[outcome]))
    Takedown.objects.filter(pk=report.pk).update(
        outcome=outcome, reason=reason, closed_at=timezone.now(), email=""
    )
    report.refresh_from_db()


def _require_open(report: Takedown) -> None:
    report.refresh_from_db()
    if report.closed_at:
        raise Refused(_("This report is closed."))


def _note(report: Takedown, by: User | None, what: str, reason: str = "") -> None:
    subject = report.shoot.subject if report.shoot else None
    if report.portrait:
        subject = report.portrait.member.user
    audit.record(by, what, f"report {report.pk} {reason}".strip(), subject=subject)


def standing(shoot: Shoot) -> bool:
    """Whether some of the shoot's pictures are hidden now."""
    return shoot.takedowns.filter(closed_at=None, hidden_at__isnull=False).exists()


def alarms(now: datetime) -> list[str]:
    waiting = Takedown.objects.filter(closed_at=None, hidden_at=None, created__lt=now - ALARM).count()
    if not waiting:
        return []
    said = ngettext(
        "%(count)s reported picture is not hidden after 45 minutes; we promise an hour.",
        "%(count)s reported pictures are not hidden after 45 minutes; we promise an hour.",
        waiting,
    )
    return [said % {"count": waiting}]


def tidy(now: datetime | None = None) -> None:
    """Closed reports go in time, with the address of who asked."""
    end = (now or timezone.now()) - periods.PERIODS["asked"].length
    Takedown.objects.filter(closed_at__lt=end).delete()
