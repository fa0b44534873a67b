"""Nothing biometric without the adult subject's own signed yes to exactly the text that was shown."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.test import Client
from django.utils import timezone

from accounts import consent, receipts
from accounts.forms import ConsentForm
from accounts.models import ConsentText, Purpose, Release, User
from generation import shoots
from tests import cast


@pytest.fixture(autouse=True)
def _database(db: None) -> None: ...


def given(**changes: object) -> Release:
    asked = {
        "purpose": Purpose.HEADSHOTS,
        "user": None,
        "is_subject": True,
        "is_adult": True,
        "locale": "en",
        "text": cast.text(),
    }
    return consent.give(**{**asked, **changes})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lacking", "sentence"), [("is_subject", "show yourself"), ("is_adult", "18 or older")]
)
def test_both_ticks_are_needed(lacking: str, sentence: str) -> None:
    with pytest.raises(consent.NotGiven, match=sentence):
        given(**{lacking: False})
    assert not Release.objects.exists()


@pytest.mark.parametrize("lacking", ["is_subject", "is_adult"])
def test_the_database_refuses_a_release_without_the_ticks(lacking: str) -> None:
    ticks = {"is_subject": True, "is_adult": True, lacking: False}
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.create(text=cast.text(), given_at=timezone.now(), **ticks)


def test_the_database_refuses_a_shoot_without_a_release() -> None:
    from generation.models import Shoot

    with pytest.raises(IntegrityError), transaction.atomic():
        Shoot.objects.create(release_id=None)


def test_only_the_present_text_counts() -> None:
    old = ConsentText.objects.create(
        purpose=Purpose.HEADSHOTS, version=99, locale="en", body="old", sha256="0" * 64
    )
    with pytest.raises(consent.NotGiven, match="renewed"):
        given(text=old)
    with pytest.raises(consent.NotGiven, match="renewed"):
        given(text=cast.text(Purpose.TRY))


def test_a_release_opens_only_the_shoot_of_who_gave_it(ivy: User) -> None:
    from generation.failures import Refused

    with pytest.raises(Refused, match="consent"):
        shoots.open_shoot(ivy, given())
    taken_back = cast.release(ivy)
    consent.withdraw(taken_back)
    with pytest.raises(Refused, match="consent"):
        shoots.open_shoot(ivy, taken_back)
    with pytest.raises(Refused, match="consent"):
        shoots.open_shoot(ivy, cast.release(ivy, Purpose.TRY))  # one purpose is not another


def test_every_published_text_is_as_it_was_published() -> None:
    sums = dict(
        reversed(line.split("  ")) for line in (consent.FOLDER / "SHA256SUMS").read_text().splitlines()
    )
    assert {path.name for path in consent.texts()} == set(sums)
    for path in consent.texts():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sums[path.name], path.name


def test_a_changed_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = cast.text()
    for path in consent.FOLDER.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    monkeypatch.setattr(consent, "FOLDER", tmp_path)
    changed = tmp_path / "headshots-3.en.md"
    changed.write_text(changed.read_text().replace("7 days", "70 days"))
    with pytest.raises(consent.Changed, match="next version"):
        cast.text()
    digest = hashlib.sha256(changed.read_bytes()).hexdigest()  # who renews the sum too is found by the row
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  {changed.name}\n")
    with pytest.raises(consent.Changed, match="next version"):
        cast.text()
    changed.rename(tmp_path / "headshots-4.en.md")
    (tmp_path / "headshots-3.en.md").write_text(shown.body)
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  headshots-4.en.md\n{shown.sha256}  headshots-3.en.md\n")
    assert cast.text().version == 4
    assert consent.current(Purpose.HEADSHOTS, "de").version == 4  # not translated: in English


def test_texts_say_the_periods_that_are_kept() -> None:
    """A text that promises another period than the sweeper keeps would be a lie."""
    from generation import periods

    days = {name: period.length.days for name, period in periods.PERIODS.items()}
    assert f"until {days['inputs']} days after" in cast.text().body
    assert f"Headshots: {days['headshots']} days" in cast.text().body
    assert f"{periods.LONGER.days} days longer" in cast.text(Purpose.KEEP_LONGER).body
    assert periods.PERIODS["draft"].length == periods.DAY
    assert periods.PERIODS["try"].length == periods.HOUR
    assert "After 1 hour" in cast.text(Purpose.TRY).body


def test_the_form_ticks_nothing_by_itself_and_needs_both() -> None:
    blank = ConsentForm(purpose=Purpose.HEADSHOTS)
    assert "checked" not in blank.as_p()
    assert not ConsentForm(
        QueryDict(f"text={cast.text().sha256}&is_adult=on"), purpose="headshots"
    ).is_valid()
    whole = ConsentForm(
        QueryDict(f"text={cast.text().sha256}&is_adult=on&is_subject=on"), purpose="headshots"
    )
    assert whole.is_valid(), whole.errors
    assert whole.give(None).text == cast.text()


def test_the_form_refuses_a_text_that_is_not_the_present_one() -> None:
    stale = ConsentForm(QueryDict("text=" + "0" * 64 + "&is_adult=on&is_subject=on"), purpose="headshots")
    assert not stale.is_valid()
    assert "renewed" in str(stale.errors["text"])
    assert cast.text().sha256 in stale.as_p()  # what is sent next


def test_the_receipt_has_what_the_standard_asks(ivy: User) -> None:
    release = cast.release(ivy)
    receipt = json.loads(release.receipt)
    assert receipt["record_id"] == str(release.id)
    assert receipt["notice"]["sha256"] == release.text.sha256
    assert receipt["events"][0]["event_time"] == release.given_at.isoformat(timespec="seconds")
    assert receipt["parties"][0]["party_role"] == "controller"
    assert receipt["purposes"][0]["recipient_third_parties"] == []
    assert receipt["purposes"][0]["retention_period"]
    assert any("biometric" in one["pii_type"] for one in receipt["purposes"][0]["pii_information"])
    assert receipt["collection_method"]
    assert "ivy" not in release.receipt.lower()
    assert str(ivy.pk) not in release.receipt
    assert receipt["pii_principal_id"] == json.loads(cast.release(ivy).receipt)["pii_principal_id"]


def test_a_receipt_verifies_and_an_altered_byte_does_not(ivy: User) -> None:
    release = cast.release(ivy)
    whole = receipts.envelope(release.receipt, release.signature)
    assert receipts.checked(whole) == json.loads(release.receipt)
    assert receipts.checked(whole.replace("  ", "")) is not None  # only the words count, not the spacing
    assert receipts.checked(whole.replace("headshots", "headshotz", 1)) is None
    assert receipts.checked(whole.replace('"version": 3', '"version": 1')) is None
    for broken in ("", "{}", "[]", "null", '{"receipt": 1, "signature": 2}', "[" * 20_000, release.receipt):
        assert receipts.checked(broken) is None


def test_pages_show_receipt_and_text(ivy: User, signed_in: Client, zoe: Client) -> None:
    release = cast.release(ivy)
    page = signed_in.get(f"/account/consents/{release.pk}/")
    assert b"Download the signed receipt" in page.content
    file = signed_in.get(f"/account/consents/{release.pk}/receipt.json")
    assert file["Content-Disposition"].startswith("attachment")
    answer = zoe.post("/account/verify/", {"receipt": file.content.decode()})
    assert b"Genuine" in answer.content
    altered = file.content.decode().replace("explicit", "implicit", 1)
    assert b"Not ours" in zoe.post("/account/verify/", {"receipt": altered}).content
    text = zoe.get("/account/texts/headshots-3.en.md")
    assert text.content == (consent.FOLDER / "headshots-3.en.md").read_bytes()
    assert text["Content-Type"] == "text/plain; charset=utf-8"


def test_a_receipt_is_its_owners_alone(ivy: User, sam: User, zoe: Client) -> None:
    release = cast.release(ivy)
    assert zoe.get(f"/account/consents/{release.pk}/").status_code == 302
    zoe.force_login(sam)
    for path in ("", "receipt.json", "withdraw/"):
        assert zoe.get(f"/account/consents/{release.pk}/{path}").status_code == 404
        assert zoe.get(f"/account/consents/{uuid4()}/{path}").status_code == 404
