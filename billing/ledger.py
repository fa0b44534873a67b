"""How credits and money come and go: each change of the rows with its lines in the journal, or neither.

Accounts of credits: ``stock`` (where they come from), ``owned`` (free), ``spent`` (a shoot points to it).
Accounts of money, by currency: ``stripe`` (what it took and gave back), ``sales``, ``disputed``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from .models import Credit, Entry, Order, Payer, held_by

CREDIT = "credit"  # the unit
GIFT = {"headshots": 40, "looks": 6}  # what a credit that nobody bought is good for
Line = tuple[str, str, int, UUID | None, UUID | None]  # account, unit, amount, order, credit


class Gone(Exception):
    """The credit was revoked in the same moment."""


def unspent(owner: Payer) -> QuerySet[Credit]:
    """A person's or company's credits that no shoot points to, the oldest first.

    Those of an order that a bank or we ourselves are taking back are frozen.
    """
    return _free(Credit.objects.filter(**held_by(owner)))


def unspent_of(order: Order) -> QuerySet[Credit]:
    """Those of one order."""
    return _free(order.credits.all())


def _free(credits: QuerySet[Credit]) -> QuerySet[Credit]:
    frozen = Q(order__disputed=True) | Q(order__money_back__isnull=False)
    return credits.filter(shoot__isnull=True, revoked_at=None).exclude(frozen).order_by("created", "id")


def good_for(owner: Payer, *, headshots: int, looks: int) -> QuerySet[Credit]:
    """Those for a shoot of so many headshots and looks, the smallest first."""
    fitting = unspent(owner).filter(headshots__gte=headshots, looks__gte=looks)
    return fitting.order_by("headshots", "looks", "created", "id")


def grant(owner: Payer, count: int, *, source: str) -> list[Credit]:
    """Credits that nobody paid for."""
    return _issue([Credit(**held_by(owner), source=source, **GIFT) for _ in range(count)])


def issue(order: Order) -> list[Credit]:
    """The credits that a paid order gives; once is the caller's care (``orders``)."""
    package, whose = order.package, held_by(order.payer) if order.payer else {}
    about = {**whose, "headshots": package.headshots, "looks": package.looks, "source": "order"}
    return _issue([Credit(order=order, **about) for _ in range(order.shoots)])


def _issue(credits: Sequence[Credit]) -> list[Credit]:
    with transaction.atomic():
        made = Credit.objects.bulk_create(credits)
        _move(made, "issue", "stock", "owned")
    return made


def spend(credit: Credit) -> None:
    """A shoot points to it from now on; in the transaction that makes it point. Raises Gone."""
    kept = Credit.objects.filter(pk=credit.pk, revoked_at=None)
    if not kept.update(owner=F("owner")):  # and until the transaction ends nobody else can revoke it
        raise Gone
    _move([credit], "spend", "owned", "spent")


def give_back(credit: Credit) -> None:
    """The shoot does not point to it any more; in the same transaction, too."""
    _move([credit], "give back", "spent", "owned")


def revoke(order: Order, count: int) -> int:
    """Take back so many of an order's free credits, the newest first; how many there were."""
    with transaction.atomic():
        free = Credit.objects.select_for_update(of=("self",)).filter(order=order, revoked_at=None)
        going = []
        for credit in free.filter(shoot__isnull=True).order_by("-created", "-id")[:count]:
            mine = Credit.objects.filter(pk=credit.pk, revoked_at=None, shoot__isnull=True)
            if mine.update(revoked_at=timezone.now()):
                going.append(credit)
        _move(going, "revoke", "owned", "stock")
    return len(going)


def restore(order: Order, count: int) -> int:
    """Give so many of an order's revoked credits back, as after a dispute that was won."""
    with transaction.atomic():
        gone = Credit.objects.filter(order=order, revoked_at__isnull=False).order_by("created", "id")[:count]
        back = [one for one in gone if _restored(one)]
        _move(back, "restore", "stock", "owned")
    return len(back)


def _restored(credit: Credit) -> bool:
    gone = Credit.objects.filter(pk=credit.pk, revoked_at__isnull=False)
    return bool(gone.update(revoked_at=None))


def money(order: Order, why: str, account: str, amount: int) -> None:
    """Money came from ``account`` (a negative amount: went there) to what Stripe holds for us."""
    if amount:
        unit = order.currency
        _write(why, [("stripe", unit, amount, order.pk, None), (account, unit, -amount, order.pk, None)])


def _move(credits: Iterable[Credit], why: str, source: str, target: str) -> None:
    accounts = ((source, -1), (target, 1))
    _write(why, [(name, CREDIT, n, one.order_id, one.pk) for one in credits for name, n in accounts])


def _write(why: str, lines: Sequence[Line]) -> None:
    movement, now = uuid.uuid4(), timezone.now()
    Entry.objects.bulk_create(
        Entry(
            movement=movement,
            at=now,
            why=why,
            account=account,
            unit=unit,
            amount=amount,
            order_id=order,
            credit_id=credit,
        )
        for account, unit, amount, order, credit in lines
    )
