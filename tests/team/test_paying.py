"""A company pays for its members' shoots, one each; those who hand in at once share what there is."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company, Delivery, Member, Message, Webhook
from billing import balance, ledger, proof
from generation import failures, guarantee, shoots
from generation.failures import Refused
from generation.models import Guarantee, Portrait, Shoot
from tests import cast
from tests.billing.clicks import text

from .world import Team, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def team(db: None) -> Team:
    return Team()


def draft(member: Member) -> Shoot:
    """Of a member, for their company."""
    assert member.user is not None
    return cast.draft(member.user, member=member)


def submitted(member: Member) -> Shoot:
    shoot = draft(member)
    shoots.submit(shoot)
    return shoot


def another(team: Team, name: str) -> Member:
    return cast.member(team.company, cast.person(name, password=None))


def totals(team: Team) -> tuple[int, int, int, int]:
    now = balance.balance(team.company)
    return now.left, now.held, now.used, now.frozen


def test_the_company_pays_for_a_member_once_a_cycle(team: Team) -> None:
    ledger.grant(team.company, 3, source="test")
    ledger.grant(team.member.user, 1, source="test")
    Webhook.objects.create(company=team.company, url="https://example.com", events=["member.in_progress"])
    shoot = submitted(team.member)
    assert shoot.credit.company == team.company
    assert totals(team) == (2, 1, 0, 0)
    assert str(team.member.pk) in Delivery.objects.get().body
    with pytest.raises(Refused, match="You have had the shoot that Acme pays for"):
        submitted(team.member)
    Company.objects.update(cycle=2)
    submitted(team.member)
    assert totals(team) == (1, 1, 1, 0)
    assert ledger.unspent(team.member.user).count() == 1
    assert proof.faults() == []


def test_a_credit_is_held_until_the_board_says_released(team: Team) -> None:
    ledger.grant(team.company, 2, source="test")
    shoot = submitted(team.member)
    Shoot.objects.filter(pk=shoot.pk).update(status="ready")  # of which the company learns nothing
    assert totals(team) == (1, 1, 0, 0)
    now = timezone.now()
    portrait = cast.portrait(team.member, {}, own=True)
    assert totals(team) == (1, 0, 1, 0)
    Portrait.objects.filter(pk=portrait.pk).update(ended_at=now)
    assert totals(team) == (1, 1, 0, 0)
    Shoot.objects.filter(pk=shoot.pk).update(member=None)  # left, and keeps it
    assert totals(team) == (1, 0, 1, 0)


@pytest.mark.parametrize("how", ["cancelled", "failed", "guarantee"])
def test_what_came_to_nothing_goes_back_to_the_company(team: Team, how: str) -> None:
    ledger.grant(team.company, 1, source="test")
    shoot = submitted(team.member)
    if how == "cancelled":
        shoots.cancel(shoot)
    elif how == "failed":
        shoots.finish(shoot, "quarantined")
    else:
        Shoot.objects.update(status="generated", guarantee=Guarantee.AGAIN)
        shoot.refresh_from_db()
        guarantee.settle(shoot, shoot.claim, [], seconds=None)
    assert totals(team) == (1, 0, 0, 0)
    assert not ledger.unspent(team.member.user).exists()
    submitted(team.member)  # may be held again
    assert proof.faults() == []


def test_no_sentence_about_a_credit_says_whose_it_is() -> None:
    for words in (*failures.SENTENCES.values(), *failures.GUARANTEE.values()):
        assert "your credit" not in str(words).lower()


def test_without_a_credit_a_member_is_told_so_without_numbers(team: Team) -> None:
    shoot = draft(team.member)
    emil = browser(team.user("emil"))
    answer = text(emil.post(reverse("generation:review", args=[shoot.pk]), follow=True))
    assert "Acme has no credit for your shoot at the moment. It waits here as it is" in answer
    assert "nothing to you; Acme pays" in answer
    assert "Your credits" not in answer
    assert reverse("billing:prices") + '">See the prices' not in answer
    assert not Message.objects.exists()  # the company learns nothing of who tried


def test_a_closed_company_pays_for_nothing(team: Team) -> None:
    ledger.grant(team.company, 1, source="test")
    Company.objects.update(closed_at=timezone.now())
    with pytest.raises(Refused, match="Acme does not order headshots any more"):
        submitted(team.member)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("members", "credits"), [(2, 1), (8, 7)])
def test_of_members_who_submit_at_once_as_many_win_as_there_are_credits(members: int, credits: int) -> None:
    team, refusals = Team(), list[str]()
    drafts = [draft(another(team, f"member-{number}")) for number in range(members)]
    ledger.grant(team.company, credits, source="test")
    together = threading.Barrier(members)

    def submit(shoot: Shoot) -> None:
        together.wait()
        try:
            shoots.submit(shoot)
        except Refused as refusal:
            refusals.append(str(refusal))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=submit, args=[shoot]) for shoot in drafts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (Shoot.objects.filter(status="submitted").count(), len(refusals)) == (credits, members - credits)
    assert all("has no credit for your shoot" in words for words in refusals)
    assert Message.objects.count() == 2  # hana and adam, once
    assert proof.faults() == []


def test_the_proof_sees_a_credit_in_the_wrong_hands(team: Team) -> None:
    ledger.grant(team.company, 1, source="test")
    shoot = submitted(team.member)
    assert proof.faults() == []
    shoot.credit.company = team.other
    shoot.credit.save(update_fields=["company"])
    assert [
        f"Credit {shoot.credit.pk} belongs to another payer than its order or its shoot."
    ] == proof.faults()


def test_a_page_of_many_members_asks_as_often_as_one_of_few(team: Team) -> None:
    admin, counts = browser(team.user("hana")), []
    for more in (2, 20):
        ledger.grant(team.company, more, source="test")
        for number in range(more):
            submitted(another(team, f"member-{more}-{number}"))
        with CaptureQueriesContext(connection) as asked:
            admin.get(reverse("company_money:credits", args=[team.company.pk]))
        counts.append(len(asked))
    assert counts[0] == counts[1] < 20
