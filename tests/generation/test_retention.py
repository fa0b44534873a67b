"""Nothing stays longer than its period, nothing goes earlier, and a purge that breaks off is finished."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pkgutil import resolve_name
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from accounts import keys, receipts, signing
from accounts.files import place
from accounts.models import Purpose, User
from billing import ledger
from generation import gallery, lab, periods, retention, shoots, tries, vault
from generation.models import Kind, Letter, Lost, Photo, Shoot, Status
from tests import cast
from tests.stores import Stores

NOW = datetime.now(tz=UTC)  # the signer of pictures has a clock of its own
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Travel = Callable[[timedelta], None]


@pytest.fixture
def later() -> Any:
    """Stands the clock still at NOW; called, at that much after it."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield lambda span: clock.move_to(NOW + span)


def now(shoot: Shoot) -> Shoot:
    return Shoot.objects.get(pk=shoot.pk)


def readable(shoot: Shoot, kind: str) -> bool:
    try:
        vault.put(shoot.pk, kind, "probe", b"")  # type: ignore[arg-type]
        return True
    except vault.Gone:
        return False


def a_try() -> Shoot:
    shoot = tries.begin(cast.release(None, Purpose.TRY), "visitor", device="phone", address="192.0.2.1")
    cast.photo(shoot)
    return shoot


@pytest.mark.parametrize(("make", "length"), [("draft", DAY), ("failed", DAY), ("ready", 90 * DAY)])
def test_a_shoot_goes_at_its_end_and_not_before(
    ivy: User, later: Travel, make: str, length: timedelta
) -> None:
    shoot = getattr(cast, make)(ivy)
    later(length - timedelta(seconds=1))
    retention.sweep()
    assert now(shoot).status != Status.PURGED
    assert readable(shoot, "headshots")
    later(length)
    retention.sweep()
    assert now(shoot).status == Status.PURGED
    assert not readable(shoot, "headshots")
    assert not readable(shoot, "inputs")


def test_a_try_goes_after_its_hour_whatever_it_is_at(db: None, later: Travel) -> None:
    shoot = a_try()
    photo = shoot.photos.get()
    tries.go_on(photo)
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    later(HOUR - timedelta(seconds=1))
    retention.sweep()
    assert now(shoot).status == Status.SUBMITTED
    later(HOUR)
    retention.sweep()
    assert (now(shoot).status, now(shoot).visitor) == (Status.PURGED, "")
    with pytest.raises(Lost):  # its worker ends
        shoots.beat(taken, taken.claim)


def test_the_inputs_go_a_week_after_the_gallery_which_stays(ivy: User, later: Travel) -> None:
    shoot = cast.ready(ivy)
    later(7 * DAY - timedelta(seconds=1))
    retention.sweep()
    assert now(shoot).inputs_gone_at is None
    later(7 * DAY)
    retention.sweep()
    after = now(shoot)
    assert after.inputs_gone_at == NOW + 7 * DAY
    assert (after.status, after.photos.count(), hasattr(after, "identity")) == (Status.READY, 0, False)
    assert not readable(shoot, "inputs")
    assert vault.get(shoot.pk, "headshots", f"{shoot.headshots.first().pk}.full")


def test_the_consent_to_keep_longer_moves_that_day(ivy: User, later: Travel) -> None:
    shoot = cast.ready(ivy)
    gallery.keep_longer(shoot, cast.release(ivy, Purpose.KEEP_LONGER))
    later(37 * DAY - timedelta(seconds=1))
    retention.sweep()
    assert now(shoot).inputs_gone_at is None
    later(37 * DAY)
    retention.sweep()
    assert now(shoot).inputs_gone_at is not None


def test_the_owner_is_warned_once_for_each_end(ivy: User, later: Travel) -> None:
    shoot = cast.ready(ivy)

    def warnings() -> int:
        for _ in range(3):
            retention.sweep()
        return shoot.letters.filter(about=Letter.About.GOING).count()

    later(87 * DAY - timedelta(seconds=1))
    assert warnings() == 0
    later(87 * DAY)
    assert warnings() == 1
    first = shoot.letters.get(about=Letter.About.GOING)
    gallery.keep_for(now(shoot), 365)
    assert warnings() == 1
    later(362 * DAY)
    assert warnings() == 1
    assert shoot.letters.get(about=Letter.About.GOING).pk != first.pk


def test_after_any_silence_nothing_is_overdue(ivy: User, later: Travel, db: None) -> None:
    """More than a round ever takes at once, many of them warned long ago."""
    kept = [cast.draft(ivy, photos=0) for _ in range(30)]
    for shoot in kept:
        (credit,) = ledger.grant(ivy, 1, source="test")
        ledger.spend(credit)
        Shoot.objects.filter(pk=shoot.pk).update(
            status=Status.READY,
            credit=credit,
            headshots_until=NOW + 2 * DAY,
            inputs_gone_at=NOW,
        )
    retention.sweep()  # warned
    old = [a for a in (cast.draft(ivy), a_try(), cast.ready(ivy), cast.failed(ivy))]
    later(400 * DAY)
    assert retention.overdue(NOW + 400 * DAY).count() == len(kept) + len(old)
    retention.sweep()
    assert not retention.overdue(NOW + 400 * DAY).exists()
    assert Shoot.objects.exclude(status=Status.PURGED).count() == 0


def test_one_bad_shoot_holds_nobody_up_and_is_told_of(
    ivy: User, later: Travel, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = cast.draft(ivy), cast.draft(ivy)
    whole = vault.delete_all

    def broken(shoot_id: Any, kind: vault.Kind) -> None:
        if shoot_id == bad.pk:
            raise RuntimeError("the disk is gone")
        whole(shoot_id, kind)

    monkeypatch.setattr(vault, "delete_all", broken)
    later(DAY)
    with caplog.at_level(logging.ERROR, "generation.retention"):
        retention.sweep()
    assert (now(bad).status, now(good).status) == (Status.DRAFT, Status.PURGED)
    assert "should have gone" not in caplog.text
    later(DAY + 2 * HOUR)
    with caplog.at_level(logging.ERROR, "generation.retention"):
        retention.sweep()
    assert "1 shoots should have gone" in caplog.text


def test_two_hours_of_silence_are_an_error(
    ivy: User, later: Travel, caplog: pytest.LogCaptureFixture
) -> None:
    cast.draft(ivy)
    later(DAY + 2 * HOUR - timedelta(seconds=1))
    assert not retention.overdue(NOW + DAY - timedelta(seconds=1)).exists()
    with caplog.at_level(logging.ERROR, "generation.retention"):
        later(DAY + 2 * HOUR)
        retention.sweep()
        assert "the sweeper was silent: 1 shoots" in caplog.text
        caplog.clear()
        retention.sweep()
    assert caplog.text == ""


STEPS = {
    "headshots' key": ("accounts.keys.destroy", 0),
    "headshots' files": ("accounts.files.{place}.erase_under", 0),
    "inputs' key": ("accounts.keys.destroy", 1),
    "inputs' files": ("accounts.files.{place}.erase_under", 1),
    "receipt": ("accounts.signing.sign", 0),
    "letter": ("generation.shoots.write", 0),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("state", ["ready", "training"])
def test_a_purge_that_breaks_off_is_finished_by_the_sweeper(
    ivy: User, monkeypatch: pytest.MonkeyPatch, step: str, state: str
) -> None:
    shoot = getattr(cast, state)(ivy)
    held = (shoot.photos.count(), shoot.headshots.count())
    name, nth = STEPS[step]
    with monkeypatch.context() as patch:
        _break(patch, name, nth + (step == "letter" and state == "training"))
        with pytest.raises(OSError, match="unplugged"):
            gallery.delete_now(shoot)
    retention.sweep()
    after = now(shoot)
    assert after.status == Status.PURGED
    assert not readable(shoot, "inputs")
    assert not readable(shoot, "headshots")
    receipt = json.loads(after.receipt)
    assert (receipt["destroyed"]["photos"], receipt["destroyed"]["headshots"]) == held
    assert signing.verify(after.receipt, after.receipt_signature)
    assert after.letters.filter(about=Letter.About.PURGED).count() == 1


def _break(patch: pytest.MonkeyPatch, name: str, nth: int) -> None:
    """The call after ``nth`` others fails, as when somebody pulls the plug."""
    name = name.format(place=type(place("default")).__name__)
    whole = resolve_name(name)
    calls = iter(range(1000))

    def pull(*args: Any, **more: Any) -> Any:
        if next(calls) == nth:
            raise OSError("unplugged")
        return whole(*args, **more)

    patch.setattr(name, pull)


def test_purging_twice_is_purging_once(ivy: User) -> None:
    shoot = cast.ready(ivy)
    retention.purge(shoot)
    first = now(shoot).receipt
    retention.purge(now(shoot))
    assert now(shoot).receipt == first
    assert shoot.events.filter(new=Status.PURGED).count() == 1


@pytest.mark.parametrize("state", ["submitted", "training", "trained"])
def test_purging_ends_the_work_and_gives_the_credit_back(ivy: User, state: str) -> None:
    shoot = getattr(cast, state)(ivy)
    gallery.delete_now(shoot)
    with pytest.raises(Lost):
        shoots.beat(shoot, shoot.claim)
    with pytest.raises(vault.Gone):
        vault.put(shoot.pk, "inputs", "identity", b"late")
    assert now(shoot).credit is None


def test_the_receipt_verifies_until_a_byte_is_changed(ivy: User) -> None:
    shoot = cast.ready(ivy)
    retention.purge(shoot, why="asked for by the subject")
    after = now(shoot)
    envelope = receipts.envelope(after.receipt, after.receipt_signature)
    found = receipts.checked(envelope)
    assert found is not None
    assert found["destroyed"]["headshots"] == 4
    assert receipts.checked(envelope.replace('"headshots": 4', '"headshots": 5')) is None


def test_nothing_of_a_purged_shoot_stays_in_any_store(ivy: User, stores: Stores) -> None:
    shoot = cast.ready(ivy)
    stores.files.break_off(f"shoots/{shoot.pk}/headshots/half.full")
    assert any(str(shoot.pk) in name for name, _ in stores.files.everything())
    retention.purge(shoot)
    assert [name for name, _ in stores.files.everything() if str(shoot.pk) in name] == []
    left = [data for name, data in stores.keys.everything() if str(shoot.pk) in name]
    assert set(left) == {b""}  # the entries that keep a late writer from making the keys again


def test_scratch_goes_with_the_inputs(ivy: User, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab, "SCRATCH", tmp_path)
    shoot, working = cast.ready(ivy), cast.training(ivy)
    for one in (shoot, working):
        (lab.scratch(one.pk) / "checkpoint").write_bytes(b"face")
    stray = lab.scratch(uuid4())
    retention.drop_inputs(shoot)
    assert not (tmp_path / str(shoot.pk)).exists()
    retention.forget_scratch()
    assert [folder.name for folder in tmp_path.iterdir()] == [str(working.pk)]
    assert not stray.exists()


def test_the_public_page_shows_the_sweepers_own_table(db: None) -> None:
    page = Client().get("/retention/").content.decode()
    for period in periods.PERIODS.values():
        assert str(period.what) in page
        assert str(period.begins) in page
    for words in ("1 hour", "1 day", "7 days", "90 days"):
        assert words in page


def test_a_kept_gallery_keeps_its_photo_rows_only_for_the_week(ivy: User, later: Travel) -> None:
    """File names are the person's own words, so they go with the photos."""
    shoot = cast.ready(ivy)
    assert Photo.objects.filter(shoot=shoot).exists()
    later(8 * DAY)
    retention.sweep()
    assert not Photo.objects.filter(shoot=shoot).exists()
    assert now(shoot).kind == Kind.SHOOT
    with pytest.raises(keys.Gone):
        keys.get(f"shoot/{shoot.pk}/inputs")
