"""Over the API too, consents are given, listed and taken back, and what was made stays as one says."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from accounts import receipts, tokens
from accounts.models import Purpose, Release, User
from generation import periods
from generation.models import Status
from tests import cast

from .test_api import JSON, at, error


@pytest.fixture
def api(ivy: User) -> Client:
    return Client(headers={"authorization": f"Bearer {tokens.make(ivy, 'test')}"})


def yes(purpose: str, **changes: Any) -> dict[str, Any]:
    return {"text": cast.text(purpose).sha256, "is_subject": True, "is_adult": True, **changes}


def test_each_purpose_shows_its_own_text_to_anybody(zoe: Client) -> None:
    for purpose in Purpose.values:
        assert zoe.get(at("consent"), {"purpose": purpose}).json()["sha256"] == cast.text(purpose).sha256
    assert zoe.get(at("consent")).json()["purpose"] == Purpose.HEADSHOTS
    assert "purpose" in error(zoe.get(at("consent"), {"purpose": "marketing"}))


def test_inputs_stay_longer_with_a_consent_of_its_own_only(api: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    usual = shoot.inputs_until
    assert usual is not None
    address = at("keep_longer", shoot.pk)
    assert "renewed" in error(api.post(address, yes(Purpose.HEADSHOTS), JSON))  # another purpose's text
    assert "18" in error(api.post(address, yes(Purpose.KEEP_LONGER, is_adult=False), JSON))
    shoot.refresh_from_db()
    assert shoot.inputs_until == usual
    assert api.post(address, yes(Purpose.KEEP_LONGER), JSON).status_code == 200
    shoot.refresh_from_db()
    assert shoot.inputs_until == usual + periods.LONGER
    twice = api.post(address, yes(Purpose.KEEP_LONGER), JSON)
    assert twice.status_code == 409
    assert "any longer" in error(twice)
    assert Release.objects.filter(text__purpose=Purpose.KEEP_LONGER).count() == 1  # the second was no yes


def test_headshots_stay_for_one_of_the_periods(api: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    assert "days" in error(api.post(at("keep_for", shoot.pk), {"days": 36500}, JSON))
    api.post(at("keep_for", shoot.pk), {"days": 365}, JSON)
    shoot.refresh_from_db()
    assert shoot.ready_at is not None
    assert shoot.headshots_until == shoot.ready_at + periods.CHOICES[-1]
    assert "not open" in error(api.post(at("keep_for", cast.draft(ivy).pk), {"days": 30}, JSON))


def test_a_withdrawn_consent_stops_the_work_and_deletes(api: Client, ivy: User) -> None:
    shoot = cast.training(ivy)
    listed = api.get(at("consents")).json()
    assert [(one["shoot"], one["withdrawn_at"]) for one in listed] == [(str(shoot.pk), None)]
    address = at("one_consent", listed[0]["id"])
    assert receipts.checked(api.get(address).content.decode()) is not None
    gone = api.delete(address).json()
    assert gone["withdrawn_at"]
    assert api.delete(address).json()["withdrawn_at"] == gone["withdrawn_at"]
    shoot.refresh_from_db()
    assert shoot.status == Status.PURGED


def test_small_pictures_are_there_for_programs(api: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    shown = api.get(at("headshots", shoot.pk)).json()[0]
    photo = api.get(at("photos", shoot.pk)).json()[0]
    for link in (shown["thumbnail"], shown["preview"], photo["thumbnail"], photo["picture"]):
        answer = api.get(link)
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("image/")
        assert answer["Cache-Control"] == "private, no-cache"
