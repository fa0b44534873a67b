"""Looks, wishes and the keep list become catalogue values that the engine can draw."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from generation import frames
from generation.engine.looks import COLOURS, KEEP_GROUPS, prompt
from generation.engine.types import Keep
from generation.forms import FRAMINGS, TURNS, LooksForm
from generation.models import CatalogueLook, Shoot
from tests import cast
from tests.generation.test_submitting import given


@pytest.fixture
def draft(ivy: User) -> Shoot:
    return cast.draft(ivy)


def address(shoot: Shoot) -> str:
    return reverse("generation:looks", kwargs={"shoot": shoot.pk})


def test_wishes_are_laid_over_every_look(signed_in: Client, draft: Shoot) -> None:
    body = {
        "looks": ["boardroom@1", "garden@1"],
        "backdrop_colour": "navy",
        "turn": "left",
        "expression": "smile",
        "light_side": "right",
        "light": "hard",
        "framing": "close-up",
        "keep glasses": ["round glasses"],
        "keep marks": ["freckles", "mole"],
        "asked": "80",
    }
    response = signed_in.post(address(draft), body)
    assert response.headers["Location"] == reverse("generation:review", kwargs={"shoot": draft.pk})
    draft.refresh_from_db()
    assert (draft.asked, draft.keep) == (80, ["round glasses", "freckles", "mole"])
    drawn = frames.orders(draft)
    assert {look.id for look, _, _ in drawn} == {"boardroom", "garden"}
    for look, direction, _seed in drawn:
        said = prompt(look, direction, Keep(tuple(draft.keep)))
        for words in (
            "turned slightly left",
            "hard light from the right",
            "navy background",
            "close-up",
            "mole",
        ):
            assert words in said
        assert direction.expression == "smile"


def test_what_is_left_alone_varies_with_the_look(signed_in: Client, draft: Shoot) -> None:
    signed_in.post(address(draft), {"looks": ["garden@1"], "asked": "40"})
    draft.refresh_from_db()
    assert draft.direction == {}
    assert len({direction for _, direction, _ in frames.orders(draft)}) > 1


def test_every_wish_means_what_it_says(draft: Shoot) -> None:
    words = {
        "far-left": "turned three-quarter left",
        "left": "turned slightly left",
        "front": "facing forward",
        "right": "turned slightly right",
        "far-right": "turned three-quarter right",
        "close-up": "close-up",
        "headshot": "headshot",
        "shoulders": "head and shoulders",
    }
    for field, table in (("turn", TURNS), ("framing", FRAMINGS)):
        for choice in table:
            form = LooksForm({"looks": ["garden@1"], "asked": "40", field: choice}, shoot=draft)
            assert form.is_valid(), form.errors
            draft.direction = form.direction()
            assert all(words[choice] in prompt(look, way) for look, way, _ in frames.orders(draft)), choice


@pytest.mark.parametrize(
    "body",
    [
        {"asked": "40"},
        {"looks": ["nobody@1"], "asked": "40"},
        {"looks": ["garden@1"], "asked": "4000"},
        {"looks": ["garden@1"], "asked": "40", "backdrop_colour": "a beautiful beach"},
        {"looks": ["garden@1"], "asked": "40", "keep beard": ["as a woman"]},
    ],
)
def test_nothing_but_the_catalogue_is_taken(signed_in: Client, draft: Shoot, body: dict[str, object]) -> None:
    before = (draft.looks, draft.direction, draft.keep, draft.asked)
    assert signed_in.post(address(draft), body).status_code == 200
    draft.refresh_from_db()
    assert (draft.looks, draft.direction, draft.keep, draft.asked) == before


def test_seven_looks_are_too_many(signed_in: Client, draft: Shoot) -> None:
    keys = [look.key for look in CatalogueLook.objects.all()[:7]]
    page = signed_in.post(address(draft), {"looks": keys, "asked": "40"})
    assert "one to six looks" in page.content.decode()


def test_the_page_remembers_and_asks_for_no_gender(signed_in: Client, draft: Shoot) -> None:
    signed_in.post(
        address(draft), {"looks": ["garden@1"], "asked": "40", "turn": "left", "keep beard": ["stubble"]}
    )
    page = signed_in.get(address(draft)).content.decode()
    for ticked in ('value="garden@1" checked', 'value="left" id="id_turn_2" checked', 'value="stubble"'):
        assert ticked in page
    assert not any(word in page.lower() for word in ("gender", "male", "woman", ' man"'))
    assert all(colour.replace(" ", "-") in page for colour in COLOURS)
    assert all(word in page for words in KEEP_GROUPS.values() for word in words[1:])


def test_a_look_without_an_example_shows_its_sketch(zoe: Client, db: None) -> None:
    picture = zoe.get(reverse("generation:look_sketch", kwargs={"slug": "garden", "version": 1}))
    assert picture.content.startswith(b"\x89PNG")
    assert (
        zoe.get(reverse("generation:look_sketch", kwargs={"slug": "garden", "version": 9})).status_code == 404
    )


def test_a_submitted_shoot_is_not_directed_any_more(signed_in: Client, ivy: User) -> None:
    shoot = cast.submitted(ivy)
    response = signed_in.post(address(shoot), {"looks": ["garden@1"], "asked": "40"})
    assert response.headers["Location"] == reverse("generation:shoot", kwargs={"shoot": shoot.pk})
    shoot.refresh_from_db()
    assert shoot.looks == ["studio-grey@1"]


def test_no_more_is_offered_than_the_credit_is_good_for(signed_in: Client, ivy: User, draft: Shoot) -> None:
    given(ivy, headshots=100, looks=4)
    page = signed_in.get(address(draft)).content.decode()
    assert "One to 4." in page
    assert ('value="80"' in page, 'value="120"' in page) == (True, False)
    looks = [look.key for look in CatalogueLook.objects.filter(offered=True)]
    page = signed_in.post(address(draft), {"looks": looks[:5], "asked": "40"}).content.decode()
    assert "Your credit is for 4 looks" in page
    page = signed_in.post(address(draft), {"looks": looks[:4], "asked": "200"}).content.decode()
    assert "for more headshots get a larger pack" in page
