"""Staff starts a shoot again, takes it aside or gives its credit back: with a reason, on the record."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from billing import ledger
from generation import letters, retention, shoots, staffing
from generation.failures import SENTENCES, STAFF_SENTENCES, Refused
from generation.models import MOST_STARTS, Letter, Lost, Shoot, Status
from tests import cast
from tests.people import proven


def do(desk: Client, shoot: Shoot, word: str, reason: str = "the disk was full") -> Any:
    return desk.post(reverse("admin:generation_shoot_act", args=[shoot.pk, word]), {"reason": reason})


def page(desk: Client, shoot: Shoot) -> str:
    return desk.get(reverse("admin:generation_shoot_change", args=[shoot.pk])).content.decode()


def test_sam_finds_a_quarantined_shoot_sees_why_and_starts_it_again(
    desk: Client, sam: User, ivy: User
) -> None:
    shoot = cast.submitted(ivy)
    Shoot.objects.update(starts=MOST_STARTS)
    assert shoots.take(shoot.pk, Status.SUBMITTED) is None
    assert ledger.unspent(ivy).count() == 1
    shown = page(desk, shoot)
    assert "Three starts ended without progress" in shown
    assert do(desk, shoot, "again").status_code == 302
    shoot.refresh_from_db()
    assert (shoot.status, shoot.failure, shoot.starts, shoot.round) == ("submitted", "", 0, 2)
    assert shoot.inputs_until is None
    assert not ledger.unspent(ivy).exists()  # spent again
    assert shoots.next_in_turn() == shoot.pk
    line = AuditEntry.objects.get(what="shoot.started_again")
    assert (line.actor_id, line.subject_id, line.about) == (sam.pk, ivy.pk, f"{shoot.pk} the disk was full")
    shown = page(desk, shoot)
    assert "the disk was full" in shown
    assert "Staff started it again." in shown
    letter = Letter.objects.get(about=Letter.About.AGAIN)
    assert "what had stopped your shoot" in str(letters.message(letter, ivy.email).body)


def test_a_second_failure_is_told_again(desk: Client, ivy: User) -> None:
    shoot = cast.failed(ivy, "model")
    do(desk, shoot, "again")
    shoot.refresh_from_db()
    shoots.finish(shoot, "quarantined")
    assert Letter.objects.filter(about=Letter.About.FAILED).count() == 2
    assert ledger.unspent(ivy).count() == 1


def test_what_hangs_goes_on_where_it_was_and_its_worker_loses_the_claim(desk: Client, ivy: User) -> None:
    shoot = cast.drawing(ivy)
    Shoot.objects.update(starts=2)
    claim = shoot.claim
    assert "start 2 of 3" in page(desk, shoot)
    assert do(desk, shoot, "again").status_code == 302
    with pytest.raises(Lost):
        shoots.beat(shoot, claim)
    again = shoots.take(shoot.pk, Status.TRAINED)
    assert again is not None
    assert again.starts == 1
    assert not ledger.unspent(ivy).exists()


@pytest.mark.parametrize("code", ["cancelled", "photos", "refunded"])
def test_what_its_person_ended_or_has_no_photos_is_not_begun_anew(desk: Client, ivy: User, code: str) -> None:
    shoot = cast.failed(ivy, code)
    assert "failed by our fault" in do(desk, shoot, "again").content.decode()
    shoot.refresh_from_db()
    assert shoot.status == "failed"
    assert not AuditEntry.objects.filter(what__startswith="shoot.started").exists()


def test_without_photos_consent_or_credit_nothing_is_begun(sam: User, ivy: User) -> None:
    shoot = cast.failed(ivy)
    spent = cast.draft(ivy)
    shoots.submit(spent)  # with what came back
    with pytest.raises(Refused, match="was used since"):
        staffing.start_again(shoot, sam, "fixed")
    shoot.release.withdrawn_at = shoot.created
    with pytest.raises(Refused, match="withdrew"):
        staffing.start_again(shoot, sam, "fixed")
    retention.drop_inputs(shoot)
    with pytest.raises(Refused, match="photos are deleted"):
        staffing.start_again(shoot, sam, "fixed")
    assert not AuditEntry.objects.filter(what__startswith="shoot.started").exists()


def test_taken_aside_the_work_ends_and_the_credit_is_back(desk: Client, sam: User, ivy: User) -> None:
    shoot = cast.training(ivy)
    assert do(desk, shoot, "aside", "").status_code == 200  # no reason, no deed
    assert do(desk, shoot, "aside", "its photos crash the engine").status_code == 302
    with pytest.raises(Lost):
        shoots.beat(shoot, shoot.claim)
    shoot.refresh_from_db()
    assert (shoot.status, shoot.failure) == ("failed", "set_aside")
    assert ledger.unspent(ivy).count() == 1
    line = AuditEntry.objects.get(what="shoot.taken_aside")
    assert (line.what, line.actor_id, line.subject_id) == ("shoot.taken_aside", sam.pk, ivy.pk)
    assert "not being worked on" in do(desk, shoot, "aside").content.decode()


def test_a_credit_goes_back_once_and_the_gallery_stays(desk: Client, signed_in: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    assert do(desk, shoot, "back", "promised on the phone").status_code == 302
    shoot.refresh_from_db()
    assert (shoot.status, shoot.guarantee, shoot.credit) == ("ready", "staff", None)
    assert ledger.unspent(ivy).count() == 1
    assert "holds no credit" in do(desk, shoot, "back").content.decode()
    assert ledger.unspent(ivy).count() == 1
    shown = signed_in.get(reverse("generation:shoot", args=[shoot.pk])).content.decode()
    assert "Our staff gave the credit of this shoot back" in shown
    with pytest.raises(Refused, match="went back to you"):
        shoots.more_looks(shoot, shoot.looks)


def test_the_page_offers_what_makes_sense(desk: Client, ivy: User) -> None:
    def offered(shoot: Shoot) -> set[str]:
        shown = page(desk, shoot)
        return {word for word in ("again", "aside", "back") if f"/do/{word}/" in shown}

    assert offered(cast.draft(ivy)) == set()
    assert offered(cast.training(ivy)) == {"again", "aside"}
    assert offered(cast.failed(ivy)) == {"again"}
    assert offered(cast.failed(ivy, "cancelled")) == set()
    assert offered(cast.ready(ivy)) == {"back"}


def test_only_who_may_change_shoots_does_it(ivy: User) -> None:
    clerk = User.objects.create_user("clerk@example.com", is_staff=True)
    shoot = cast.training(ivy)
    assert do(proven(clerk), shoot, "aside").status_code in (403, 404)
    assert do(Client(), shoot, "aside").status_code == 302  # to the sign-in page
    shoot.refresh_from_db()
    assert shoot.working


def test_staff_reads_a_sentence_for_every_failure() -> None:
    assert set(STAFF_SENTENCES) == set(SENTENCES)
