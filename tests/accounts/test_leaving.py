"""Taking back stops the work at once and leaves nothing; leaving does that to everything."""

from __future__ import annotations

from uuid import UUID

import pytest
from allauth.account.models import EmailAddress
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client

from accounts import consent, receipts
from accounts.files import place
from accounts.models import Purpose, Release, User
from billing import proof
from generation import gallery, leaving, periods, retention, shoots, vault
from generation.models import Lost, Shoot, Status
from tests import cast


def files(shoot: Shoot) -> bool:
    """Whether anything of the shoot can still be read."""
    readable = False
    names = [("inputs", f"{photo}.jpg") for photo in shoot.photos.values_list("pk", flat=True)]
    names += [("headshots", f"{one}.full") for one in shoot.headshots.values_list("pk", flat=True)]
    for kind, name in [*names, ("inputs", "identity")]:
        try:
            vault.get(shoot.pk, kind, name)  # type: ignore[arg-type]
            readable = True
        except (vault.Gone, vault.Missing):
            pass
    return readable


def test_withdrawal_ends_a_claimed_shoots_work_at_once(ivy: User) -> None:
    shoot = cast.training(ivy)
    shoots.beat(shoot, shoot.claim)  # until here the worker is welcome
    leaving.withdraw(shoot.release)
    with pytest.raises(Lost):
        shoots.beat(shoot, shoot.claim)
    with pytest.raises(vault.Gone):  # nor can the worker store what it still had in hand
        vault.put(shoot.pk, "inputs", "identity", b"late")
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED
    assert shoot.credit is None


def test_the_record_alone_stops_the_worker_too(ivy: User) -> None:
    shoot = cast.training(ivy)
    consent.withdraw(shoot.release)
    with pytest.raises(Lost):
        shoots.beat(shoot, shoot.claim)


@pytest.mark.parametrize("state", ["draft", "submitted", "training", "trained", "ready", "failed"])
def test_withdrawal_leaves_nothing_in_any_state(ivy: User, state: str) -> None:
    shoot = getattr(cast, state)(ivy)
    assert files(shoot)
    names = [("inputs", f"{photo.pk}.jpg") for photo in shoot.photos.all()]
    leaving.withdraw(shoot.release)
    for kind, name in names:
        with pytest.raises(vault.Gone):
            vault.get(shoot.pk, kind, name)  # type: ignore[arg-type]
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED
    assert not shoot.photos.exists()
    assert not shoot.headshots.exists()
    assert receipts.signing.verify(shoot.receipt, shoot.receipt_signature)
    leaving.withdraw(shoot.release)  # again does no harm


def test_the_first_withdrawal_counts(ivy: User) -> None:
    release = cast.release(ivy)
    assert consent.withdraw(release)
    first = release.withdrawn_at
    assert not consent.withdraw(release)
    assert release.withdrawn_at == first


def test_what_a_failing_storage_left_the_sweeper_purges(ivy: User, monkeypatch: pytest.MonkeyPatch) -> None:
    shoot = cast.ready(ivy)
    with monkeypatch.context() as broken:
        broken.setattr(type(place("default")), "erase_under", _out_of_order)
        with pytest.raises(OSError, match="out of order"):
            leaving.withdraw(shoot.release)
    retention.sweep()
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED


def _out_of_order(*_: object) -> None:
    raise OSError("out of order")


def test_keeping_no_longer_brings_the_usual_day_back(ivy: User) -> None:
    shoot = cast.ready(ivy)
    usual = shoot.inputs_until
    assert usual is not None
    longer = cast.release(ivy, Purpose.KEEP_LONGER)
    gallery.keep_longer(shoot, longer)
    shoot.refresh_from_db()
    assert shoot.inputs_until == usual + periods.LONGER
    leaving.withdraw(longer)
    shoot.refresh_from_db()
    assert shoot.inputs_until == usual
    assert shoot.status == Status.READY
    assert files(shoot)


def test_withdrawal_takes_two_clicks(ivy: User, signed_in: Client) -> None:
    shoot = cast.ready(ivy)
    url = f"/account/consents/{shoot.release.pk}/withdraw/"
    assert url.encode() in signed_in.get("/account/consents/").content
    assert b"Withdraw and delete" in signed_in.get(url).content
    shoot.refresh_from_db()
    assert shoot.status == Status.READY  # looking at the page does nothing
    assert signed_in.post(url).status_code == 302
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED


def test_leaving_takes_everything_and_gives_a_receipt(ivy: User, sam: User) -> None:
    owned = [cast.draft(ivy), cast.training(ivy), cast.ready(ivy)]
    other = cast.ready(sam)
    signed = leaving.leave(ivy)
    receipt = receipts.checked(receipts.envelope(*signed))
    assert receipt is not None
    assert {UUID(one) for one in receipt["shoots"]} == {shoot.pk for shoot in owned}
    assert "ivy" not in signed[0].lower()
    assert not User.objects.filter(pk=ivy.pk).exists()
    assert not EmailAddress.objects.filter(email="ivy@example.com").exists()
    for shoot in owned:
        shoot.refresh_from_db()
        assert shoot.status == Status.PURGED
        assert shoot.subject is None
    assert Release.objects.filter(user=None, withdrawn_at__isnull=False).count() == 3  # the proof stays
    assert files(other)
    assert proof.faults() == []  # nor has anything of the books gone with them


def test_who_could_not_leave_can_still_sign_in(ivy: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cast.ready(ivy)
    monkeypatch.setattr(type(place("default")), "erase_under", _out_of_order)
    with pytest.raises(OSError, match="out of order"):
        leaving.leave(ivy)
    ivy.refresh_from_db()
    assert ivy.is_active


def test_leaving_asks_for_the_password_again(ivy: User, zoe: Client) -> None:
    zoe.force_login(ivy)
    asked = zoe.post("/account/delete/", {"leave": "yes"})
    assert asked.status_code == 302
    assert asked["Location"].startswith("/account/reauthenticate/")
    assert User.objects.filter(pk=ivy.pk).exists()
    zoe.post("/account/reauthenticate/", {"password": "wrong"})
    assert zoe.get("/account/delete/").status_code == 302
    # With the proof, allauth goes on with what was asked for.
    done = zoe.post(asked["Location"], {"password": cast.PASSWORD}, follow=True)
    assert b"account deletion receipt" in done.content
    assert not User.objects.filter(pk=ivy.pk).exists()
    assert zoe.get("/account/").status_code == 302
    assert str(ivy.pk) not in "".join(str(session.get_decoded()) for session in Session.objects.all())


def test_who_has_no_password_gets_a_code(db: None, zoe: Client) -> None:
    user = cast.person("emil", password=None)
    zoe.force_login(user)
    assert b"Send the code" in zoe.get("/account/delete/").content
    assert b"Send the code" in zoe.post("/account/delete/", {"leave": "yes"}).content
    zoe.post("/account/delete/", {"send": ""})
    [code] = [line for line in mail.outbox[0].body.splitlines() if line.isupper() or line.isdigit()]
    assert b"not the code" in zoe.post("/account/delete/", {"code": "wrong"}).content
    assert User.objects.filter(pk=user.pk).exists()
    assert zoe.post("/account/delete/", {"code": code}).status_code == 302
    zoe.post("/account/delete/", {"leave": "yes"})
    assert not User.objects.filter(pk=user.pk).exists()


def test_a_code_is_worth_three_guesses(db: None, zoe: Client) -> None:
    zoe.force_login(cast.person("emil", password=None))
    zoe.post("/account/delete/", {"send": ""})
    [code] = [line for line in mail.outbox[0].body.splitlines() if line.isupper() or line.isdigit()]
    for _ in range(3):
        zoe.post("/account/delete/", {"code": "wrong"})
    zoe.post("/account/delete/", {"code": code})
    assert b"Delete everything now" not in zoe.get("/account/delete/").content
