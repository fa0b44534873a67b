"""A company's life: opened, set up, handed over, left and closed, with a line of the log for each."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import product

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import audit, companies, domains
from accounts.models import Company, CompanyToken, Domain, Invitation, InviteLink, Member, Role, User
from generation import leaving
from tests import cast

from .world import Team, browser, log, page, proven

pytestmark = pytest.mark.django_db


def test_whoever_opens_a_company_owns_it() -> None:
    hana = cast.person("hana", password=None)
    client = browser(hana)
    made = client.post(reverse("company:new"), {"name": " Acme \n Ltd "})
    company = Company.objects.get()
    assert made["Location"] == page("settings", company)
    assert company.name == "Acme Ltd"
    assert company.members.get(user=hana).role == Role.OWNER
    assert client.get(reverse("company:companies"))["Location"] == f"{company.pk}/"
    assert log(company) == ["opened the company"]


def test_an_address_that_is_not_verified_opens_none(zoe: Client) -> None:
    zoe.force_login(User.objects.create_user("new@example.com"))
    assert b"company" not in zoe.post(reverse("company:new"), {"name": "Acme"}).content
    assert not Company.objects.exists()


def test_each_setting_that_changes_is_noted_once() -> None:
    team, due = Team(), timezone.localdate() + timedelta(days=30)
    client, sent = team.browser("hana"), {"name": "Acme", "due": due.isoformat(), "inputs_days": "0"}
    assert client.post(page("settings", team.company), sent).status_code == 302
    team.company.refresh_from_db()
    found = (team.company.due, team.company.inputs_days, team.company.reminders)
    assert found == (due, 0, False)
    client.post(page("settings", team.company), sent)
    assert sorted(log(team.company)) == [
        "set the days that photos are kept to 0",
        f"set the due date to {due}",
        "switched reminders off",
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"inputs_days": "31"}, {"inputs_days": "-1"}, {"inputs_days": ""}, {"name": ""}, {"due": "2020-01-01"}],
)
def test_settings_out_of_bounds_change_nothing(wrong: dict[str, str]) -> None:
    team = Team()
    before = Company.objects.filter(pk=team.company.pk).values().get()
    shown = team.browser("hana").post(
        page("settings", team.company), {"name": "Acme", "inputs_days": "7", **wrong}
    )
    assert b"look at this again" in shown.content
    assert Company.objects.filter(pk=team.company.pk).values().get() == before


def test_the_database_holds_the_thirty_days_too() -> None:
    company = Team().company
    for days in (0, 30):
        companies.change(company, by=None, inputs_days=days)
    with pytest.raises(IntegrityError), transaction.atomic():
        companies.change(company, by=None, inputs_days=31)


def test_departments_come_change_and_go() -> None:
    team = Team()
    client = team.browser("adam")
    client.post(page("departments", team.company), {"name": "Sales"})
    sales = team.company.departments.get()
    assert (
        b"of this name already" in client.post(page("departments", team.company), {"name": "sales"}).content
    )
    Member.objects.filter(pk=team.member.pk).update(department=sales)
    client.post(page("department", team.company, department=sales.pk), {"name": "Field sales"})
    assert team.company.departments.get().name == "Field sales"
    foreign = companies.add_department(team.other, "Legal", by=None)
    assert client.post(page("remove_department", team.company, department=foreign.pk)).status_code == 404
    client.post(page("remove_department", team.company, department=sales.pk))
    team.member.refresh_from_db()
    assert team.member.department is None
    assert team.member.left_at is None


def test_who_is_removed_finds_nothing_and_cannot_come_back_by_an_old_mail() -> None:
    team = Team()
    later = timezone.now() + timedelta(days=7)
    invitation = Invitation.objects.create(member=team.member, expires_at=later)
    companies.remove(team.member, by=team.user("hana"))
    companies.remove(team.member, by=team.user("hana"))  # once more does nothing
    invitation.refresh_from_db()
    assert invitation.revoked_at
    assert not companies.of(team.user("emil")).exists()
    assert log(team.company) == ["removed emil@example.com from the company"]


def test_an_account_that_goes_leaves_no_name_behind() -> None:
    team = Team()
    row = team.member
    leaving.leave(team.user("emil"))
    row.refresh_from_db()
    assert (row.email, row.name, row.fields, row.user) == ("", "", {}, None)
    (line,) = audit.in_words(audit.of(team.company))
    assert (line.who, line.what) == ("Somebody without an account now", "left the company")


def test_closing_asks_for_the_name_and_a_fresh_proof() -> None:
    team = Team()
    client = proven(team.user("hana"))
    assert b"not the company" in client.post(page("board:close", team.company), {"name": "acme"}).content
    session = client.session
    session["account_authentication_methods"][0]["at"] -= 7200  # also what the session was given ahead
    session.save()
    asked = client.post(page("board:close", team.company), {"name": "Acme"})
    assert asked.status_code == 302
    assert "reauthenticate" in asked["Location"]
    team.company.refresh_from_db()
    assert team.company.closed_at is None


def test_nothing_of_a_closed_company_opens() -> None:
    team = Team()
    assert team.left
    shoot = cast.ready(team.user("emil"), 1)
    type(shoot).objects.filter(pk=shoot.pk).update(member=team.member)
    later = timezone.now() + timedelta(days=7)
    invitation = Invitation.objects.create(member=team.member, expires_at=later)
    link = InviteLink.objects.create(
        company=team.company, token="t", domain="a.example", cap=9, expires_at=later
    )
    CompanyToken.objects.create(company=team.company, name="HR", sha256="0")
    domains.claim(team.company, "acme.example", by=None)
    client = proven(team.user("hana"))
    done = client.post(page("board:close", team.company), {"name": "Acme"}, follow=True)
    assert b"Acme is closed" in done.content
    for name, persona in product(("settings", "people", "audit", "board:close"), ("hana", "adam")):
        assert team.browser(persona).get(page(name, team.company)).status_code == 404
    for row in (invitation, link):
        row.refresh_from_db()
        assert row.revoked_at
    assert not Domain.objects.exists()
    assert not CompanyToken.objects.exists()
    emil = team.browser("emil")
    assert b"Acme" not in emil.get(reverse("company:companies")).content
    assert emil.get(reverse("generation:shoot", args=[shoot.pk])).status_code == 200
    assert set(team.company.members.values_list("email", "name")) == {("", "")}


def test_due_is_shown_as_it_is_set() -> None:
    team = Team()
    Company.objects.filter(pk=team.company.pk).update(due=date(2020, 1, 31))
    shown = team.browser("hana").get(page("settings", team.company)).content
    assert b'value="2020-01-31"' in shown
