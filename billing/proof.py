"""That the journal and the rows agree; run after every test of money and by ``manage.py check_ledger``."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Q, Sum

from .ledger import CREDIT
from .models import Credit, Entry, Order


def faults() -> list[str]:
    """A sentence for each disagreement; none is how it should be."""
    return [*_unbalanced(), *_credits(), *_money()]


def _unbalanced() -> Iterator[str]:
    sums = Entry.objects.values("movement", "unit").annotate(total=Sum("amount")).exclude(total=0)
    for row in sums.order_by():
        yield f"Movement {row['movement']} does not add up: {row['total']:+} {row['unit']}."


def _credits() -> Iterator[str]:
    """Each credit stands where its row says it is: with its owner, or back in stock."""
    stands = _by_credit()
    for credit in Credit.objects.values("id", "revoked_at").iterator():
        wanted = 0 if credit["revoked_at"] else 1
        if (found := stands.pop(credit["id"], 0)) != wanted:
            yield f"Credit {credit['id']}: the journal says owned {found}, its row {wanted}."
    for gone, found in stands.items():
        if found:
            yield f"Credit {gone} stands in the journal as owned {found} and has no row."


def _by_credit() -> dict[object, int]:
    lines = Entry.objects.filter(unit=CREDIT, account="owned").values("credit_id").order_by()
    return dict(lines.annotate(total=Sum("amount")).values_list("credit_id", "total"))


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
