"""Submitting spends one credit once, whoever presses how often, and says what is missing."""

from __future__ import annotations

import threading

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from accounts import consent
from accounts.models import User
from billing import ledger
from billing.models import Credit
from generation import shoots
from generation.failures import Refused
from generation.models import Lost, Shoot, Status, Verdict
from tests import cast


def address(shoot: Shoot) -> str:
    return reverse("generation:review", kwargs={"shoot": shoot.pk})


def press(client: Client, shoot: Shoot) -> str:
    return client.post(address(shoot), follow=True).content.decode()


def given(owner: User, headshots: int, looks: int) -> None:
    """A credit as a pack gives it."""
    (credit,) = ledger.grant(owner, 1, source="test")
    Credit.objects.filter(pk=credit.pk).update(headshots=headshots, looks=looks)


def test_the_review_tells_everything(signed_in: Client, ivy: User) -> None:
    shoot = cast.draft(ivy, photos=2)
    ledger.grant(ivy, 3, source="test")
    page = signed_in.get(address(shoot)).content.decode()
    for words in (
        "2 photos",
        "1 look",
        "Studio grey",
        "7 days after the gallery is ready",
        "about 6 minutes",
    ):
        assert words in page
    assert "<dd>3</dd>" in page


def test_pressed_twice_it_is_submitted_once(signed_in: Client, ivy: User) -> None:
    shoot = cast.draft(ivy)
    ledger.grant(ivy, 2, source="test")
    press(signed_in, shoot)
    press(signed_in, shoot)
    shoot.refresh_from_db()
    assert shoot.status == Status.SUBMITTED
    assert ledger.unspent(ivy).count() == 1
    assert shoot.events.count() == 1


def test_without_a_credit_it_says_so_and_where_to_get_one(signed_in: Client, ivy: User) -> None:
    shoot = cast.draft(ivy)
    page = press(signed_in, shoot)
    assert "no credit left" in page
    assert f'href="{reverse("billing:prices")}">See the prices' in page
    shoot.refresh_from_db()
    assert shoot.status == Status.DRAFT


@pytest.mark.parametrize("missing", ["photo", "check", "look", "consent"])
def test_what_is_missing_is_said(signed_in: Client, ivy: User, missing: str) -> None:
    shoot = cast.draft(ivy)
    ledger.grant(ivy, 1, source="test")
    if missing == "photo":
        shoot.photos.update(verdict=Verdict.REFUSED)
    elif missing == "check":
        shoot.photos.update(verdict=Verdict.WAITING)
    elif missing == "look":
        Shoot.objects.filter(pk=shoot.pk).update(looks=[])
    else:
        consent.withdraw(shoot.release)
    words = {"photo": "Add at least one photo", "check": "still being checked", "look": "one to six looks"}
    assert words.get(missing, "give your consent") in press(signed_in, shoot)
    assert ledger.unspent(ivy).count() == 1


def test_the_smallest_credit_that_is_good_for_it_is_spent(ivy: User) -> None:
    for headshots, looks in ((200, 6), (40, 2), (100, 4)):
        given(ivy, headshots, looks)
    shoot = cast.draft(ivy, asked=80)
    shoots.submit(shoot)
    assert (shoot.asked, shoot.credit.headshots) == (80, 100)


@pytest.mark.parametrize("chosen", [{"asked": 80}, {"looks": ("studio-grey@1", "boardroom@1", "garden@1")}])
def test_more_than_was_bought_is_refused_and_said(signed_in: Client, ivy: User, chosen: dict) -> None:
    shoot = cast.draft(ivy, **chosen)
    given(ivy, headshots=40, looks=2)
    assert "Your credits are for fewer headshots or looks" in signed_in.get(address(shoot)).content.decode()
    assert "choose fewer, or get a larger pack" in press(signed_in, shoot)
    assert ledger.unspent(ivy).count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("credits", [1, 4])
def test_threads_that_submit_at_once_spend_one_credit(credits: int) -> None:
    ivy = cast.person("ivy", password=None)
    shoot = cast.draft(ivy)
    ledger.grant(ivy, credits, source="test")
    _at_once(shoot, shoot, shoot)
    shoot.refresh_from_db()
    assert shoot.status == Status.SUBMITTED
    assert ledger.unspent(ivy).count() == credits - 1
    assert shoot.events.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_shoots_at_once_never_share_a_credit() -> None:
    ivy = cast.person("ivy", password=None)
    first, second = cast.draft(ivy), cast.draft(ivy)
    ledger.grant(ivy, 1, source="test")
    _at_once(first, second)
    assert sorted(Shoot.objects.values_list("status", flat=True)) == [Status.DRAFT, Status.SUBMITTED]
    assert Credit.objects.filter(shoot__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_uploads_at_once_never_pass_the_limit() -> None:
    shoot = cast.draft(cast.person("ivy", password=None), photos=19)

    def add() -> None:
        cast.photo(shoot)

    _run([add, add, add])
    assert shoot.photos.count() == 20


def _at_once(*which: Shoot) -> None:
    _run([lambda shoot=shoot: shoots.submit(Shoot.objects.get(pk=shoot.pk)) for shoot in which])


def _run(jobs: list[object]) -> None:
    barrier = threading.Barrier(len(jobs))
    unforeseen: list[BaseException] = []

    def run(job: object) -> None:
        try:
            barrier.wait()
            job()  # type: ignore[operator]
        except (Refused, Lost):
            pass
        except BaseException as error:
            unforeseen.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not unforeseen
