"""After the gallery: more looks, other periods, deletion at once with a receipt that verifies."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from accounts import receipts
from accounts.models import Purpose, User
from generation import gallery, leaving, media, periods, retention, shoots, vault
from generation.failures import Refused
from generation.models import Kind, Shoot, Status
from tests import cast

AGREED = {"is_subject": "on", "is_adult": "on"}


@pytest.fixture
def ready(ivy: User) -> Shoot:
    return cast.ready(ivy)


def at(name: str, shoot: Shoot) -> str:
    return reverse(f"generation:{name}", args=[shoot.pk])


def test_keeping_the_photos_longer_takes_a_consent_of_its_own(
    signed_in: Client, ready: Shoot, ivy: User
) -> None:
    before = ready.inputs_until
    text = {"text": cast.text(Purpose.KEEP_LONGER).sha256}
    assert "error" in signed_in.post(at("keep_longer", ready), {**text, "is_adult": "on"}).content.decode()
    ready.refresh_from_db()
    assert ready.inputs_until == before
    signed_in.post(at("keep_longer", ready), {**text, **AGREED})
    ready.refresh_from_db()
    assert ready.inputs_until == before + periods.LONGER
    release = ivy.releases.get(text__purpose=Purpose.KEEP_LONGER)
    assert gallery.longer_until(ready) is None
    assert signed_in.get(at("keep_longer", ready))["Location"] == at("shoot", ready)
    leaving.withdraw(release)
    ready.refresh_from_db()
    assert ready.inputs_until == before


def test_another_purpose_or_another_person_keeps_nothing_longer(ready: Shoot, ivy: User, sam: User) -> None:
    for release in (cast.release(ivy, Purpose.TRY), cast.release(sam, Purpose.KEEP_LONGER)):
        with pytest.raises(Refused, match="consent"):
            gallery.keep_longer(ready, release)
    mine = cast.release(ivy, Purpose.KEEP_LONGER)
    retention.drop_inputs(ready)
    with pytest.raises(Refused, match="any longer"):
        gallery.keep_longer(ready, mine)


def test_the_consent_to_keep_longer_holds_after_another_round(ready: Shoot, ivy: User) -> None:
    gallery.keep_longer(ready, cast.release(ivy, Purpose.KEEP_LONGER))
    ready.refresh_from_db()
    assert ready.ready_at is not None
    again = periods.of_a_gallery(ready, ready.ready_at)["inputs_until"]
    assert again == ready.inputs_until


def test_a_round_that_is_stopped_shortens_nothing(ready: Shoot) -> None:
    inputs, headshots = ready.inputs_until, ready.headshots_until
    shoots.more_looks(ready, ["garden@1"])
    shoots.cancel(ready)
    assert ready.status == Status.READY
    assert (ready.inputs_until, ready.headshots_until) == (inputs, headshots)


def test_headshots_are_kept_for_one_of_the_periods(signed_in: Client, ready: Shoot) -> None:
    for days, kept in ((7, 7), (365, 365), ("8", 365), ("", 365), ("9" * 5000, 365), ("-7", 365)):
        signed_in.post(at("keep_for", ready), {"days": days})
        ready.refresh_from_db()
        assert (ready.headshots_until - ready.ready_at).days == kept
    ready.ready_at -= 8 * periods.DAY
    assert [length.days for length, _end in gallery.choices(ready, ready.inputs_until)] == [30, 90, 365]


def test_more_looks_are_drawn_from_the_kept_identity(signed_in: Client, ready: Shoot) -> None:
    assert "Choose one to six looks." in signed_in.post(at("more_looks", ready)).content.decode()
    for _pressed_twice in range(2):
        signed_in.post(at("more_looks", ready), {"looks": ["garden@1", "deep-teal@1"]})
    ready.refresh_from_db()
    assert (ready.status, ready.round) == (Status.TRAINED, 2)
    assert ready.looks == ["garden@1", "deep-teal@1"]


def test_without_the_identity_there_are_no_more_looks(signed_in: Client, ready: Shoot) -> None:
    assert at("more_looks", ready) in signed_in.get(at("shoot", ready)).content.decode()
    retention.drop_inputs(ready)
    assert at("more_looks", ready) not in signed_in.get(at("shoot", ready)).content.decode()
    refused = signed_in.post(at("more_looks", ready), {"looks": ["garden@1"]}).content.decode()
    assert "open a new shoot for more looks" in refused
    ready.refresh_from_db()
    assert ready.status == Status.READY


def test_deleting_everything_leaves_a_receipt_that_verifies(signed_in: Client, ready: Shoot) -> None:
    one = media.gallery(ready)[0]
    assert "cannot be undone" in signed_in.get(at("delete", ready)).content.decode()
    assert vault.exists(ready.pk, "headshots", f"{one.pk}.full")
    for _pressed_twice in range(2):
        assert signed_in.post(at("delete", ready))["Location"] == at("shoot", ready)
    with pytest.raises(vault.Gone):
        vault.get(ready.pk, "headshots", f"{one.pk}.full")
    assert "Everything is deleted" in signed_in.get(at("shoot", ready)).content.decode()
    saved = signed_in.get(at("receipt", ready))
    assert saved["Content-Disposition"] == f'attachment; filename="deletion-{ready.pk}.json"'
    receipt = receipts.checked(saved.content.decode())
    assert receipt is not None
    assert receipt["shoot"] == str(ready.pk)
    assert receipt["destroyed"]["headshots"] == 4
    forged = json.loads(saved.content)
    forged["receipt"]["destroyed"]["headshots"] = 0
    assert receipts.checked(json.dumps(forged)) is None


def test_a_draft_and_running_work_can_be_deleted_too(signed_in: Client, ivy: User) -> None:
    for shoot in (cast.draft(ivy), cast.training(ivy)):
        signed_in.post(at("delete", shoot))
        assert Shoot.objects.get(pk=shoot.pk).status == Status.PURGED


def test_a_deletion_that_the_storage_interrupts_is_finished_by_the_sweeper(
    signed_in: Client, ready: Shoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("The storage does not answer.")

    with monkeypatch.context() as patched:
        patched.setattr(vault, "delete_all", broken)
        page = signed_in.post(at("delete", ready), follow=True).content.decode()
    assert "within a minute" in page
    assert retention.sweep() == 1
    assert Shoot.objects.get(pk=ready.pk).status == Status.PURGED


def test_a_receipt_is_for_its_owner_and_only_after_the_deletion(
    signed_in: Client, zoe: Client, ready: Shoot, sam: User
) -> None:
    assert signed_in.get(at("receipt", ready)).status_code == 404
    retention.purge(ready)
    assert signed_in.get(at("receipt", ready)).status_code == 200
    zoe.force_login(sam)
    assert zoe.get(at("receipt", ready)).status_code == 404
    assert zoe.post(at("delete", ready)).status_code == 404


def test_pages_of_a_gallery_lead_elsewhere_before_it_is_ready(signed_in: Client, ivy: User) -> None:
    waiting = cast.submitted(ivy)
    for name in ("more_looks", "keep_longer"):
        assert signed_in.get(at(name, waiting))["Location"] == at("shoot", waiting)
    assert signed_in.post(at("keep_for", waiting), {"days": 7})["Location"] == at("shoot", waiting)
    assert waiting.kind == Kind.SHOOT
    assert shoots.take(waiting.pk, Status.SUBMITTED) is not None
