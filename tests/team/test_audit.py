"""The log of a company: in words, in pages, and never changed."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from pytest_django import DjangoAssertNumQueries

from accounts import audit, companies
from accounts.company_forms import SettingsForm
from accounts.models import AuditEntry, Role
from tests import cast

from .world import Team, page

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET what = 'x'", "DELETE FROM accounts_auditentry"]
)
def test_the_database_refuses_to_change_the_log(statement: str) -> None:
    companies.create(cast.person("hana", password=None), "Acme")
    before = list(AuditEntry.objects.values())
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as raw:
        raw.execute(statement)
    assert list(AuditEntry.objects.values()) == before


def test_the_log_is_paged_with_the_same_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    team = Team()
    client = team.browser("hana")
    for lines in (2, 120):
        for number in range(lines):
            audit.note(
                team.company, team.user("adam"), "role.admin", team.member.pk if number % 2 else number
            )
        with django_assert_num_queries(7):
            shown = client.get(page("audit", team.company))
    assert b"made Emil an admin" in shown.content
    assert b"Page 1 of 3" in shown.content
    assert b"Page 3 of 3" in client.get(page("audit", team.company), {"page": "99"}).content


def test_every_note_has_its_sentence(root: Path) -> None:
    """Of whatever verb: a code without words would stand in the log as it is."""
    called = re.compile(r"_?(?:note|record|end|switch)\([^()]*?\"([a-z]+\.[a-z_]+)\"")
    noted = {
        code
        for app in ("accounts", "billing", "generation")
        for path in (root / app).rglob("*.py")
        for code in called.findall(path.read_text())
    }
    assert {"member.removed", "webhook.paused", "credits.paid"} <= noted
    noted |= {f"company.{name}" for name in SettingsForm.base_fields} | {f"role.{role}" for role in Role}
    assert noted <= set(audit.SENTENCES)
