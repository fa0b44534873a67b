"""With fewer than five headshots like the person a shoot is done again by itself, then paid back, once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from billing import gateway, ledger, orders, tasks
from billing.models import MoneyBack, Order, Refund
from billing.standin import StandIn
from generation import gallery, guarantee, leaving, letters, shoots
from generation import tasks as work
from generation.failures import Refused
from generation.models import Guarantee, Letter, Lost, Shoot, Status
from tests import cast
from tests.billing.clicks import away, back, text
from tests.billing.test_settling import opened

ASKED = 8


def bought(till: StandIn, owner: User, key: str = "pack-40-v1", quantity: int = 1) -> Order:
    order = opened(owner, key, quantity)
    till.control.pay(order.session)
    return orders.settle(order)


def handed_in(owner: User) -> Shoot:
    shoot = cast.draft(owner, asked=ASKED)
    shoots.submit(shoot)
    return shoot


def worked_on(shoot: Shoot) -> Shoot:
    """A worker learns, draws and ranks."""
    work.train_identity.fn(str(shoot.pk))
    work.rank_headshots.fn(str(shoot.pk))
    shoot.refresh_from_db()
    return shoot


def page(browser: Client, shoot: Shoot) -> str:
    return text(browser.get(reverse("generation:shoot", args=[shoot.pk])))


def mailed(shoot: Shoot, about: str) -> str:
    mail.outbox.clear()
    letters.send(shoot.letters.get(about=about, round=shoot.round).pk)
    return " ".join(str(mail.outbox[0].body).split())


def refunds(order: Order) -> list[Any]:
    return list(gateway.client().v1.refunds.list({"payment_intent": order.payment_intent}).data)


@pytest.fixture
def owed(till: StandIn, ivy: User, strangers: list[int]) -> Order:
    """The order of a pack whose shoot had too few headshots twice."""
    strangers[:] = 4, 0
    order = bought(till, ivy)
    worked_on(worked_on(handed_in(ivy)))
    return order


def test_a_first_round_with_too_few_is_done_again_by_itself(
    till: StandIn, ivy: User, signed_in: Client, strangers: list[int]
) -> None:
    strangers[:] = 4, ASKED
    bought(till, ivy)
    shoot = worked_on(handed_in(ivy))
    assert (shoot.status, shoot.round, shoot.guarantee) == (Status.SUBMITTED, 2, Guarantee.AGAIN)
    assert "the shoot is done again by itself" in page(signed_in, shoot)
    assert "the shoot is done again by itself" in mailed(shoot, Letter.About.AGAIN)
    worked_on(shoot)
    assert (shoot.status, shoot.headshots.filter(shown=True).count()) == (Status.READY, 4 + ASKED)
    assert shoot.credit is not None
    assert gallery.can_redo(shoot)  # the person's own is still theirs
    assert "costs you nothing" in page(signed_in, shoot)
    assert not MoneyBack.objects.exists()


@pytest.mark.parametrize("like", [5, ASKED])
def test_with_five_the_gallery_opens(till: StandIn, ivy: User, strangers: list[int], like: int) -> None:
    strangers[:] = [like]
    bought(till, ivy)
    shoot = worked_on(handed_in(ivy))
    assert (shoot.status, shoot.guarantee) == (Status.READY, "")


def test_a_pack_with_too_few_twice_gives_its_money_back(owed: Order, ivy: User, signed_in: Client) -> None:
    shoot = Shoot.objects.get()
    assert (shoot.status, shoot.guarantee) == (Status.READY, Guarantee.MONEY)
    assert shoot.headshots.filter(shown=True).count() == 4
    tasks.give_back.fn(str(owed.pk))
    owed.refresh_from_db()
    assert owed.refunded == owed.paid
    assert Refund.objects.get().reason == "guarantee"
    shown = text(signed_in.get(reverse("billing:order", args=[owed.pk])))
    assert "Fewer than five headshots looked like you, twice. What you paid went back on" in shown
    for words in (page(signed_in, shoot), mailed(shoot, Letter.About.READY)):
        assert "What you paid goes back to you by itself" in words
    assert sorted(shoot.letters.values_list("about", flat=True)) == ["again", "ready"]
    assert not gallery.can_redo(shoot)
    with pytest.raises(Refused, match="went back to you"):
        shoots.more_looks(shoot, cast.LOOKS)


def test_with_nothing_to_show_the_credit_goes_with_the_money(
    till: StandIn, ivy: User, strangers: list[int]
) -> None:
    strangers[:] = 0, 0
    order = bought(till, ivy)
    shoot = worked_on(worked_on(handed_in(ivy)))
    assert (shoot.status, shoot.failure) == (Status.FAILED, "refunded")
    assert "Nothing is lost" not in mailed(shoot, Letter.About.FAILED)
    with pytest.raises(Refused, match="no credit left"):  # while the money is on its way
        handed_in(ivy)
    tasks.give_back.fn(str(order.pk))
    assert orders.settle(order).refunded == order.paid
    assert order.credits.get().revoked_at is not None


@pytest.mark.parametrize("like", [0, 4])
@pytest.mark.parametrize("gift", [True, False])
def test_a_credit_of_many_or_a_gift_comes_back_as_a_credit(
    till: StandIn, ivy: User, signed_in: Client, strangers: list[int], like: int, gift: bool
) -> None:
    strangers[:] = like, 0
    if gift:
        ledger.grant(ivy, 2, source="test")
    else:
        bought(till, ivy, "credits-1-v1", 2)
    shoot = worked_on(worked_on(handed_in(ivy)))
    assert shoot.status == (Status.READY if like else Status.FAILED)
    assert ledger.unspent(ivy).count() == 2
    assert not MoneyBack.objects.exists()
    assert "Its credit is back" in page(signed_in, shoot)


def test_a_worker_that_lost_its_lease_owes_nothing(owed: Order, ivy: User, strangers: list[int]) -> None:
    MoneyBack.objects.all().delete()
    shoot = Shoot.objects.get()
    Shoot.objects.update(status=Status.GENERATED, ready_at=None, guarantee=Guarantee.AGAIN)
    shoot.refresh_from_db()
    with pytest.raises(Lost):
        guarantee.settle(shoot, shoot.claim - 1, list(shoot.headshots.all()), seconds=None)
    assert not MoneyBack.objects.exists()


def test_without_photos_it_is_paid_back_at_once(till: StandIn, ivy: User, strangers: list[int]) -> None:
    strangers[:] = [4]
    bought(till, ivy)
    shoot = handed_in(ivy)
    Shoot.objects.filter(pk=shoot.pk).update(inputs_gone_at=timezone.now())
    assert worked_on(shoot).guarantee == Guarantee.MONEY


def test_while_stripe_is_away_it_is_owed_and_asked_again(
    owed: Order, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung = list[str]()
    monkeypatch.setattr(tasks, "ring", lambda step, row: rung.append(row))
    with time_machine.travel(timezone.now(), tick=False) as clock:
        away(settings)
        for minutes in (0, 1, 2):  # of the two in the middle none was silent for long enough
            clock.shift(timedelta(minutes=minutes))
            tasks.sweep()
            tasks.give_back.fn(str(owed.pk))
        assert rung.count(str(owed.pk)) == 2
    assert MoneyBack.objects.get().done_at is None
    back(settings)
    tasks.give_back.fn(str(owed.pk))
    assert MoneyBack.objects.get().done_at is not None
    assert len(refunds(owed)) == 1


def test_whoever_dies_after_stripe_refunded_has_refunded_once(
    owed: Order, monkeypatch: pytest.MonkeyPatch
) -> None:
    refund = gateway.refund

    def die(*given: Any, **more: Any) -> str:
        refund(*given, **more)
        raise SystemExit

    monkeypatch.setattr(gateway, "refund", die)
    with pytest.raises(SystemExit):
        tasks.give_back.fn(str(owed.pk))
    monkeypatch.setattr(gateway, "refund", refund)
    assert not Refund.objects.exists()
    for _ in range(2):
        tasks.give_back.fn(str(owed.pk))
    assert [(one.amount, one.reason) for one in Refund.objects.all()] == [(owed.paid, "guarantee")]
    assert len(refunds(owed)) == 1


def test_what_was_refunded_by_hand_meanwhile_is_not_given_twice(owed: Order, sam: User) -> None:
    orders.refund(owed, 1000, reason="asked", key="by hand", by=sam)
    tasks.give_back.fn(str(owed.pk))
    assert sorted(one.amount for one in refunds(owed)) == [1000, owed.paid - 1000]


def test_what_a_bank_holds_meanwhile_goes_back_once_it_is_free(till: StandIn, owed: Order) -> None:
    dispute = till.control.dispute(owed.payment_intent)
    tasks.give_back.fn(str(owed.pk))
    assert MoneyBack.objects.get().done_at is None
    till.control.close_dispute(dispute["id"], won=True)
    tasks.give_back.fn(str(owed.pk))
    assert [one.amount for one in refunds(owed)] == [owed.paid]


def test_who_leaves_still_gets_what_is_owed(owed: Order, ivy: User) -> None:
    leaving.leave(ivy)
    tasks.give_back.fn(str(owed.pk))
    owed.refresh_from_db()
    assert (owed.owner, owed.refunded) == (None, owed.paid)
