"""Owners name admins, rights end with the next request, and a company is never without an owner."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.urls import reverse

from accounts import companies
from accounts.models import Member, Role, User
from generation import leaving
from tests import cast

from .world import Team, log, page, proven

pytestmark = pytest.mark.django_db


def test_rights_end_with_the_next_request() -> None:
    team = Team()
    hana, adam = team.browser("hana"), team.browser("adam")
    assert adam.get(page("settings", team.company)).status_code == 200  # the page stays open
    hana.post(page("role", team.company, member=team.seat("adam").pk), {"role": "member"})
    late = adam.post(page("settings", team.company), {"name": "Adam's", "inputs_days": "30"})
    assert late.status_code == 404
    team.company.refresh_from_db()
    assert team.company.name == "Acme"
    assert log(team.company) == ["took the admin rights of Adam back"]


def test_owners_name_admins_by_their_address() -> None:
    team = Team()
    asked = cast.member(team.company, email="new@acme.example")  # may not have accepted yet
    client = team.browser("hana")
    assert (
        b"Invite them first" in client.post(page("add_admin", team.company), {"email": "x@y.example"}).content
    )
    client.post(page("add_admin", team.company), {"email": "New@Acme.example"})
    asked.refresh_from_db()
    assert asked.role == Role.ADMIN
    client.post(page("add_admin", team.company), {"email": "hana@example.com"})
    assert team.seat("hana").role == Role.OWNER  # nobody becomes less that way


def test_a_company_is_handed_over() -> None:
    team = Team()
    hana, adam = team.browser("hana"), team.browser("adam")
    mine = page("role", team.company, member=team.seat("hana").pk)
    assert b"needs an owner" in hana.post(mine, {"role": "admin"}, follow=True).content
    assert team.seat("hana").role == Role.OWNER
    hana.post(page("role", team.company, member=team.seat("adam").pk), {"role": "owner"})
    hana.post(mine, {"role": "member"})
    assert hana.get(page("people", team.company)).status_code == 404
    assert adam.get(page("board:close", team.company)).status_code == 200


def test_nobody_owns_who_cannot_sign_in() -> None:
    team = Team()
    asked = cast.member(team.company, email="new@acme.example", role=Role.ADMIN)
    with pytest.raises(companies.NotJoined):
        companies.set_role(asked, Role.OWNER, by=None)


def test_no_admin_removes_another() -> None:
    team = Team()
    with pytest.raises(companies.Administers, match="Hana administers"):
        companies.remove(team.seat("hana"), by=team.user("adam"))
    assert team.seat("hana").left_at is None


@pytest.mark.parametrize("way", ["leave", "depart"])
def test_the_last_owner_stays(way: str) -> None:
    team = Team()
    hana = team.seat("hana")
    go = {
        "leave": lambda: companies.leave(hana),
        "depart": lambda: leaving.leave(team.user("hana")),
    }[way]
    with pytest.raises(companies.LastOwner, match="Acme needs an owner"):
        go()
    hana.refresh_from_db()
    assert hana.left_at is None
    assert User.objects.filter(pk=hana.user_id, is_active=True).exists()
    companies.set_role(team.seat("adam"), Role.OWNER, by=None)
    go()
    assert not Member.objects.filter(pk=hana.pk, left_at=None).exists()


def test_the_last_owner_is_told_before_the_account_goes() -> None:
    team = Team()
    told = proven(team.user("hana")).post(reverse("generation:leave"), {"leave": "yes"})
    assert told["Location"] == reverse("company:companies")
    assert User.objects.filter(pk=team.user("hana").pk, is_active=True).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_go_at_once_one_stays() -> None:
    together, answers = threading.Barrier(2), list[str]()

    def go(owner: Member) -> None:
        together.wait()
        try:
            companies.leave(owner)
            answers.append("left")
        except companies.LastOwner:
            answers.append("stays")
        finally:
            connection.close()

    for number in range(8):
        both = [cast.person(f"{name}-{number}", password=None) for name in ("hana", "adam")]
        company = cast.company(both[0])
        cast.member(company, both[1], role=Role.OWNER)
        threads = [threading.Thread(target=go, args=[owner]) for owner in company.members.all()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert company.members.filter(left_at=None).count() == 1
    assert sorted(answers) == ["left"] * 8 + ["stays"] * 8
