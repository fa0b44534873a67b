"""Mails around a company: each once, with the right way in; reminders when they are due and wanted."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend

from accounts import invitations, posting, reminders, tasks
from accounts.addresses import Person
from accounts.models import Invitation, Member, Message
from generation import sweeper
from tests import cast

from .world import Team

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Silent(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPServerDisconnected


class Refusing(EmailBackend):
    def send_messages(self, messages: Any) -> int:
        raise SMTPRecipientsRefused({})


@pytest.fixture
def team(db: None) -> Team:
    cache.clear()
    return Team()


def asked(team: Team, email: str = "ann@acme.example") -> Member:
    invitations.invite(team.company, [Person(email)], by=None)
    return team.company.members.get(email=email)


def test_an_invitation_says_what_the_company_will_see(team: Team) -> None:
    team.company.due = date(2027, 3, 31)
    team.company.save(update_fields=["due"])
    member = asked(team)
    for _twice in range(2):
        tasks.send_invitation.fn(str(member.invitations.get().pk))
    (sent,) = mail.outbox
    html = str(sent.alternatives[0][0])
    for words in ("Acme sees that you are invited", "A no is a fine answer", "by March 31, 2027"):
        assert words in sent.body
        assert words in html


def test_a_silent_server_is_tried_again_and_a_refusing_one_is_not(team: Team, settings: Any) -> None:
    row = asked(team).invitations.get()
    settings.EMAIL_BACKEND = f"{__name__}.Silent"
    with pytest.raises(SMTPServerDisconnected):
        posting.send_invitation(row.pk)
    posting.send_invitation(row.pk)  # its claim has not run out
    assert posting.unsent_invitations().exists()
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    with time_machine.travel(datetime.now(UTC) + posting.LEASE + timedelta(seconds=1)):
        posting.send_invitation(row.pk)
    assert not posting.unsent_invitations().exists()


def test_an_admins_words_are_kept_no_longer_than_the_mail_is_on_its_way(team: Team) -> None:
    message = posting.write(team.member, Message.About.REDO, "Please look into the camera")
    assert message.words
    posting.send_message(message.pk)
    assert "Please look into the camera" in mail.outbox[0].body
    message.refresh_from_db()
    assert (message.words, bool(message.sent_at)) == ("", True)


@pytest.mark.parametrize("about", Message.About.values)
def test_a_message_leads_a_member_to_their_page(team: Team, about: str) -> None:
    message = posting.write(team.member, about, "Please look into the camera")
    for _twice in range(2):
        tasks.send_message.fn(str(message.pk))
    (sent,) = mail.outbox
    where = f"/company/{team.company.pk}/credits/" if about == "low" else f"/team/{team.member.pk}/"
    assert where in sent.body
    assert "Please look into the camera" in sent.body
    assert "Acme" in sent.subject


def test_who_has_not_accepted_gets_a_fresh_invitation_with_it(team: Team) -> None:
    member = asked(team)
    posting.send_invitation(member.invitations.get().pk)
    posting.send_message(posting.write(member, Message.About.REMINDER).pk)
    older, newer = (str(one.body).partition("/join/")[2].partition("/")[0] for one in mail.outbox)
    with pytest.raises(invitations.Closed):
        invitations.find(older)
    assert invitations.find(newer).member == member


def test_nothing_is_sent_to_who_has_left(team: Team) -> None:
    member = asked(team)
    message = posting.write(member, Message.About.REDO)
    Member.objects.filter(pk=member.pk).update(left_at=member.created)
    posting.send_invitation(member.invitations.get().pk)
    posting.send_message(message.pk)
    assert mail.outbox == []
    tasks.sweep()
    assert not Message.objects.filter(nudged_at__isnull=False).exists()


@pytest.mark.parametrize(
    ("due", "days"),
    [
        (None, [7, 14, 21, 28]),
        (date(2027, 3, 31), [14.9, 26.8, 28.8]),
        (date(2027, 3, 7), [2.9, 4.8]),  # half time and three days before are one
        (date(2027, 3, 2), []),
        (date(2027, 1, 1), []),
    ],
)
def test_when_somebody_is_reminded(due: date | None, days: list[float]) -> None:
    found = [(moment - NOON) / DAY for moment in reminders.moments(NOON, due)]
    assert found == pytest.approx(days, abs=0.1)


def reminded(day: float) -> list[str]:
    """Whom the sweeper writes to on a day after the first."""
    with time_machine.travel(NOON + day * DAY, tick=False):
        before = set(Message.objects.values_list("pk", flat=True))
        cache.clear()
        reminders.sweep(sweeper._quiet(), datetime.now(UTC))
        new = Message.objects.exclude(pk__in=before).select_related("member")
        return sorted(one.member.email.partition("@")[0] for one in new)


def released(member: Member) -> None:
    cast.portrait(member, {}, released_at=member.created, made_at=member.created)


def test_only_who_was_asked_and_is_quiet_is_reminded_four_times(team: Team) -> None:
    with time_machine.travel(NOON, tick=False):
        quiet, no, done, left = (
            asked(team, f"{name}@acme.example") for name in ("quiet", "no", "done", "left")
        )
        listed = cast.member(team.company, email="listed@acme.example")
        Invitation.objects.update(sent_at=NOON)
        Member.objects.filter(pk=no.pk).update(refused_at=NOON)
        Member.objects.filter(pk=left.pk).update(left_at=NOON)
        Member.objects.filter(pk=team.member.pk).update(created=NOON)
        Member.objects.filter(user=team.user("adam")).update(left_at=NOON)
        released(done)
    assert not listed.invitations.exists()
    both = ["emil", "quiet"]
    weeks = [reminded(day) for day in (6.9, 7.1, 7.2, 15, 22, 29, 36, 43)]
    assert weeks == [[], both, [], both, both, both, [], []]
    with time_machine.travel(NOON + 50 * DAY):
        posting.write(quiet, Message.About.AGAIN)  # a new cycle begins anew
    assert reminded(58) == ["quiet"]


def test_a_due_date_and_the_company_decide(team: Team) -> None:
    with time_machine.travel(NOON, tick=False):
        asked(team, "soon@acme.example")
        Invitation.objects.update(sent_at=NOON)
        Member.objects.filter(joined_at__isnull=False).update(left_at=NOON)
        team.company.due = date(2027, 3, 31)
        team.company.reminders = False
        team.company.save(update_fields=["due", "reminders"])
    assert reminded(15) == []
    team.company.reminders = True
    team.company.save(update_fields=["reminders"])
    assert [reminded(day) for day in (15, 26, 27, 29, 31)] == [["soon"], [], ["soon"], ["soon"], []]
    team.company.due = date(2027, 5, 31)  # moving it cannot make them more than four
    team.company.save(update_fields=["due"])
    assert [reminded(day) for day in (46, 89, 90)] == [["soon"], [], []]


def test_the_hour_is_swept_once(team: Team) -> None:
    with time_machine.travel(NOON, tick=False):
        asked(team)
        Invitation.objects.update(sent_at=NOON)
        Member.objects.filter(joined_at__isnull=False).update(left_at=NOON)
    assert reminded(7.1) == ["ann"]
    Member.objects.update(reminded_at=None)
    reminders.sweep(sweeper._quiet(), NOON + 8 * DAY)
    assert Message.objects.count() == 1
