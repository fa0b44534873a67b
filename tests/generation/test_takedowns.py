"""A reported picture is hidden at once where it is known, from everybody, until staff has decided."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, User
from generation import alarms, boards, export, openings, takedowns, vault
from generation.models import Headshot, Portrait, Shoot, Status, Takedown
from tests import cast
from tests.team.world import Team, proven

pytestmark = pytest.mark.django_db
FORM = reverse("generation:report_picture")


@pytest.fixture(autouse=True)
def _counters(db: None) -> None:
    cache.clear()


@pytest.fixture
def shoot(ivy: User) -> Shoot:
    return cast.ready(ivy)


def best(shoot: Shoot) -> Headshot:
    return shoot.headshots.get(rank=1)


def picture(one: Headshot, size: str = "full") -> str:
    return reverse("generation:headshot", args=[one.shoot_id, one.pk, size])


def report(zoe: Client, which: str, **more: str) -> Takedown:
    answer = zoe.post(FORM, {"which": which, "words": "This is me.", **more})
    assert answer["Location"] == f"{FORM}?sent"
    return Takedown.objects.latest("created")


def released(team: Team) -> Portrait:
    """emil's, from a headshot of his."""
    return cast.portrait(team.member, {"full": b"jpeg"}, headshot=best(cast.ready(team.user("emil"))))


def decide(client: Client, row: Takedown, word: str, **said: str) -> Any:
    return client.post(reverse("admin:generation_takedown_act", args=[row.pk, word]), said)


def test_a_picture_by_its_address_is_hidden_in_the_same_moment(
    zoe: Client, signed_in: Client, shoot: Shoot, ivy: User
) -> None:
    one, other = best(shoot), shoot.headshots.get(rank=2)
    row = report(zoe, f"see http://testserver{picture(one)}")
    assert (row.headshot, row.hidden_at is not None) == (one, True)
    for size in ("full", "preview", "thumb"):
        assert signed_in.get(picture(one, size)).status_code == 404
    assert signed_in.get(picture(other)).status_code == 200
    assert signed_in.get(reverse("generation:viewer", args=[shoot.pk, one.pk])).status_code == 404
    page = signed_in.get(reverse("generation:shoot", args=[shoot.pk])).content.decode()
    assert "Hidden while we look at a report" in page
    assert str(one.pk) not in page
    assert f"{one.pk}.full" not in {name for _kind, name in export.files(shoot)}
    assert AuditEntry.objects.get(what="takedown.hidden").subject_id == ivy.pk


def test_staff_looks_at_what_is_hidden_with_a_reason(sam: User, zoe: Client, shoot: Shoot) -> None:
    one, desk = best(shoot), proven(sam)
    report(zoe, str(one.pk))
    assert desk.get(picture(one)).status_code == 404
    openings.begin(shoot, sam, "a report of it")
    assert desk.get(picture(one)).status_code == 200


def test_a_shoots_address_hides_all_of_it(zoe: Client, signed_in: Client, shoot: Shoot) -> None:
    report(zoe, str(shoot.pk))
    assert not any(
        signed_in.get(picture(one, "thumb")).status_code == 200 for one in shoot.headshots.filter(shown=True)
    )
    assert signed_in.get(reverse("generation:archive", args=[shoot.pk])).status_code == 404
    assert signed_in.get(reverse("generation:shoot", args=[shoot.pk])).status_code == 200


def test_a_company_knows_its_copy_and_hides_only_that(zoe: Client) -> None:
    team = Team()
    portrait = released(team)
    headshot = portrait.headshot
    assert headshot
    report(zoe, f"/company/{team.company.pk}/pictures/{portrait.pk}/full/")
    assert not boards.standing().filter(pk=portrait.pk).exists()
    headshot.refresh_from_db()
    assert headshot.hidden_at is None


def test_what_names_nothing_waits_for_staff_and_alarms_them_in_time(zoe: Client, shoot: Shoot) -> None:
    row = report(zoe, f"on a profile of mine {uuid4()}", email="zoe@example.com")
    assert row.hidden_at is None
    now = timezone.now()
    assert not any("reported" in said for said in alarms.alarms(now + timedelta(minutes=44)))
    assert any("reported" in said for said in alarms.alarms(now + timedelta(minutes=46)))


def test_staff_hides_by_a_number_and_shows_again(
    sam: User, signed_in: Client, zoe: Client, shoot: Shoot
) -> None:
    desk, one = proven(sam), best(shoot)
    row = report(zoe, "my face", email="zoe@example.com")
    assert "No picture has this address" in decide(desk, row, "hide", which="nothing").content.decode()
    assert decide(desk, row, "hide", which=picture(one)).status_code == 302
    assert signed_in.get(picture(one)).status_code == 404
    assert not any("reported" in said for said in alarms.alarms(timezone.now() + timedelta(hours=2)))
    assert decide(desk, row, "restore", reason="her own picture").status_code == 302
    assert signed_in.get(picture(one)).status_code == 200
    row.refresh_from_db()
    assert (row.outcome, row.email, row.reason) == ("restored", "", "her own picture")
    assert mail.outbox[-1].to == ["zoe@example.com"]
    assert decide(desk, row, "remove", reason="x").status_code == 404


def test_what_two_reports_hide_is_shown_once_both_are_closed(sam: User, shoot: Shoot) -> None:
    one = best(shoot)
    first, second = (takedowns.ask(which=str(one.pk), words="…") for _ in range(2))
    takedowns.restore(first, sam, "mistaken")
    one.refresh_from_db()
    assert one.hidden_at
    takedowns.restore(second, sam, "mistaken")
    one.refresh_from_db()
    assert one.hidden_at is None


def test_staff_deletes_one_picture_with_its_files(sam: User, zoe: Client, shoot: Shoot) -> None:
    one = best(shoot)
    row = report(zoe, str(one.pk))
    assert decide(proven(sam), row, "remove", reason="it shows somebody else").status_code == 302
    assert not Headshot.objects.filter(pk=one.pk).exists()
    assert not vault.exists(shoot.pk, "headshots", f"{one.pk}.full")
    shoot.refresh_from_db()
    assert shoot.status == Status.READY
    row.refresh_from_db()
    assert row.outcome == "removed"


def test_staff_deletes_a_shoot_with_all_of_it(sam: User, zoe: Client, shoot: Shoot) -> None:
    row = report(zoe, str(shoot.pk))
    decide(proven(sam), row, "remove", reason="not her face")
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED


def test_a_copy_of_a_company_is_deleted(sam: User, zoe: Client) -> None:
    portrait = released(Team())
    row = report(zoe, str(portrait.pk))
    takedowns.remove(row, sam, "no")
    portrait = Portrait.objects.get(pk=portrait.pk)
    assert portrait.ended_at
    assert portrait.erased_at


def test_only_proven_staff_decides(sam: User, signed_in: Client, zoe: Client, shoot: Shoot) -> None:
    row = report(zoe, "…")
    weak = Client()
    weak.force_login(sam)
    for client in (signed_in, weak, zoe):
        assert decide(client, row, "restore", reason="x").status_code in (302, 404)
    row.refresh_from_db()
    assert row.closed_at is None


def test_the_form_says_what_lacks_and_takes_ten_an_hour(zoe: Client) -> None:
    assert zoe.post(FORM, {"which": "x"}).status_code == 422
    for _each in range(10):
        report(zoe, "x")
    assert zoe.post(FORM, {"which": "x", "words": "x"}).status_code == 429


def test_closed_reports_go_after_half_a_year(sam: User) -> None:
    open_one, closed = (takedowns.ask(which="x", words="x") for _ in range(2))
    takedowns.restore(closed, sam, "no")
    takedowns.tidy(timezone.now() + timedelta(days=179))
    assert Takedown.objects.count() == 2
    takedowns.tidy(timezone.now() + timedelta(days=181))
    assert list(Takedown.objects.all()) == [open_one]
