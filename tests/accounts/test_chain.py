"""The audit log's chain names the line that was changed, deleted or inserted, and cannot be made anew."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import audit, chain
from accounts.append_only import guard, unguard
from accounts.models import AuditCheck, AuditEntry, AuditSeal, User
from generation.alarms import alarms
from tests.team.world import proven

pytestmark = pytest.mark.django_db
START = timezone.now() - timedelta(days=3)


def lines(count: int, *, at: Any = None, first: int | None = None) -> list[int]:
    """Lines of the log, with ids from ``first`` on where that is given."""
    ids = [first + step for step in range(count)] if first else [None] * count
    about = {"what": "headshot.taken", "actor_id": uuid4(), "at": at or START}
    return [AuditEntry.objects.create(pk=pk, **about).pk for pk in ids]


def after(minutes: float) -> Any:
    return START + timedelta(minutes=minutes)


@contextmanager
def intruder(table: str = "accounts_auditentry") -> Iterator[Any]:
    """Raw SQL by somebody who may drop triggers."""
    with connection.cursor() as raw:
        for statement in unguard(table, connection.vendor):
            raw.execute(statement)
        yield raw
        for statement in guard(table, "it", connection.vendor):
            raw.execute(statement)


def test_lines_are_sealed_once_a_minute_and_fit(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    lines(3)
    assert chain.seal(START) == 3
    lines(2)
    assert chain.seal(after(0.5)) == 0
    assert chain.seal(after(1)) == 2
    with django_assert_max_num_queries(4):
        assert chain.seal(after(2)) == 0
    assert AuditSeal.objects.count() == 2
    found = chain.verify(AuditSeal.objects.first().digest)
    assert (found.lines, found.waiting, found.fault) == (5, 0, "")


def test_many_lines_are_sealed_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST", 3)
    lines(8)
    assert chain.seal(START) == 8
    assert AuditSeal.objects.count() == 3
    assert chain.verify().lines == 8


def test_a_line_committed_late_is_neither_lost_nor_taken_for_inserted() -> None:
    lines(1, first=10)
    lines(1, first=12)
    chain.seal(START)
    lines(1, first=11)
    assert chain.verify().fault == ""
    assert chain.verify().waiting == 1
    assert chain.seal(after(2 * 24 * 60)) == 1  # the worker was down meanwhile
    assert (chain.verify().lines, chain.verify().waiting) == (3, 0)


def test_a_line_that_appears_among_old_ones_is_named() -> None:
    lines(1, first=10)
    lines(1, first=12)
    chain.seal(START)
    lines(1, first=20)
    chain.seal(after(61))
    lines(1, first=11)
    lines(1, first=21)
    assert chain.seal(after(63)) == 1
    assert chain.verify().fault == "Line 11 was inserted: no seal knows it."


@pytest.mark.parametrize(
    ("column", "value"),
    [("what", "'headshot.takem'"), ("about", "'x'"), ("actor_id", "NULL"), ("at", "'2020-01-01 00:00:00'")],
)
def test_a_changed_line_is_named(column: str, value: str) -> None:
    ids = lines(5)
    chain.seal(START)
    with intruder() as raw:
        raw.execute(f"UPDATE accounts_auditentry SET {column} = {value} WHERE id = {ids[2]}")
    assert chain.verify().fault == f"Line {ids[2]} was changed."
    with pytest.raises(CommandError, match=f"Line {ids[2]} was changed"):
        call_command("verify_audit")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL's columns hold only their kind")
def test_a_line_that_cannot_be_read_any_more_is_named() -> None:
    ids = lines(3)
    chain.seal(START)
    with intruder() as raw:
        raw.execute(f"UPDATE accounts_auditentry SET actor_id = 'nobody' WHERE id = {ids[1]}")
    assert chain.verify().fault == f"Line {ids[1]} was changed."


def test_a_deleted_line_is_named() -> None:
    ids = lines(5)
    chain.seal(START)
    with intruder() as raw:
        raw.execute(f"DELETE FROM accounts_auditentry WHERE id IN ({ids[1]}, {ids[3]})")
    assert chain.verify().fault == f"Line {ids[1]} was deleted."


def three_seals() -> list[AuditSeal]:
    for minute in range(3):
        lines(2)
        chain.seal(after(minute))
    return list(AuditSeal.objects.all())


def test_a_seal_made_anew_without_the_key_is_named() -> None:
    """Even with all its hashes right."""
    _first, second, _third = three_seals()
    text = second.text.replace('"lines":{', '"lines":{"99":"00",')
    with intruder("accounts_auditseal") as raw:
        digest = hashlib.sha256(text.encode()).hexdigest()
        raw.execute(
            "UPDATE accounts_auditseal SET text = %s, digest = %s WHERE id = %s", [text, digest, second.pk]
        )
    assert chain.verify().fault == f"Seal {second.pk} was altered."


def test_a_seal_taken_out_is_missed() -> None:
    _first, second, third = three_seals()
    with intruder("accounts_auditseal") as raw:
        raw.execute("DELETE FROM accounts_auditseal WHERE id = %s", [second.pk])
    assert chain.verify().fault == f"Before seal {third.pk} a seal is missing."


def test_a_chain_cut_short_is_known_by_a_digest_noted_earlier() -> None:
    third = three_seals()[-1]
    with intruder("accounts_auditseal") as raw:
        raw.execute("DELETE FROM accounts_auditseal WHERE id = %s", [third.pk])
    assert chain.verify().fault == ""
    assert "seals were cut off" in chain.verify(third.digest).fault


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditseal SET text = ''", "DELETE FROM accounts_auditseal"]
)
def test_the_database_refuses_to_change_seals(statement: str) -> None:
    three_seals()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as raw:
        raw.execute(statement)


def test_two_workers_do_not_follow_the_same_seal() -> None:
    first = three_seals()[0]
    line = lines(1)
    late = list(AuditEntry.objects.filter(pk__in=line).values(*chain.LINE))
    with pytest.raises(DatabaseError), transaction.atomic():
        chain._append(first, late, after(9))
    assert chain.seal(after(9)) == 1
    assert chain.verify().fault == ""


def test_staff_see_the_log_and_what_its_check_found(sam: User, ivy: User) -> None:
    browser = proven(sam)
    audit.record(ivy, "headshot.taken", "shoot 7", subject=ivy)
    (pk,) = AuditEntry.objects.filter(actor_id=ivy.pk).values_list("pk", flat=True)
    lines(1)
    chain.seal()
    assert not chain.check().fault
    page = reverse("admin:accounts_auditentry_changelist")
    shown = browser.get(page, {"q": str(ivy.pk)}).content.decode()
    assert "shoot 7" in shown
    assert "fitted their seals" in shown
    assert AuditSeal.objects.last().digest in shown
    with intruder() as raw:
        raw.execute(f"UPDATE accounts_auditentry SET what = 'x' WHERE id = {pk}")
    assert not chain.check_is_due()
    chain.check()
    assert f"Line {pk} was changed" in browser.get(reverse("admin:index")).content.decode()
    assert (
        browser.post(reverse("admin:accounts_auditentry_change", args=[pk]), {"what": "y"}).status_code == 403
    )


def test_an_unsealed_log_raises_an_alarm() -> None:
    lines(1, at=timezone.now() - timedelta(minutes=11))
    assert any("sealed" in said for said in alarms())
    chain.seal()
    assert not any("sealed" in said for said in alarms())
    assert chain.check_is_due()
    assert AuditCheck.objects.count() == 0
