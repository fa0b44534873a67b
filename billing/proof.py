"""That the journal and the rows agree; run after every test of money and by ``manage.py check_ledger``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from django.db.models import Count, F, Q, Sum

from .ledger import CREDIT
from .models import Credit, Entry, Order


def faults() -> list[str]:
    """A sentence for each disagreement; none is how it should be."""
    return [*_unbalanced(), *_credits(), *_payers(), *_money()]


def _unbalanced() -> Iterator[str]:
    sums = Entry.objects.values("movement", "unit").annotate(total=Sum("amount")).exclude(total=0)
    for row in sums.order_by():
        yield f"Movement {row['movement']} does not add up: {row['total']:+} {row['unit']}."


def _credits() -> Iterator[str]:
    """Each credit stands where its row says it is: free, spent, or back in stock."""
    stands = _by_credit()
    for credit in Credit.objects.values("id", "revoked_at", "shoot__id").iterator():
        place = "stock" if credit["revoked_at"] else "spent" if credit["shoot__id"] else "owned"
        found, wanted = stands.pop(credit["id"], {}), {} if place == "stock" else {place: 1}
        if found != wanted:
            yield f"Credit {credit['id']}: the journal says {_said(found)}, its row {_said(wanted)}."
    for gone, found in stands.items():
        yield f"Credit {gone} stands in the journal as {_said(found)} and has no row."


def _payers() -> Iterator[str]:
    """A company's order gives to that company, and its members' shoots spend what is its own."""
    bought = Q(order__isnull=False) & _differ("company", "order__company")
    spent = Q(shoot__member__isnull=False) & _differ("company", "shoot__member__company")
    for credit in Credit.objects.filter(bought | spent):
        yield f"Credit {credit.pk} belongs to another payer than its order or its shoot."


def _differ(one: str, other: str) -> Q:
    """Also where only one of both is empty."""
    alone = Q(**{f"{one}__isnull": True}) ^ Q(**{f"{other}__isnull": True})
    return alone | ~Q(**{one: F(other)}) & Q(**{f"{one}__isnull": False, f"{other}__isnull": False})


def _by_credit() -> dict[object, dict[str, int]]:
    """Where each credit stands in the journal, by account; one that is back in stock has none."""
    lines = Entry.objects.filter(unit=CREDIT, account__in=("owned", "spent")).order_by()
    stands = defaultdict[object, dict[str, int]](dict)
    for row in lines.values("credit_id", "account").annotate(total=Sum("amount")).exclude(total=0):
        stands[row["credit_id"]][row["account"]] = row["total"]
    return stands


def _said(places: Mapping[str, int]) -> str:
    return ", ".join(f"{account} {count}" for account, count in places.items()) or "in stock"


def _money() -> Iterator[str]:
    """What Stripe holds of an order is what was paid less what went back; a paid one gave what it owes."""
    held = Entry.objects.filter(account="stripe").values("order_id").annotate(total=Sum("amount")).order_by()
    sums = {row["order_id"]: row["total"] for row in held}
    for order in Order.objects.annotate(
        given=Count("credits", distinct=True), served=Count("fulfilments", distinct=True)
    ).iterator():
        if (found := sums.pop(order.pk, 0)) != order.paid - order.refunded - order.withheld:
            yield f"Order {order.pk}: the journal holds {found} {order.currency}, its row says otherwise."
        if order.given != order.served * order.shoots:
            yield f"Order {order.pk} gave {order.given} credits for {order.served} × {order.shoots}."
    for gone in sums:
        yield f"Order {gone} stands in the journal and has no row."
    twice = Order.objects.filter(~Q(session=None)).values("session").annotate(n=Count("id")).filter(n__gt=1)
    for row in twice:
        yield f"Session {row['session']} belongs to {row['n']} orders."
