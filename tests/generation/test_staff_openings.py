"""Staff opens single pictures: with a reason, for 15 minutes, on the record, and their person sees it."""

from __future__ import annotations

import json
from datetime import timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import consent
from accounts.models import AuditEntry, ConsentText, Purpose, User
from generation import export, leaving, openings, retention
from generation.failures import Refused
from generation.models import OpenedPicture, Opening, Shoot
from tests import cast
from tests.people import proven

WHY = "she reports wrong faces"


def address(shoot: Shoot, kind: str, size: str = "") -> str:
    if kind == "photo":
        args = [shoot.pk, shoot.photos.first().pk, size or "jpg"]  # type: ignore[union-attr]
        return reverse("generation:photo_image", args=args)
    return reverse("generation:headshot", args=[shoot.pk, shoot.headshots.first().pk, size or "full"])  # type: ignore[union-attr]


def begin(desk: Client, shoot: Shoot, reason: str = WHY) -> Any:
    return desk.post(reverse("admin:generation_shoot_pictures", args=[shoot.pk]), {"reason": reason})


KINDS = ("photo", "headshot")


@pytest.mark.parametrize("kind", KINDS)
def test_without_a_reason_nothing_opens(desk: Client, ivy: User, kind: str) -> None:
    shoot = cast.ready(ivy)
    assert desk.get(address(shoot, kind)).status_code == 404
    assert begin(desk, shoot, "").status_code == 200
    assert desk.get(address(shoot, kind)).status_code == 404
    assert not AuditEntry.objects.exclude(what="consent.given").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_with_one_a_picture_opens_for_a_quarter_of_an_hour(desk: Client, ivy: User, kind: str) -> None:
    shoot, other = cast.ready(ivy), cast.ready(cast.person("hana"))
    assert begin(desk, shoot).status_code == 302
    seen = desk.get(address(shoot, kind))
    assert (seen.status_code, seen["Cache-Control"]) == (200, "no-store")
    assert desk.get(address(other, kind)).status_code == 404
    opening = Opening.objects.get()
    assert opening.until - opening.at == timedelta(minutes=15)
    Opening.objects.update(until=timezone.now())
    assert desk.get(address(shoot, kind), headers={"if-none-match": seen["ETag"]}).status_code == 404


def test_each_picture_is_on_the_record_once(desk: Client, sam: User, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    for _time in range(2):
        for kind in KINDS:
            desk.get(address(shoot, kind, "thumb"))
            desk.get(address(shoot, kind))
    assert OpenedPicture.objects.count() == 2
    rows = AuditEntry.objects.filter(actor_id=sam.pk).order_by("id")
    lines = list(rows.values_list("what", "actor_id", "subject_id", "about"))
    photo, headshot = shoot.photos.get(), shoot.headshots.first()
    assert headshot is not None
    assert lines == [
        ("pictures.opened", sam.pk, ivy.pk, f"{shoot.pk} {WHY}"),
        ("picture.seen", sam.pk, ivy.pk, f"{shoot.pk} {photo.pk}"),
        ("picture.seen", sam.pk, ivy.pk, f"{shoot.pk} {headshot.pk}"),
    ]


def test_staffs_page_names_pictures_and_shows_none(desk: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    page = desk.get(reverse("admin:generation_shoot_pictures", args=[shoot.pk])).content.decode()
    assert address(shoot, "photo") in page
    assert address(shoot, "headshot") in page
    assert "<img" not in page
    assert "IMG_" not in page
    assert not OpenedPicture.objects.exists()


def test_what_did_not_pass_the_gate_and_the_whole_gallery_stay_closed(desk: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    assert desk.get(reverse("generation:archive", args=[shoot.pk])).status_code == 404
    assert desk.get(reverse("generation:shoot", args=[shoot.pk])).status_code == 404
    where = address(shoot, "headshot")
    shoot.headshots.update(shown=False)
    assert desk.get(where).status_code == 404


def test_it_opens_for_who_gave_the_reason_with_a_second_factor(desk: Client, sam: User, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    by_password = Client()
    by_password.force_login(sam)
    colleague = proven(cast.person("toni", staff=True))
    for browser in (by_password, colleague, Client()):
        assert browser.get(address(shoot, "headshot")).status_code == 404
    User.objects.filter(pk=sam.pk).update(is_staff=False)
    assert desk.get(address(shoot, "headshot")).status_code == 404


def test_the_person_sees_who_what_when_and_why(desk: Client, signed_in: Client, sam: User, ivy: User) -> None:
    shoot = cast.ready(ivy)
    page = reverse("generation:opened")
    assert "Nobody of the staff has opened" in signed_in.get(page).content.decode()
    begin(desk, shoot)
    desk.get(address(shoot, "headshot"))
    for where in (page, reverse("generation:shoot", args=[shoot.pk])):
        shown = signed_in.get(where).content.decode()
        assert WHY in shown
        assert "headshot" in shown
        assert sam.email not in shown
    assert "staff of this site" in signed_in.get(page).content.decode()
    signed_in.get(address(shoot, "headshot"))  # one's own look is nobody's opening
    assert OpenedPicture.objects.count() == 1


def test_the_person_takes_the_lines_along_without_who_it_was(desk: Client, sam: User, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    desk.get(address(shoot, "photo"))
    with ZipFile(BytesIO(b"".join(export.archive(ivy)))) as zipped:
        text = zipped.read("data.json").decode()
    told = json.loads(text)
    assert told["generation.Opening"][0]["reason"] == WHY
    assert told["generation.OpenedPicture"][0]["is_photo"]
    seen = [line["what"] for line in told["accounts.AuditEntry"]]
    assert seen == ["consent.given", "pictures.opened", "picture.seen"]
    assert str(sam.pk) not in text


def test_the_openings_go_with_the_account_and_the_pictures_with_the_purge(desk: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    where = address(shoot, "headshot")
    retention.purge(shoot)
    assert desk.get(where).status_code == 404
    assert "are deleted" in begin_anew(desk, shoot)
    leaving.leave(ivy)
    assert not Opening.objects.exists()


def begin_anew(desk: Client, shoot: Shoot) -> str:
    Opening.objects.update(until=timezone.now())
    return str(begin(desk, shoot).content.decode())


def test_withdrawn_consent_ends_an_opening(desk: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    begin(desk, shoot)
    consent.withdraw(shoot.release)
    assert desk.get(address(shoot, "headshot")).status_code == 404
    assert "took it back" in begin_anew(desk, shoot)


def test_who_was_promised_that_staff_sees_nothing_keeps_that(sam: User, ivy: User) -> None:
    """The texts before version 3 said so; a text that a person signed is never stretched."""
    shoot = cast.ready(ivy)
    old = ConsentText.objects.create(
        purpose=Purpose.HEADSHOTS, version=2, locale="en", body="nobody", sha256="0"
    )
    type(shoot.release).objects.filter(pk=shoot.release_id).update(text=old)
    with pytest.raises(Refused, match="sees no pictures"):
        openings.begin(Shoot.objects.get(pk=shoot.pk), sam, WHY)
    for version in (1, 2):
        text = (consent.FOLDER / f"headshots-{version}.en.md").read_text()
        assert "staff show no pictures" in text
        assert "open single pictures" not in text
    for purpose, words in (
        (Purpose.HEADSHOTS, "open single pictures"),
        (Purpose.KEEP_LONGER, "staff who open"),
    ):
        now = cast.text(purpose)
        assert now.version >= openings.SINCE
        assert words in now.body


def test_a_free_try_is_opened_by_nobody(sam: User) -> None:
    from tests.world import World

    with pytest.raises(Refused, match="no account"):
        openings.begin(World().of("try"), sam, WHY)


def test_only_who_may_change_shoots_opens(ivy: User) -> None:
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    shoot = cast.ready(ivy)
    assert begin(proven(clerk), shoot).status_code in (403, 404)
    assert not Opening.objects.exists()
