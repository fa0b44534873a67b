"""How long what is kept: one table, which the sweeper obeys and the public page shows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts import delivering, imports

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

    from .models import Shoot

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Dates = dict[str, Any]  # the columns that say when what goes, and that moment or None


@dataclass(frozen=True)
class Period:
    """One line of the table."""

    what: StrOrPromise
    length: timedelta
    begins: StrOrPromise
    note: StrOrPromise = ""


PERIODS = {
    "try": Period(_("Free try: the selfie and its pictures"), HOUR, _("after the selfie was sent")),
    "draft": Period(_("Photos of a shoot that was never submitted"), DAY, _("after it was opened")),
    "own": Period(
        _("A picture of your own that you prepared for your company and did not release"),
        DAY,
        _("after it was added"),
    ),
    "import": Period(
        _("A list of people that a company uploaded and did not confirm"),
        imports.UNCONFIRMED,
        _("after it was uploaded"),
    ),
    "told": Period(
        _("What programs of a company were told: ids of members and what happened"),
        delivering.KEPT,
        _("after it happened"),
    ),
    "asked": Period(
        _("A report of a picture, a question to our staff with its answer, a sign of misuse"),
        180 * DAY,
        _("after it was closed"),
    ),
    "failed": Period(_("Photos of a shoot that failed or was stopped"), DAY, _("after it ended")),
    "inputs": Period(
        _("Photos, face measurements and the learned identity"),
        7 * DAY,
        _("after the gallery is ready"),
        _(
            "30 days longer with a consent of its own; in a shoot that a company asked for, as many days as"
            " it set, 0 to 30"
        ),
    ),
    "headshots": Period(
        _("Headshots"), 90 * DAY, _("after the gallery is ready"), _("7, 30, 90 or 365 days, as you choose")
    ),
}
LONGER = 30 * DAY  # what the consent to keep the inputs longer adds
CHOICES = tuple(count * DAY for count in (7, 30, 90, 365))  # of the headshots
WARNING = 3 * DAY  # before the headshots go, a letter says so


def in_words(span: timedelta) -> str:
    """A period in whole days or hours."""
    if span % DAY:
        return ngettext("%d hour", "%d hours", span // HOUR) % (span // HOUR)
    return ngettext("%d day", "%d days", span // DAY) % (span // DAY)


def of_a_draft(kind: str, now: datetime) -> Dates:
    end = now + PERIODS["try" if kind == "try" else "draft"].length
    return {"inputs_until": end, "headshots_until": end}


def of_a_gallery(shoot: Shoot, now: datetime) -> Dates:
    """A try keeps its hour. A later round keeps the person's own choice, a week from now at the least.

    The consent to keep the inputs longer holds for every round.
    """
    if shoot.kind == "try":
        return {}
    headshots = now + PERIODS["headshots"].length
    if shoot.ready_at and shoot.headshots_until:
        headshots = max(now + CHOICES[0], shoot.headshots_until)
    return {"inputs_until": _end_of_inputs(shoot, now), "headshots_until": headshots}


def of_inputs(shoot: Shoot) -> timedelta:
    """How long the inputs are kept after the gallery; a company sets it for the shoots that it asked for.

    None at all is possible: the first redo by itself is decided by then.
    """
    return shoot.member.company.inputs_days * DAY if shoot.member else PERIODS["inputs"].length


def _end_of_inputs(shoot: Shoot, ready_at: datetime) -> datetime:
    longer = LONGER if shoot.kept_under and shoot.kept_under.stands else timedelta(0)
    return ready_at + of_inputs(shoot) + longer


def of_a_failure(shoot: Shoot, now: datetime) -> Dates:
    """A try keeps its hour; what earlier rounds made stays as long as it was to stay."""
    if shoot.kind == "try":
        return {}
    end = now + PERIODS["failed"].length
    if shoot.ready_at:
        inputs = max(end, _end_of_inputs(shoot, shoot.ready_at))
        return {"inputs_until": inputs, "headshots_until": shoot.headshots_until}
    return {"inputs_until": end, "headshots_until": end}
