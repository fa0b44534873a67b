"""Staff sees companies without their people, and closes one with a reason."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from billing import ledger
from tests.team.world import Team, proven

pytestmark = pytest.mark.django_db


def test_the_list_counts_and_the_page_names_nobody() -> None:
    team = Team()
    assert team.member
    ledger.grant(team.company, 3, source="gift")
    team.company.domains.create(name="acme.example", token="x")
    desk = proven(team.user("sam"))
    shown = desk.get(reverse("admin:accounts_company_changelist"), {"q": "Acme"}).content.decode()
    assert "Globex" not in shown
    assert '<td class="field-people">3</td>' in shown
    assert '<td class="field-credits_left">3</td>' in shown
    page = desk.get(reverse("admin:accounts_company_change", args=[team.company.pk])).content.decode()
    assert "acme.example" in page
    assert "emil" not in page.lower()


def test_it_is_closed_with_a_reason() -> None:
    team = Team()
    desk = proven(team.user("sam"))
    address = reverse("admin:accounts_company_act", args=[team.company.pk, "close"])
    assert desk.post(address, {}).status_code == 200
    assert desk.post(address, {"reason": "invites strangers"}).status_code == 302
    team.company.refresh_from_db()
    assert team.company.closed_at
    assert AuditEntry.objects.get(what="company.ended").about.endswith("invites strangers")
    assert desk.post(address, {"reason": "again"}).status_code == 404
