"""Coming into a company: by a mail, once and for its address alone; by a link for many, up to its cap."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts import invitations, links, posting
from accounts.addresses import Person
from accounts.models import AuditEntry, Delivery, Invitation, InviteLink, Member, Webhook
from tests import cast

from .world import Team, browser

EMIL = "emil@example.com"
CODE = re.compile(r"^[A-Z0-9]{4,}(-[A-Z0-9]+)*$", re.MULTILINE)


@pytest.fixture
def team(db: None) -> Team:
    cache.clear()
    return Team()


def invited(team: Team, email: str = EMIL) -> tuple[Member, str]:
    """Asked, and where the mail leads."""
    invitations.invite(team.company, [Person(email)], by=team.user("hana"))
    member = team.company.members.get(email=email)
    return member, sent(member)


def sent(member: Member) -> str:
    posting.send_invitation(member.invitations.get(sent_at=None, revoked_at=None).pk)
    found = re.search(r"http://\S+/join/\S+/", str(mail.outbox[-1].body))
    assert found
    return urlsplit(found[0]).path


def code() -> str:
    found = CODE.search(str(mail.outbox[-1].body))
    assert found
    return found[0]


def told(client: Client, path: str, status: int) -> str:
    answer = client.post(path)
    assert (answer.status_code, client.get(path).status_code) == (status, status)
    return answer.content.decode()


def test_the_mail_leads_in_once(team: Team) -> None:
    member, path = invited(team)
    assert mail.outbox[-1].to == [EMIL]
    assert "Acme asks you" in mail.outbox[-1].subject
    assert not Invitation.objects.filter(sha256__in=path.split("/")).exists()
    emil = browser(team.user("emil"))
    assert b"Join Acme" in emil.get(path).content
    assert emil.post(path)["Location"] == f"/team/{member.pk}/"
    member.refresh_from_db()
    assert member.user == team.user("emil")
    assert member.joined_at
    assert "used already" in told(emil, path, 410)


def test_who_has_no_account_makes_one_on_the_way(team: Team) -> None:
    member, path = invited(team, "newcomer@acme.example")
    client = Client()
    page = client.get(path).content.decode()
    assert "n…@acme.example" in page
    assert "newcomer@" not in page
    assert client.post(path)["Location"].startswith(reverse("account_login"))
    signup = re.search(r'href="(/account/signup/[^"]+)"', page)
    assert signup
    client.post(signup[1], {"next": path, "email": member.email, "password1": ""})
    assert client.post("/account/confirm-email/", {"code": code()})["Location"] == path
    assert client.post(path)["Location"] == f"/team/{member.pk}/"


def test_who_signs_in_by_code_comes_back(team: Team) -> None:
    team.user("emil")
    _member, path = invited(team)
    client = Client()
    login = re.search(r'href="(/account/login/code/[^"]+)"', client.get(path).content.decode())
    assert login
    confirm = client.post(login[1], {"email": EMIL, "next": path})["Location"]
    assert client.post(confirm, {"code": code()})["Location"] == path


def test_another_address_is_told_how_to_change(team: Team) -> None:
    member, path = invited(team)
    zoe = browser(team.user("zoe"))
    EmailAddress.objects.create(user=team.user("zoe"), email=EMIL, verified=False)
    answer = zoe.post(path)
    assert answer.status_code == 403
    assert "e…@example.com" in answer.content.decode()
    leave = re.search(r'action="(/account/logout/[^"]+)"', answer.content.decode())
    assert leave
    assert zoe.post(leave[1])["Location"] == path
    member.refresh_from_db()
    assert member.user is None


def test_sent_again_the_older_one_opens_nothing(team: Team) -> None:
    member, older = invited(team)
    invitations.resend(member, by=team.user("hana"))
    newer = sent(member)
    emil = browser(team.user("emil"))
    assert "taken back or replaced" in told(emil, older, 410)
    invitations.revoke(member, by=team.user("hana"))
    assert "taken back or replaced" in told(emil, newer, 410)
    assert "no such invitation" in told(emil, reverse("invite:accept", args=["unknown"]), 404)


def test_after_seven_days_it_has_ended(team: Team) -> None:
    _member, path = invited(team)
    emil = team.user("emil")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, minutes=1)):
        assert "ended on" in told(browser(emil), path, 410)


def test_one_person_has_one_place(team: Team) -> None:
    _member, path = invited(team, "hana@other.example")
    EmailAddress.objects.create(user=team.user("hana"), email="hana@other.example", verified=True)
    assert "already, with another address" in browser(team.user("hana")).post(path).content.decode()
    assert Invitation.objects.filter(used_at=None).count() == 1


def test_nobody_is_told_who_came_or_refused(team: Team) -> None:
    """Sending again to somebody who accepted, refused or waits is one and the same to the company."""
    Webhook.objects.create(company=team.company, url="https://acme.example", events=["member.invited"])
    came, path = invited(team)
    browser(team.user("emil")).post(path)
    refused, waits = invited(team, "no@acme.example")[0], invited(team, "wait@acme.example")[0]
    Member.objects.filter(pk=refused.pk).update(refused_at=refused.created)
    hana, answers = browser(team.user("hana")), []
    for member in (came, refused, waits):
        hana.post(reverse("invite:resend", args=[team.company.pk, member.pk]))
        page = hana.get(reverse("invite:invite", args=[team.company.pk])).content
        answers.append(re.sub(rb'value="\w{64}"', b"", page))
    assert answers[0] == answers[1] == answers[2]
    assert b"a new mail is on its way" in answers[0]
    assert Delivery.objects.count() == 3  # one for each who was asked
    assert Invitation.objects.get(sent_at=None, revoked_at=None).member == waits
    assert {line.what for line in AuditEntry.objects.all()} == {"people.invited", "invitation.sent_again"}


def test_a_removed_place_lets_nobody_in(team: Team) -> None:
    member, path = invited(team)
    Member.objects.filter(pk=member.pk).update(left_at=member.created)
    assert "taken back" in told(browser(team.user("emil")), path, 410)


def a_link(team: Team, cap: int = 2) -> InviteLink:
    domain = team.company.domains.create(name="example.com", verified_at=team.company.created)
    until = datetime.now(UTC) + timedelta(days=7)
    sales = team.company.departments.create(name="Sales")
    return links.make(team.company, domain=domain, cap=cap, expires_at=until, department=sales, by=None)


def test_by_the_link_as_many_come_as_it_allows(team: Team) -> None:
    link = a_link(team)
    path = reverse("invite:join", args=[link.token])
    for name in ("emil", "zoe", "emil"):
        assert browser(team.user(name)).post(path).status_code == 302
    link.refresh_from_db()
    assert link.used == 2
    emil = team.company.members.get(user=team.user("emil"))
    assert (emil.email, str(emil.department), emil.name) == (EMIL, "Sales", "")
    assert b"As many people" in browser(team.user("max")).post(path).content
    links.revoke(link, by=team.user("hana"))
    assert "taken back" in told(browser(team.user("max")), path, 410)


def test_the_last_place_of_a_link_goes_once(team: Team) -> None:
    """Two found it open; the second finds it full when it writes."""
    link = a_link(team, cap=1)
    stale = links.find(link.token)
    links.join(link.token, team.user("emil"))
    with pytest.raises(invitations.Closed, match="As many people"):
        links._added(stale, team.user("zoe"), "zoe@example.com")
    assert not Member.objects.filter(user=team.user("zoe")).exists()


def test_who_was_asked_by_address_takes_that_place_by_the_link(team: Team) -> None:
    member, _path = invited(team)
    link = a_link(team)
    assert links.join(link.token, team.user("emil")) == member
    link.refresh_from_db()
    assert link.used == 0  # the count would tell that they came


def test_a_link_wants_a_proven_address_of_its_domain(team: Team) -> None:
    link = a_link(team)
    path = reverse("invite:join", args=[link.token])
    outside = cast.person("outside")
    EmailAddress.objects.filter(user=outside).update(email="outside@evil-example.com")
    EmailAddress.objects.create(user=outside, email="outside@example.com", verified=False)
    answer = browser(outside).post(path)
    assert answer.status_code == 403
    assert b"@example.com" in answer.content
    team.company.domains.update(verified_at=None)
    assert "taken back" in told(browser(team.user("emil")), path, 410)
