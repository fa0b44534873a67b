"""What a company may not do too often: write to strangers, write again, and be one of many."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts import audit, companies, domains, imports, invitations, limits
from accounts.addresses import Person
from accounts.models import Company, Domain, Import, Member
from tests import cast

from .world import Team, browser

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def team() -> Team:
    return Team()


def ask(company: Company, start: int, end: int) -> None:
    people = [Person(f"p{number}@acme.example") for number in range(start, end)]
    invitations.invite(company, people, by=None)


def test_a_new_company_asks_a_hundred_people_a_day(team: Team) -> None:
    Member.objects.filter(company=team.company).update(created=timezone.now() - DAY)
    ask(team.company, 0, 99)
    rows = [["email"], ["p98@acme.example"], ["p99@acme.example"], ["p100@acme.example"]]
    listed = imports.look(team.company, rows)
    with pytest.raises(limits.TooMany, match="at most 100"):
        imports.confirm(listed, {"0": "email"}, invites=True, by=None)
    assert Import.objects.get().confirmed_at is None
    ask(team.company, 0, 100)  # who is there already is no stranger
    page = browser(team.user("hana")).post(
        reverse("invite:paste", args=[team.company.pk]), {"text": "new@acme.example", "confirmed": ""}
    )
    assert page.status_code == 422
    assert b"at most 100" in page.content
    assert team.company.members.count() == 102
    with time_machine.travel(timezone.now() + DAY + timedelta(minutes=1)):
        ask(team.company, 100, 200)


def test_lists_that_are_being_worked_through_count(team: Team) -> None:
    for number in (0, 60):
        people = [[f"p{number + n}@acme.example"] for n in range(60)]
        listed = imports.look(team.company, [["email"], *people])
        confirm = {"mapping": {"0": "email"}, "invites": True, "by": None}
        if number:
            with pytest.raises(limits.TooMany):
                imports.confirm(listed, **confirm)  # type: ignore[arg-type]
        else:
            assert imports.confirm(listed, **confirm)  # type: ignore[arg-type]
            assert not imports.confirm(listed, **confirm)  # type: ignore[arg-type]


@pytest.mark.parametrize("by", ["domain", "payment"])
def test_a_company_that_is_known_asks_everybody(team: Team, by: str) -> None:
    if by == "payment":
        audit.note(team.company, None, "credits.paid", "1")
    else:
        claimed = domains.claim(team.company, "acme.example", by=None)
        with pytest.raises(limits.TooMany):
            ask(team.company, 0, 101)
        Domain.objects.filter(pk=claimed.pk).update(verified_at=timezone.now())
    ask(team.company, 0, 101)


def test_an_invitation_goes_again_three_times_a_day_whatever_was_answered(team: Team) -> None:
    hana = browser(team.user("hana"))
    waiting = cast.member(team.company, email="ann@acme.example")
    for member in (waiting, team.member):
        page = reverse("board:member", args=[team.company.pk, member.pk])
        assert b"Send the invitation again" in hana.get(page).content
        address = reverse("invite:resend", args=[team.company.pk, member.pk])
        said = [hana.post(address, {"next": page}, follow=True).content for _ in range(4)]
        assert ["three times" in one.decode() for one in said] == [False, False, False, True]
        assert member.invitations.count() == 3
        with time_machine.travel(timezone.now() + DAY + timedelta(minutes=1)):
            invitations.resend(member, by=None)
    cast.portrait(team.member, {})
    page = reverse("board:member", args=[team.company.pk, team.member.pk])
    assert b"Send the invitation again" not in hana.get(page).content


def test_one_person_owns_ten_companies(team: Team) -> None:
    hana = team.user("hana")
    for number in range(companies.MOST - 1):
        made = companies.create(hana, f"Acme {number}")
    companies.close(made, by=hana)  # opened today, so it counts
    page = browser(hana).post(reverse("company:new"), {"name": "One more"})
    assert b"at most 10 companies" in page.content
    assert not Company.objects.filter(name="One more").exists()
    with time_machine.travel(timezone.now() + DAY + timedelta(minutes=1)):
        companies.create(hana, "One more")
