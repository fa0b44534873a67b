"""The free try: one a day for a device, ten for a network, seen by its own browser, kept by an account."""

from __future__ import annotations

import contextlib
import json
import re
import threading
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts import keys
from accounts.models import Purpose, Release, User
from billing import ledger
from generation import frames, intake, measured, retention, shoots, tries, vault
from generation.engine.decoder import Decoded
from generation.engine.resident import Drawn
from generation.engine.types import Reason, Score
from generation.failures import Refused
from generation.models import Attempt, Kind, Photo, Shoot, Status, Verdict
from tests import cast

TRY, KEEP = reverse("generation:try"), reverse("generation:try_keep")
SELFIE = (Path(__file__).resolve().parents[1] / "photos" / "person-0-0.jpg").read_bytes()
DECODED = Decoded(cast.picture(), 64, 64, None, False, cast.picture(side=16))


def agreed(selfie: bytes = SELFIE, name: str = "selfie.jpg", **changes: str) -> dict[str, object]:
    return {
        "text": cast.text(Purpose.TRY).sha256,
        "is_subject": "on",
        "is_adult": "on",
        "selfie": SimpleUploadedFile(name, selfie, "image/jpeg"),
        **changes,
    }


def begin(visitor: str = "visitor", device: str = "", address: str = "192.0.2.7") -> Shoot:
    return tries.begin(
        cast.release(None, Purpose.TRY), visitor, device=device or str(uuid4()), address=address
    )


def drawn(shoot: Shoot, pictures: int = 4) -> Shoot:
    """Selfie accepted, pictures there."""
    photo = tries.send(shoot, DECODED, "selfie.jpg", uuid4())
    Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
    assert tries.go_on(photo) is not None
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    stored = {name: cast.picture() for name in ("full", "preview", "thumb")}
    for number in range(pictures):
        cast.headshot(taken, number, stored)
    shoots.publish(taken, taken.claim, tries.ordered(taken))
    taken.refresh_from_db()
    return taken


@pytest.fixture(autouse=True)
def quiet_minute(db: None) -> None:
    """Nobody has pressed the button in the last minute: those limits are not in the database."""
    cache.clear()


@pytest.fixture
def theirs(zoe: Client) -> Shoot:
    """zoe's try, with four pictures, seen by her browser."""
    zoe.get(TRY)
    return drawn(begin(zoe.cookies["try"].value))


def test_a_selfie_and_two_ticks_begin_it(zoe: Client) -> None:
    assert zoe.get(TRY).status_code == 200
    response = zoe.post(TRY, agreed(), follow=True)
    shoot = Shoot.objects.get()
    assert (shoot.kind, shoot.subject, shoot.photos.count()) == (Kind.TRY, None, 1)
    assert shoot.release.text.purpose == Purpose.TRY
    assert "Looking at your selfie" in response.content.decode()
    cookie = zoe.cookies["try"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", 3600)
    assert tries.hashed(cookie.value) == shoot.visitor  # the row holds the hash alone


@pytest.mark.parametrize("missing", ["is_subject", "is_adult", "selfie", "text"])
def test_without_one_of_them_nothing_begins(zoe: Client, missing: str) -> None:
    response = zoe.post(TRY, {k: v for k, v in agreed().items() if k != missing})
    assert response.status_code == 422
    assert not Shoot.objects.exists()
    assert not Attempt.objects.exists()


def test_an_unreadable_file_costs_no_attempt(zoe: Client) -> None:
    response = zoe.post(TRY, agreed(b"not a picture", "notes.pdf"))
    assert response.status_code == 422
    assert not Attempt.objects.exists()
    assert not Shoot.objects.exists()
    assert zoe.post(TRY, agreed()).status_code == 302


def test_a_refused_selfie_may_be_replaced_and_costs_no_attempt(zoe: Client) -> None:
    zoe.post(TRY, agreed())
    first = Photo.objects.get()
    assert "checked" in zoe.post(TRY, agreed(), follow=True).content.decode()  # not while it is looked at
    intake._decide(first, [Reason("blurred", "The face is blurred.", blocking=True)])
    assert "The face is blurred." in zoe.get(TRY).content.decode()
    zoe.post(TRY, agreed(name="better.jpg"))
    assert Photo.objects.get().name == "better.jpg"
    assert (Shoot.objects.count(), Attempt.objects.count()) == (1, 1)
    with pytest.raises(vault.Missing):
        vault.get(first.shoot_id, "inputs", f"{first.pk}.jpg")


def test_one_a_day_for_a_device(db: None) -> None:
    begin(device="phone", address="192.0.2.1")
    with pytest.raises(Refused, match="once a day"):
        begin(device="phone", address="192.0.2.2")
    begin(device="other phone", address="192.0.2.1")


@pytest.mark.parametrize(
    ("spread", "elsewhere"),
    [
        (lambda n: "192.0.2.1", "192.0.2.2"),
        (lambda n: f"2001:db8:0:1::{n + 1:x}", "2001:db8:0:2::1"),
        (lambda n: "192.0.2.1" if n % 2 else "::ffff:192.0.2.1", "192.0.2.3"),
    ],
)
def test_ten_a_day_for_a_network(db: None, spread: object, elsewhere: str) -> None:
    for number in range(10):
        begin(address=spread(number))  # type: ignore[operator]
    with pytest.raises(Refused, match="your network"):
        begin(address=spread(10))  # type: ignore[operator]
    begin(address=elsewhere)


@pytest.mark.django_db
def test_a_forged_address_does_not_help() -> None:
    """Without a proxy of ours the header is not read at all."""
    for number in range(10):
        begin(address="127.0.0.1", device=str(number))
    for header in ("203.0.113.9", "203.0.113.9, 198.51.100.1"):
        response = Client(headers={"x-forwarded-for": header}).post(TRY, agreed())
        assert response.status_code == 429
        assert "your network" in response.content.decode()


def test_the_studio_takes_only_so_many(db: None, settings: object) -> None:
    settings.MOST_TRIES = 2  # type: ignore[attr-defined]
    for _ in range(2):
        tries.send(begin(address=f"192.0.2.{_}"), DECODED, "selfie.jpg", uuid4())
    with pytest.raises(Refused, match="studio is full"):
        begin(address="192.0.2.9")


def test_the_limit_is_told_before_a_selfie_is_asked_for(zoe: Client) -> None:
    zoe.get(TRY)
    begin(device=zoe.cookies["device"].value)
    response = zoe.get(TRY)
    assert response.status_code == 429
    assert "once a day" in response.content.decode()


def test_pressed_twice_it_is_one_try(zoe: Client) -> None:
    zoe.get(TRY)
    zoe.post(TRY, agreed())
    assert zoe.post(TRY, agreed()).status_code == 302
    assert Shoot.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_simultaneous_ones_one_begins() -> None:
    releases = [cast.release(None, Purpose.TRY) for _ in range(4)]
    together, begun = threading.Barrier(len(releases)), []

    def press(own: Release) -> None:
        together.wait()
        with contextlib.suppress(Refused):
            begun.append(tries.begin(own, "visitor", device="phone", address="192.0.2.1"))
        connection.close()

    threads = [threading.Thread(target=press, args=[own]) for own in releases]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(begun), Attempt.objects.count(), Shoot.objects.count()) == (1, 1, 1)


def test_no_address_is_stored_and_the_days_key_goes(db: None) -> None:
    with time_machine.travel(datetime(2031, 5, 6, 23, 30, tzinfo=UTC), tick=False):
        begin(device="phone", address="192.0.2.7")
        row = Attempt.objects.get()
        assert "192.0.2.7" not in row.address
        tries.forget_days()
        assert Attempt.objects.exists()  # today's still count
    with time_machine.travel(datetime(2031, 5, 7, 0, 1, tzinfo=UTC), tick=False):
        tries.forget_days()
        assert not Attempt.objects.exists()
        with pytest.raises(keys.Gone):
            keys.get("tries/2031-05-06")
        begin(device="phone", address="192.0.2.7")  # a new day


def test_another_browser_finds_nothing(zoe: Client, theirs: Shoot) -> None:
    picture = theirs.headshots.get(number=0)
    photo = theirs.photos.get()
    addresses = [
        reverse("generation:headshot", args=[theirs.pk, picture.pk, "thumb"]),
        reverse("generation:photo_image", args=[theirs.pk, photo.pk, "thumb"]),
    ]
    for address in addresses:
        assert zoe.get(address).status_code == 200
        assert Client().get(address).status_code == 404
        assert Client(headers={"cookie": "try=forged"}).get(address).status_code == 404
    assert str(picture.pk) in zoe.get(TRY).content.decode()
    assert str(picture.pk) not in Client().get(TRY).content.decode()


def test_its_pictures_wear_a_watermark(ivy: User) -> None:
    """The same frame, kept for a try and for a shoot, differs by the words all over it."""
    tried, bought = begin(), cast.trained(ivy)
    Shoot.objects.filter(pk=tried.pk).update(status=Status.SUBMITTED)
    stored = [
        kept(shoots.take(shoot.pk, status))
        for shoot, status in ((tried, Status.SUBMITTED), (bought, Status.TRAINED))
    ]
    marked, plain = (Image.open(BytesIO(data)).convert("L") for data in stored)
    low, high = plain.getextrema()
    assert high - low < 10
    for box in ((0, 0, 256, 256), (256, 0, 512, 256), (0, 256, 256, 512), (256, 256, 512, 512)):
        low, high = marked.crop(box).getextrema()
        assert high - low > 30


def test_a_flagged_picture_is_neither_stored_nor_shown(ivy: User) -> None:
    tried, bought = begin(), cast.trained(ivy)
    Shoot.objects.filter(pk=tried.pk).update(status=Status.SUBMITTED)
    for shoot, status in ((tried, Status.SUBMITTED), (bought, Status.TRAINED)):
        taken = shoots.take(shoot.pk, status)
        with pytest.raises(vault.Missing):
            kept(taken, "nudity")
        assert taken is not None
        assert not taken.headshots.get().shown
    assert not tries.ordered(tried)[0].shown


def kept(shoot: Shoot | None, *faults: str) -> bytes:
    """A grey frame as it is stored in full."""
    assert shoot is not None
    frame = BytesIO()
    Image.new("RGB", (512, 512), "slategrey").save(frame, "PNG")
    score = Score(likeness=0.5, sharpness=0.5, skin_shift=1.0, copied=0.0, yaw=0.0, faults=faults)
    drawn = Drawn(0, frame.getvalue(), "measures", score)  # type: ignore[arg-type]
    frames.keep(shoot, shoot.claim, drawn, frames.orders(shoot)[0])
    return vault.get(shoot.pk, "headshots", f"{shoot.headshots.get().pk}.full")


def test_news_are_told_once(zoe: Client) -> None:
    zoe.post(TRY, agreed())
    page = zoe.get(TRY).content.decode()
    news = re.search(r'hx-get="([^"]+)"', page)
    assert news is not None
    assert zoe.get(news[1]).status_code == 204
    photo = Photo.objects.get()
    intake._decide(photo, [Reason("blurred", "The face is blurred.", blocking=True)])
    assert "The face is blurred." in zoe.get(news[1]).content.decode()


def test_the_queue_number_is_true(db: None) -> None:
    queued = []
    for number in range(3):
        shoot = begin(address=f"192.0.2.{number}")
        photo = tries.send(shoot, DECODED, "selfie.jpg", uuid4())
        Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
        tries.go_on(photo)
        queued.append(Shoot.objects.get(pk=shoot.pk))
    assert [tries.ahead(shoot) for shoot in queued] == [0, 1, 2]
    first, whole = measured.try_seconds("idle") or (0, 0)
    assert 0 < first <= whole
    assert tries.until_first_picture(queued[2]) == timedelta(seconds=2 * whole + first)
    refused = begin(address="192.0.2.9")
    cast.photo(refused, verdict=Verdict.REFUSED)
    assert tries.waiting() == 3  # who has to send another selfie is not in the queue


def test_the_page_says_what_was_measured_and_never_less(zoe: Client, ivy: User) -> None:
    """The slowest run, rounded up to five seconds; beside a running shoot, what was measured there."""
    for part, told in json.loads((measured.RESULTS / "try_web.json").read_text()).items():
        slowest = max(run["first_picture"] for run in told["runs"])
        first, whole = measured.try_seconds(part) or (0, 0)
        assert (first % 5, whole % 5) == (0, 0)
        assert 0 <= first - slowest < 5
        assert whole >= max(run["all_pictures"] for run in told["runs"])
    zoe.get(TRY)
    shoot = begin(zoe.cookies["try"].value)
    Photo.objects.filter(pk=tries.send(shoot, DECODED, "s.jpg", uuid4()).pk).update(verdict=Verdict.ACCEPTED)
    tries.go_on(Photo.objects.get())
    for part in ("idle", "beside a shoot"):
        if part != "idle":
            cast.training(ivy)
        seconds = measured.try_seconds(part)
        assert seconds is not None
        assert f"in about {seconds[0]} seconds" in zoe.get(TRY).content.decode()


def test_an_hour_later_it_is_gone(zoe: Client, theirs: Shoot) -> None:
    with time_machine.travel(theirs.created + timedelta(hours=1, seconds=1), tick=False):
        retention.sweep()
    theirs.refresh_from_db()
    assert theirs.status == Status.PURGED
    assert zoe.get(reverse("generation:try_news")).headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("state", ["draft", "ready"])
def test_delete_now_leaves_a_receipt(zoe: Client, state: str) -> None:
    zoe.get(TRY)
    shoot = begin(zoe.cookies["try"].value)
    if state == "ready":
        drawn(shoot)
    page = zoe.post(reverse("generation:try_delete")).content.decode()
    assert "deletion receipt" in page
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED
    assert shoot.release.withdrawn_at is not None
    assert zoe.cookies["try"].value == ""


def test_an_account_keeps_it(zoe: Client, theirs: Shoot, ivy: User) -> None:
    assert zoe.get(KEEP).status_code == 302  # only with an account
    zoe.force_login(ivy)
    page = zoe.get(KEEP).content.decode()
    assert "Keep your try" in page
    ticks = {"text": cast.text().sha256, "is_subject": "on", "is_adult": "on"}
    response = zoe.post(KEEP, ticks)
    assert response.headers["Location"] == reverse("generation:shoot", args=[theirs.pk])
    shoot = Shoot.objects.get(pk=theirs.pk)
    assert (shoot.kind, shoot.subject, shoot.status, shoot.visitor) == (Kind.SHOOT, ivy, Status.DRAFT, "")
    assert (shoot.release.user, shoot.release.text.purpose) == (ivy, Purpose.HEADSHOTS)
    assert shoot.photos.get().accepted
    assert shoot.headshots.filter(round=tries.OUR_PICTURE).count() == 4
    assert shoot.inputs_until is not None
    assert shoot.inputs_until > theirs.inputs_until + timedelta(hours=20)  # type: ignore[operator]
    assert not tries.visible(zoe.cookies["try"].value).exists()
    assert "From your free try" in zoe.get(response.headers["Location"]).content.decode()


def test_a_kept_try_becomes_a_whole_shoot(ivy: User, theirs: Shoot) -> None:
    """Its watermarked pictures take no place in the new gallery."""
    tries.adopt(theirs, ivy, cast.release(ivy))
    shoots.choose(theirs, looks=["studio-grey@1"], direction={}, keep=[], asked=40)
    ledger.grant(ivy, 1, source="test")
    shoots.submit(theirs)
    theirs.refresh_from_db()
    assert (theirs.status, theirs.round, theirs.drawn) == (Status.SUBMITTED, 1, 0)
    assert frames.measures(theirs) == []
    assert theirs.credit is not None


def test_keeping_needs_the_full_release(zoe: Client, theirs: Shoot, ivy: User) -> None:
    zoe.force_login(ivy)
    assert zoe.post(KEEP, {"text": cast.text(Purpose.TRY).sha256, "is_subject": "on"}).status_code == 200
    theirs.refresh_from_db()
    assert theirs.kind == Kind.TRY
