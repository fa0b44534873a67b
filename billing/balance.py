"""A company's credits in totals, which is all that it learns of them, and the mail when few are left."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, FilteredRelation, Q

from accounts import posting
from accounts.models import ADMINS, Company, Member, Message

from . import ledger
from .models import Credit, Fulfilment

FEW = 10  # low is less than one in so many of the credits that were bought last


@dataclass(frozen=True)
class Balance:
    """Of credits that were not taken back; the other four add up to ``bought``."""

    bought: int  # gifts among them
    held: int  # for members in progress
    used: int
    frozen: int  # while a bank decides, or until its money is back
    left: int
    low: bool


def balance(company: Company) -> Balance:
    """A credit is held as long as the board says "in progress", so that it tells nothing beyond that."""
    mine = Credit.objects.filter(company=company, revoked_at=None)
    counted = mine.aggregate(bought=Count("pk"), spent=Count("shoot"))
    released = FilteredRelation(
        "shoot__member__portraits",
        condition=Q(
            shoot__member__portraits__released_at__isnull=False,
            shoot__member__portraits__ended_at__isnull=True,
        ),
    )
    going = mine.filter(shoot__member__isnull=False, shoot__cycle=company.cycle)
    held = going.exclude(shoot__status="purged").alias(released=released).filter(released=None).count()
    left = ledger.unspent(company).count()
    return Balance(
        bought=counted["bought"],
        held=held,
        used=counted["spent"] - held,
        frozen=counted["bought"] - counted["spent"] - left,
        left=left,
        low=_few(left, _last(company)),
    )


def watch(company: Company) -> None:
    """Tell the admins, once after each purchase, that few credits are left.

    In the transaction that spends one, behind the company's lock: of two at once the later sees both.
    """
    last = _last(company)
    if _few(ledger.unspent(company).count(), last):
        about, since = Message.About.LOW, last.at if last else company.created
        told = Message.objects.filter(member__company=company, about=about, created__gte=since)
        if not told.exists():
            admins = Member.objects.filter(company=company, role__in=ADMINS, left_at=None)
            posting.write_all(admins, about)


def _last(company: Company) -> Fulfilment | None:
    """What was bought last, a plan's new year included."""
    paid = Fulfilment.objects.filter(order__company=company).select_related("order")
    return paid.order_by("-at").first()


def _few(left: int, last: Fulfilment | None) -> bool:
    return left == 0 or (last is not None and left * FEW < last.order.shoots)
