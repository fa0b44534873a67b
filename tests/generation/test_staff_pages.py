"""Staff's pages of the queue, the free tries' budget and the models."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Purpose, User
from generation import shoots, tries
from generation.engine import production, weights
from generation.failures import Refused
from generation.models import Shoot, TryBudget
from headshots.models import Worker
from tests import cast
from tests.people import proven


def text(desk: Client, name: str) -> str:
    """What stands on the page, between its tags."""
    shown = desk.get(reverse(f"admin:{name}"))
    assert shown.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", shown.content.decode()))


def begin(number: int) -> Shoot:
    """A try of somebody else each time."""
    address = f"192.0.2.{number}"
    return tries.begin(cast.release(None, Purpose.TRY), uuid4().hex, device=uuid4().hex, address=address)


def change(desk: Client, a_day: str, reason: str = "farmed from many networks") -> Any:
    return desk.post(reverse("admin:tries"), {"a_day": a_day, "reason": reason})


def test_the_first_page_leads_to_them(desk: Client) -> None:
    first = desk.get(reverse("admin:index")).content.decode()
    for name in ("queue", "tries", "models"):
        assert f'href="{reverse(f"admin:{name}")}"' in first


def test_lanes_workers_and_what_got_stuck(desk: Client, ivy: User) -> None:
    assert "No worker is running." in text(desk, "queue")
    now = timezone.now()
    Worker.objects.create(samples=40, began=now - timedelta(minutes=10), seen_at=now)
    Worker.objects.create(samples=40, began=now - timedelta(hours=2), seen_at=now - timedelta(minutes=2))
    cast.training(ivy)
    waits = cast.submitted(ivy)
    Shoot.objects.filter(pk=waits.pk).update(submitted_at=now - timedelta(minutes=5), starts=2)
    aside = cast.failed(ivy, "quarantined")
    fine = cast.failed(ivy, "cancelled")
    shown = text(desk, "queue")
    assert "Shoots 1 1 0:05:0" in shown
    assert "Free tries 0 0 –" in shown
    assert str(Worker.objects.get(seen_at=now).pk) in shown
    assert str(Worker.objects.exclude(seen_at=now).get().pk) not in shown
    assert f"{waits.pk} " in shown
    assert "begun 2 of 3 times without progress" in shown
    assert f"{aside.pk} " in shown
    assert "Three starts ended without progress" in shown
    assert str(fine.pk) not in shown
    assert "went into learning and drawing" in shown


def test_a_days_tries_are_lowered_raised_and_stopped_from_the_next_on(desk: Client, sam: User) -> None:
    for number in range(2):
        begin(number)
    assert "Begun today 2 " in text(desk, "tries")
    assert change(desk, "2").status_code == 302
    with pytest.raises(Refused, match="all taken"):
        begin(3)
    change(desk, "3")
    begin(4)
    assert "Begun today 3 of 3" in text(desk, "tries")
    change(desk, "0")
    with pytest.raises(Refused, match="all taken"):
        begin(5)
    change(desk, "")
    begin(6)
    assert TryBudget.objects.count() == 1
    lines = AuditEntry.objects.filter(actor_id=sam.pk).order_by("id").values_list("what", "actor_id", "about")
    said = [f"{number} farmed from many networks" for number in ("2", "3", "0", "–")]
    assert list(lines) == [("tries.budget", sam.pk, one) for one in said]


def test_the_budget_needs_a_reason_and_the_right(desk: Client) -> None:
    assert change(desk, "0", "").status_code == 200
    assert change(desk, "-1").status_code == 200
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    assert change(proven(clerk), "0").status_code == 403
    assert not TryBudget.objects.exists()
    begin(1)


def test_paid_shoots_are_untouched_by_it(desk: Client, ivy: User) -> None:
    change(desk, "0")
    shoot = cast.submitted(ivy)
    assert shoots.next_in_turn() == shoot.pk


def test_every_model_stands_with_its_licence_and_pins(desk: Client) -> None:
    shown = text(desk, "models")
    for face in weights.FACE_MODELS.values():
        assert face.sha256 in shown
    for model in production.PRODUCTION:
        assert f"{model.hub_id} {model.revision}" in shown
        assert model.licence in shown
    assert "not pinned" in shown
    assert "understudy" in shown


def test_what_the_operators_own_folder_pinned_counts(desk: Client, settings: Any, tmp_path: Path) -> None:
    settings.MODEL = str(tmp_path)
    lines = [f"{'a' * 64}  {file.place}" for model in production.PRODUCTION for file in model.files]
    (tmp_path / production.LISTING).write_text("\n".join(lines))
    shown = text(desk, "models")
    assert "not pinned" not in shown
    assert "a" * 64 in shown
