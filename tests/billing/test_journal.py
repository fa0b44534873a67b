"""The journal: nobody changes it, it adds up, and it agrees with the rows."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from billing import ledger, proof
from billing.models import Entry, Order

pytestmark = pytest.mark.django_db


def test_credits_come_go_and_the_journal_says_how(ivy: User) -> None:
    order = Order.objects.create(
        owner=ivy, package_key="credits-10-v1", quantity=10, currency="usd", amount=33_000
    )
    ledger.issue(order)
    assert ledger.revoke(order, 3) == 3
    assert ledger.restore(order, 1) == 1
    ledger.grant(ivy, 2, source="demo")
    assert ledger.unspent(ivy).count() == 10
    stand = {line.account: 0 for line in Entry.objects.all()}
    for line in Entry.objects.all():
        stand[line.account] += line.amount
    assert stand == {"stock": -10, "owned": 10}


@pytest.mark.parametrize("statement", ["UPDATE billing_entry SET amount = 2", "DELETE FROM billing_entry"])
def test_the_database_refuses_to_change_a_line(ivy: User, statement: str) -> None:
    ledger.grant(ivy, 1, source="demo")
    before = list(Entry.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as raw:
        raw.execute(statement)
    assert list(Entry.objects.values()) == before


def test_a_line_beside_the_rows_is_named(ivy: User) -> None:
    (credit,) = ledger.grant(ivy, 1, source="demo")
    assert proof.faults() == []
    line = Entry(movement=uuid4(), why="issue", account="owned", unit="credit", amount=1, credit_id=credit.pk)
    Entry.objects.bulk_create([line])
    found = "\n".join(proof.faults())
    assert f"Movement {line.movement} does not add up: +1 credit." in found
    assert f"Credit {credit.pk}: the journal says owned 2, its row owned 1." in found


def test_a_credit_without_a_line_is_named(ivy: User) -> None:
    (credit,) = ledger.grant(ivy, 1, source="demo")
    type(credit).objects.filter(pk=credit.pk).update(revoked_at=credit.created)
    assert "owned 1, its row in stock" in proof.faults()[0]


def test_a_credit_that_was_revoked_meanwhile_cannot_be_spent(ivy: User) -> None:
    (credit,) = ledger.grant(ivy, 1, source="demo")
    type(credit).objects.filter(pk=credit.pk).update(revoked_at=credit.created)
    with pytest.raises(ledger.Gone):
        ledger.spend(credit)
