"""What a person does with a ready gallery: mark, report, keep for longer or shorter, delete."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Purpose, Release

from . import periods, readings, retention, shoots
from .failures import Refused
from .models import Headshot, Report, Shoot, Status


@dataclass(frozen=True)
class Filter:
    """What the page is to show; empty is everything."""

    look: str = ""
    pose: str = ""
    favourites: bool = False

    def __bool__(self) -> bool:
        return bool(self.look or self.pose or self.favourites)

    def picks(self, headshots: Sequence[Headshot]) -> list[Headshot]:
        return [one for one in headshots if self._fits(one)]

    def _fits(self, one: Headshot) -> bool:
        return (
            self.look in ("", one.look)
            and self.pose in ("", readings.pose(one))
            and (one.favourite or not self.favourites)
        )


def mark(headshot: Headshot, *, favourite: bool) -> None:
    Headshot.objects.filter(pk=headshot.pk).update(favourite=favourite)
    headshot.favourite = favourite


def report(headshot: Headshot, why: str) -> None:
    """What is wrong with it, for the shoot's record; a redo is asked for apart."""
    Headshot.objects.filter(pk=headshot.pk).update(report=Report(why))


def redo(headshot: Headshot, why: str) -> None:
    """The one free redo, for a report on this headshot. Raises Refused."""
    shoots.redo(headshot.shoot, Report(why))
    report(headshot, why)


def can_redo(shoot: Shoot) -> bool:
    return not shoot.redo_of and _can_be_made_again(shoot)


def can_redo_for_company(shoot: Shoot) -> bool:
    return not shoot.redone_for_company and _can_be_made_again(shoot)


def _can_be_made_again(shoot: Shoot) -> bool:
    return not shoot.paid_back and shoot.inputs_gone_at is None and shoot.release.stands


def longer_until(shoot: Shoot) -> datetime | None:
    """When the inputs would go with the consent to keep them; None where nothing would change."""
    if shoot.ready_at is None or shoot.inputs_until is None or shoot.inputs_gone_at:
        return None
    end = shoot.ready_at + periods.of_inputs(shoot) + periods.LONGER
    return end if shoot.inputs_until < end else None


def keep_longer(shoot: Shoot, release: Release) -> None:
    """Keep photos and identity for the further days that the subject consented to. Raises Refused."""
    until = longer_until(shoot)
    if until is None:
        raise Refused(_("These photos cannot be kept any longer."))
    if release.text.purpose != Purpose.KEEP_LONGER or release.user != shoot.subject or not release.stands:
        raise Refused(_("Please give your consent first."))
    kept = Shoot.objects.filter(pk=shoot.pk, status=Status.READY, inputs_gone_at=None)
    if not kept.update(inputs_until=until, kept_under=release, changed=F("changed") + 1):
        raise Refused(_("The photos of this shoot are deleted already."))


def choices(shoot: Shoot, now: datetime) -> list[tuple[timedelta, datetime]]:
    """How long headshots may be kept: the periods that are not over yet, and when each ends."""
    begin = shoot.ready_at or now
    return [(length, begin + length) for length in periods.CHOICES if begin + length > now]


def keep_for(shoot: Shoot, days: int) -> None:
    """Keep the headshots for one of the periods, from the day the gallery was ready. Raises Refused."""
    ends = {length.days: end for length, end in choices(shoot, timezone.now())}
    if days not in ends:
        raise Refused(_("Choose one of the periods; to delete at once there is a button of its own."))
    Shoot.objects.filter(pk=shoot.pk, status=Status.READY).update(headshots_until=ends[days])


def delete_now(shoot: Shoot) -> None:
    """Everything goes before this returns; what a failing storage leaves over, the sweeper takes."""
    now = timezone.now()
    Shoot.objects.filter(pk=shoot.pk).update(inputs_until=now, headshots_until=now)
    retention.purge(shoot, why="asked for by the subject")
