"""What the reader sees in most photos is proposed for the keep list; only what the person sends is kept."""

from __future__ import annotations

import json

import numpy as np
import pytest
from django.test import Client
from django.urls import reverse

from accounts import tokens
from accounts.files import place
from accounts.models import User
from generation import intake, shoots, vault
from generation.engine.looks import KEEP_GROUPS
from generation.engine.reasons import refusal
from generation.engine.together import Checked
from generation.engine.types import Bounds, Face, Floats, Reading, Verdict
from generation.models import Photo, Shoot
from tests import cast

FACE = Face((10, 10, 50, 50), 0.9, np.zeros((468, 3), np.float32), 9.0, 0, 0, 0)
BOUNDS = Bounds(same_person=0.5, stranger=0.35)
MEASURES = {"yaw": 0.0, "light": 0.0, "smile": 0.2}


def _unit(length: int, place_: int) -> Floats:
    return np.eye(length, dtype=np.float32)[place_]


def checked(number: int, *words: str, refused: bool = False) -> Checked:
    """A photo in which the reader is sure of these words and that of every other group there is nothing."""
    traits = {
        group: _unit(len(names), next((names.index(word) for word in words if word in names), 0))
        for group, names in KEEP_GROUPS.items()
    }
    reasons = (refusal("blurred"),) if refused else ()
    picture = _unit(1152, number).astype(np.float64)  # no two alike
    return Checked(Verdict(reasons, FACE, MEASURES), Reading(_unit(128, 0), traits, BOUNDS), picture)


@pytest.fixture
def judged(ivy: User) -> Shoot:
    """Three photos with glasses, one of them refused; in the two others the hair is grey."""
    shoot = shoots.open_shoot(ivy, cast.release(ivy))
    seen = (("round glasses", "grey hair"), ("round glasses", "grey hair"), ("headscarf",))
    for number, words in enumerate(seen):
        photo = cast.photo(shoot, f"{number}.jpg")
        intake.note_verdict(photo, checked(number, *words, refused=number == 2))
    return shoot


def address(shoot: Shoot) -> str:
    return reverse("generation:looks", kwargs={"shoot": shoot.pk})


def test_it_is_what_the_usable_photos_agree_on(judged: Shoot) -> None:
    assert intake.noticed(judged) == ["round glasses", "grey hair"]
    intake.remove(judged.photos.get(name="0.jpg"))
    intake.note_verdict(cast.photo(judged, "3.jpg"), checked(3, "square glasses"))
    noticed = intake.noticed(judged)
    assert "grey hair" not in noticed  # one of two photos is no agreement
    assert len(noticed) == 1
    assert noticed[0] in ("round glasses", "square glasses")  # glasses in both, of whatever kind
    for photo in judged.photos.all():
        intake.remove(photo)
    assert intake.noticed(judged) == []


def test_it_is_proposed_in_sight_and_nothing_is_kept_unsent(signed_in: Client, judged: Shoot) -> None:
    page = signed_in.get(address(judged)).content.decode()
    assert "We noticed: round glasses, grey hair" in page
    ticked = [line for line in page.split("<input") if "checked" in line and 'name="keep ' in line]
    assert [word in line for word, line in zip(("round glasses", "grey hair"), ticked)] == [True, True]
    assert len(ticked) == 2
    judged.refresh_from_db()
    assert judged.keep == []
    signed_in.post(address(judged), {"looks": ["garden@1"], "asked": "40", "keep hair colour": ["grey hair"]})
    judged.refresh_from_db()
    assert judged.keep == ["grey hair"]
    again = signed_in.get(address(judged)).content.decode()
    assert "We noticed: round glasses" in again
    assert len([line for line in again.split("<input") if "checked" in line and 'name="keep ' in line]) == 1


def test_programs_are_told_and_decide_themselves(ivy: User, judged: Shoot) -> None:
    api = Client(headers={"authorization": f"Bearer {tokens.make(ivy, 'test')}"})
    told = api.get(reverse("api:shoot", args=[judged.pk])).json()
    assert told["noticed"] == ["round glasses", "grey hair"]
    choice = reverse("api:choice", args=[judged.pk])
    for wish, kept in (({}, told["noticed"]), ({"keep": []}, []), ({"keep": ["mole"]}, ["mole"])):
        said = api.put(choice, {"looks": ["garden@1"], **wish}, "application/json").json()
        assert said["keep"] == kept


def test_it_lies_encrypted_with_the_photos_and_goes_with_them(judged: Shoot) -> None:
    row = json.dumps([*Shoot.objects.values(), *Photo.objects.values()], default=str)
    assert "glasses" not in row
    files = place("default")
    stored = files.get(f"shoots/{judged.pk}/inputs/noticed")
    assert stored is not None
    assert b"glasses" not in stored
    vault.delete_all(judged.pk, "inputs")
    assert intake.noticed(judged) == []
