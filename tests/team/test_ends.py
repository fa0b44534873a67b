"""Whichever way somebody's place ends, the company has no picture of them any more."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import timezone

from accounts import companies
from accounts.models import Member
from generation import leaving, seats, shoots, sweeper, vault
from generation.models import Portrait, Shoot, Status
from tests import cast

from .world import Team

pytestmark = pytest.mark.django_db
FILES = {"full": cast.picture()}


def closed(team: Team) -> None:
    for _twice in range(2):
        seats.close(team.company, by=team.user("hana"))


def broken_off(team: Team) -> None:
    """The process died between a company's end and that of its pictures."""
    companies.close(team.company, by=team.user("hana"))


def left(team: Team) -> None:
    """It died between somebody's leaving and that of their pictures."""
    Member.objects.filter(pk=team.member.pk).update(left_at=timezone.now())


def deleted(team: Team) -> None:
    leaving.leave(team.user("emil"))


@pytest.mark.parametrize("end", [closed, broken_off, left, deleted])
@pytest.mark.django_db(transaction=True)  # the sweeper empties the write-ahead log
def test_an_end_takes_every_picture_and_lets_go_of_the_shoots(end: Callable[[Team], None]) -> None:
    team = Team()
    shoot = cast.training(team.user("emil"))
    Shoot.objects.filter(pk=shoot.pk).update(member=team.member)
    made = [cast.portrait(team.member, FILES), cast.portrait(team.member, FILES, place=2, released_at=None)]
    rita = cast.portrait(team.other.members.get(), FILES)
    end(team)
    sweeper.tidy()
    assert not Portrait.objects.filter(member=team.member, erased_at=None).exists()
    for one in made:
        with pytest.raises(vault.Gone):
            vault.get(one.pk, "portraits", "full")
    assert not Shoot.objects.filter(member__isnull=False).exists()
    assert vault.get(rita.pk, "portraits", "full")


def test_what_a_closed_company_paid_for_goes_on() -> None:
    team = Team()
    shoot = cast.training(team.user("emil"))
    Shoot.objects.filter(pk=shoot.pk).update(member=team.member)
    closed(team)
    shoots.beat(shoot, shoot.claim, progressed=True)
    shoot.refresh_from_db()
    assert (shoot.status, shoot.subject) == (Status.SUBMITTED, team.user("emil"))
    assert shoot.credit
