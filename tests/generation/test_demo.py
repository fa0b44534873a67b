"""The demo begins with people whose shoots show every status that lasts, and never among real ones."""

from __future__ import annotations

import pytest

from generation import boards, demo, demo_team, marks, shoots, vault
from generation.models import Letter, Photo, Shoot, Status, Verdict
from tests import cast

pytestmark = pytest.mark.django_db


def test_ivy_has_a_shoot_in_every_status_that_lasts() -> None:
    running = demo.seed()
    assert running is not None
    hers = Shoot.objects.filter(subject=running.subject)
    found = list(hers.values_list("status", flat=True))
    assert sorted(found) == ["draft", "draft", "failed", "purged", "ready"]
    assert running.photos.count() == 15
    gallery = hers.get(status=Status.READY)
    shown = list(gallery.headshots.order_by("rank"))
    assert [one.rank for one in shown] == list(range(1, gallery.asked + 1))
    picture = vault.get(gallery.pk, "headshots", f"{shown[0].pk}.full")
    assert marks.check(picture) == "intact"
    assert not Letter.objects.exists()

    assert not demo.begin(running)  # its photos have no verdict yet
    Photo.objects.filter(shoot=running).update(verdict=Verdict.ACCEPTED)
    assert demo.begin(running)
    assert shoots.next_in_turn() == running.pk
    assert demo.seed() is None


def test_acme_has_members_in_every_state() -> None:
    counts = boards.counts(demo_team.seed())
    assert counts == {"invited": 17, "in_progress": 2, "released": 8, "overdue": 0}


def test_it_adds_nobody_to_real_people() -> None:
    cast.person("hana")
    with pytest.raises(demo.Occupied):
        demo.seed()
