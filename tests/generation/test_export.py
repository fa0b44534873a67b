"""Everything that is held on a person can be taken along, and nothing of anybody else."""

from __future__ import annotations

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from accounts import receipts
from accounts.models import User
from generation import export, retention, vault
from generation.models import Rendition
from tests import cast

EXPORT = reverse("generation:export")


def taken(user: User) -> ZipFile:
    return ZipFile(BytesIO(b"".join(export.archive(user))))


def test_every_table_has_a_rule_or_a_reason() -> None:
    """A new model fails here until somebody says how its rows belong to a person."""
    known = {model._meta.label for model in apps.get_models()}
    assert known == set(export.RULES) | set(export.NOBODYS)
    assert not set(export.RULES) & set(export.NOBODYS)


def test_a_column_left_out_exists_and_is_no_persons_matter() -> None:
    secrets = {"password", "sha256", "data", "session_key", "visitor"}
    others = {"actor_id", "staff"}  # of staff or of a company
    beside = {"receipt", "signature", "receipt_signature"}  # files of their own
    for label, rule in export.RULES.items():
        columns = {field.name for field in apps.get_model(label)._meta.concrete_fields}
        assert set(rule.without) <= columns & (secrets | others | beside)


def test_photos_identity_headshots_and_consents_are_in_it(ivy: User) -> None:
    shoot, gone = cast.ready(ivy), cast.ready(ivy)
    retention.purge(gone)
    headshot, photo = shoot.headshots.first(), shoot.photos.get()
    made = Rendition.objects.create(headshot=headshot, what="linkedin", made_at=shoot.ready_at)
    vault.put(shoot.pk, "headshots", made.file, b"a ready size")
    with taken(ivy) as zipped:
        base = f"shoots/{shoot.pk}"
        assert zipped.read(f"{base}/inputs/{photo.pk}.jpg") == vault.get(
            shoot.pk, "inputs", f"{photo.pk}.jpg"
        )
        assert zipped.read(f"{base}/inputs/identity") == b"adapter"
        assert zipped.read(f"{base}/headshots/{headshot.pk}.jpg").startswith(b"\xff\xd8")
        assert zipped.read(f"{base}/headshots/{made.file}") == b"a ready size"
        assert receipts.checked(zipped.read(f"consents/{shoot.release.pk}.json").decode())
        assert b"biometric" in zipped.read(f"consents/{shoot.release.pk}.md")
        assert receipts.checked(zipped.read(f"shoots/{gone.pk}/deletion-receipt.json").decode())
        data = json.loads(zipped.read("data.json"))
    assert data["accounts.User"][0]["email"] == "ivy@example.com"
    assert data["generation.Photo"][0]["name"] == photo.name
    assert len(data["generation.Headshot"]) == 4
    assert {row["new"] for row in data["generation.ShootEvent"]} >= {"ready", "purged"}


def test_nothing_of_anybody_else_and_no_secret(ivy: User) -> None:
    hana = cast.person("hana")
    theirs = cast.ready(hana)
    cast.ready(ivy)
    with taken(ivy) as zipped:
        everything = (
            b"".join(zipped.read(name) for name in zipped.namelist()) + str(zipped.namelist()).encode()
        )
    for secret in (hana.email, str(hana.pk), str(theirs.pk), ivy.password):
        assert secret.encode() not in everything


def test_a_file_that_went_meanwhile_does_not_break_the_zip(ivy: User) -> None:
    shoot = cast.ready(ivy)
    zipped = export.archive(ivy)
    retention.purge(shoot)
    with ZipFile(BytesIO(b"".join(zipped))) as read:
        assert read.testzip() is None
        assert set(read.read(name) for name in read.namelist() if name.endswith(".jpg")) == {b""}


def test_the_page_sends_it_after_a_proof(signed_in: Client, ivy: User) -> None:
    asked = signed_in.post(EXPORT, {"export": "1"})
    assert asked.status_code == 302
    assert "reauthenticate" in asked.headers["Location"]
    signed_in.post(asked.headers["Location"], {"password": cast.PASSWORD})
    assert b"Download everything" in signed_in.get(EXPORT).content
    response = signed_in.post(EXPORT, {"export": "1"})
    assert response.headers["Content-Type"] == "application/zip"
    with ZipFile(BytesIO(b"".join(response.streaming_content))) as zipped:
        assert "data.json" in zipped.namelist()


def test_a_stranger_is_asked_to_sign_in(zoe: Client, db: None) -> None:
    assert "/login/" in zoe.get(EXPORT).headers["Location"]


@pytest.mark.parametrize("state", ["draft", "training", "failed"])
def test_every_state_can_be_taken_along(ivy: User, state: str) -> None:
    shoot = getattr(cast, state)(ivy)
    with taken(ivy) as zipped:
        assert f"shoots/{shoot.pk}/inputs/{shoot.photos.get().pk}.jpg" in zipped.namelist()
