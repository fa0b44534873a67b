"""The promise: with too few headshots of the person a shoot is done again by itself, then paid back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F

from billing import ledger, orders

from . import shoots
from .models import Guarantee, Headshot, Letter, Shoot, Status

ENOUGH = 5  # headshots of the first gallery; all that is shown is above the bar, ranking.STRANGER


def settle(shoot: Shoot, claim: int, ranked: Sequence[Headshot], *, seconds: float | None) -> None:
    """What becomes of a ranked shoot: its gallery opens, it is done again, or what it cost goes back.

    The promise is about the first gallery; what a person asks for later adds to it. Raises Lost.
    """
    shown = sum(one.shown for one in ranked)
    if shoot.ready_at or shown >= min(ENOUGH, shoot.asked):
        _end(shoot, claim, ranked, seconds=seconds)
    elif shoot.guarantee or shoot.inputs_gone_at or not shoot.release.stands:
        _give_back(shoot, claim, ranked, seconds=seconds)
    else:
        _again(shoot, claim)


def _end(shoot: Shoot, claim: int, ranked: Sequence[Headshot], *, seconds: float | None) -> None:
    if any(one.shown for one in ranked):
        shoots.publish(shoot, claim, ranked, seconds=seconds)
    else:
        shoots.fail(shoot, claim, "unusable")


def _again(shoot: Shoot, claim: int) -> None:
    """With new training and new frames; it keeps its place in the queue and the person's own free redo."""
    with transaction.atomic():
        shoot.move(
            Status.SUBMITTED,
            claim=claim,
            note="guarantee",
            guarantee=Guarantee.AGAIN,
            round=F("round") + 1,
            drawn=0,
        )
        shoots.write(shoot, Letter.About.AGAIN)


def _give_back(shoot: Shoot, claim: int, ranked: Sequence[Headshot], *, seconds: float | None) -> None:
    """Whatever may be shown is; a pack's money is owed from now on, any other credit is back at once."""
    credit = shoot.credit
    assert credit is not None
    with transaction.atomic():
        money = orders.owe(credit, "guarantee")
        if not any(one.shown for one in ranked):
            return shoots.fail(shoot, claim, "refunded" if money else "unusable")
        how = {"guarantee": Guarantee.MONEY} if money else {"guarantee": Guarantee.CREDIT, "credit": None}
        shoots.publish(shoot, claim, ranked, seconds=seconds, **how)
        if not money:
            ledger.give_back(credit)
