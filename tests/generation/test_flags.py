"""What looks like misuse is told once, by counts, and dismissed with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from accounts import limits
from accounts.models import Member, User
from generation import flags, tries
from generation.models import Attempt, Flag, Photo
from tests import cast
from tests.team.world import proven

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def told() -> list[tuple[str, int]]:
    flags.look(NOW)
    return list(Flag.objects.filter(closed_at=None).order_by("what").values_list("what", "count"))


def test_different_people_in_three_shoots_of_a_week(ivy: User) -> None:
    for count in (1, 2, 3):
        shoot = cast.draft(ivy)
        Photo.objects.filter(shoot=shoot).update(set_reasons=[{"code": flags.NOT_THE_SAME}])
        assert told() == ([("people", 3)] if count == 3 else [])
    assert Flag.objects.get().user == ivy


def test_networks_that_used_up_the_day() -> None:
    half = tries.PER_ADDRESS // 2
    for network in ("a", "a", "b"):
        rows = [Attempt(day=NOW.date(), device=str(n), address=network) for n in range(half)]
        Attempt.objects.bulk_create(rows)
    assert told() == [("tries", 1)]


def test_a_new_company_that_asks_strangers(ivy: User) -> None:
    company = cast.company(ivy)
    Member.objects.bulk_create(
        Member(company=company, email=f"{n}@example.org") for n in range(limits.MOST_STRANGERS)
    )
    assert told() == [("invitations", limits.MOST_STRANGERS + 1)]
    Flag.objects.all().delete()
    company.domains.create(name="example.org", token="x", verified_at=NOW)
    assert told() == []


def test_told_once_and_dismissed_for_a_week(sam: User) -> None:
    Attempt.objects.bulk_create(Attempt(day=NOW.date(), device=str(n), address="a") for n in range(10))
    assert told() == told() == [("tries", 1)]
    flag = Flag.objects.get()
    address = reverse("admin:generation_flag_act", args=[flag.pk, "dismiss"])
    assert proven(sam).post(address, {"reason": "a school"}).status_code == 302
    assert told() == []
    flag.refresh_from_db()
    assert flag.reason == "a school"
    flags.look(NOW + timedelta(days=181))
    assert not Flag.objects.exists()


def test_a_worker_looks_once_an_hour() -> None:
    cache.clear()
    flags.tidy(NOW)
    Attempt.objects.bulk_create(Attempt(day=NOW.date(), device=str(n), address="a") for n in range(10))
    flags.tidy(NOW)
    assert not Flag.objects.exists()
    cache.clear()
    flags.tidy(NOW)
    assert Flag.objects.exists()
