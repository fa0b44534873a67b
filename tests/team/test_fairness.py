"""A company is one tenant: five hundred of its members' shoots keep nobody else waiting (promise 15)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from billing import ledger
from generation import estimates, shoots
from generation.models import Shoot, Status
from tests import cast

from .test_paying import another, submitted
from .world import Team

NOW = timezone.now()
Queue = list[tuple[UUID, Any, Any]]


def queue(tenant: str, count: int, *, after: int = 0) -> Queue:
    """So many shoots of one tenant, handed in a second apart."""
    return [(uuid4(), tenant, NOW + timedelta(seconds=after + number)) for number in range(count)]


def dispatched(waiting: Queue, count: int) -> Sequence[str]:
    """Whose shoots one worker takes, one after the other."""
    served, taken, tenants = Counter[Any](), list[str](), {shoot: whose for shoot, whose, _at in waiting}
    for _turn in range(count):
        first = shoots.in_turn(waiting, served)[0]
        taken.append(tenants[first])
        served[tenants[first]] += 1
        waiting = [one for one in waiting if one[0] != first]
    return taken


def jain(shares: Sequence[int]) -> float:
    """1: all have as much; 1/n: one has everything (Jain, Chiu and Hawe, 1984)."""
    return sum(shares) ** 2 / (len(shares) * sum(share**2 for share in shares))


def test_an_individual_waits_for_one_of_five_hundred() -> None:
    assert dispatched([*queue("Acme", 500), *queue("ivy", 1, after=1000)], 3) == ["Acme", "ivy", "Acme"]


def test_tenants_with_work_share_alike_and_one_alone_has_everything() -> None:
    waiting = [*queue("Acme", 90), *queue("Globex", 30, after=500), *queue("ivy", 30, after=900)]
    taken = dispatched(waiting, len(waiting))
    assert jain(list(Counter(taken[:90]).values())) >= 0.95
    assert taken[90:] == ["Acme"] * 60


@pytest.mark.django_db
def test_all_members_of_a_company_are_one() -> None:
    team, ivy = Team(), cast.person("ivy", password=None)
    ledger.grant(team.company, 3, source="test")
    first, second, third = (submitted(another(team, f"member-{number}")) for number in range(3))
    own = cast.submitted(ivy)
    assert [one.pk for one in estimates.queue()] == [first.pk, own.pk, second.pk, third.pk]  # as told
    order = []
    for _turn in range(3):
        turn = shoots.next_in_turn()
        assert turn is not None
        assert shoots.take(turn, Status.SUBMITTED)
        order.append(turn)
    assert order == [first.pk, own.pk, second.pk]
    taken = Shoot.objects.get(pk=second.pk)
    shoots.keep_identity(taken, taken.claim, base_hash="b", sha256="s", size=1, seconds=1.0)
    assert shoots.served() == {team.company.pk: 2, ivy.pk: 1}
    assert shoots.next_in_turn() == third.pk
