"""The page tells every photo's verdict, points at what is odd in the set, and says what to add next."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from generation import coach, measured, shoots, tiles
from generation.models import Photo, Shoot, Verdict
from tests import cast

HTMX = {"HX-Request": "true"}
SIGNING_IN = 2  # queries of the session and the account, before any of ours


@pytest.fixture
def draft(ivy: User) -> Shoot:
    return shoots.open_shoot(ivy, cast.release(ivy))


def ask(client: Client, shoot: Shoot, seen: int) -> Any:
    address = reverse("generation:photos", kwargs={"shoot": shoot.pk})
    return client.get(address, {"seen": seen}, headers=HTMX)


def test_news_come_only_when_something_changed_and_asking_costs_one_query(
    signed_in: Client, draft: Shoot, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    photo = cast.photo(draft, verdict=Verdict.WAITING)
    draft.refresh_from_db()
    with django_assert_num_queries(SIGNING_IN + 1):
        assert ask(signed_in, draft, draft.changed).status_code == 204
    shoots.touch(draft)
    news = ask(signed_in, draft, draft.changed)
    assert news.status_code == 200
    assert str(photo.pk) in news.content.decode()


def test_the_page_stops_asking_once_nothing_waits(signed_in: Client, draft: Shoot) -> None:
    photo = cast.photo(draft, verdict=Verdict.WAITING)
    assert "every 2s" in ask(signed_in, draft, 99).content.decode()
    Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
    assert "every 2s" not in ask(signed_in, draft, 99).content.decode()


def test_a_second_tab_learns_that_the_shoot_is_submitted(signed_in: Client, ivy: User) -> None:
    shoot = cast.submitted(ivy)
    news = ask(signed_in, shoot, shoot.changed)
    assert news.headers["HX-Redirect"] == reverse("generation:shoot", kwargs={"shoot": shoot.pk})


def test_news_for_nobody_else(signed_in: Client, sam: User, zoe: Client, draft: Shoot) -> None:
    theirs = shoots.open_shoot(sam, cast.release(sam))
    assert ask(signed_in, theirs, theirs.changed).status_code == 404
    assert ask(zoe, draft, draft.changed).status_code == 401  # and the page stays as it is


def judged(width: int = 3000, height: int = 2000, **fields: Any) -> Photo:
    verdict = fields.pop("verdict", Verdict.ACCEPTED)
    return Photo(pk=uuid4(), name="a.jpg", width=width, height=height, verdict=verdict, **fields)


def reason(code: str, *, blocking: bool = True) -> dict[str, Any]:
    return {"code": code, "sentence": f"About {code}.", "blocking": blocking}


def test_a_tile_says_what_is_wrong_first() -> None:
    photos = [
        judged(verdict=Verdict.WAITING),
        judged(),
        judged(reasons=[reason("old", blocking=False)]),
        judged(verdict=Verdict.REFUSED, reasons=[reason("blurred"), reason("old", blocking=False)]),
        judged(set_reasons=[reason("not_same_person")]),
        judged(set_reasons=[reason("duplicate")]),
    ]
    made = tiles.tiles(photos, lambda photo: "")
    assert [tile.state for tile in made] == [
        "checking",
        "accepted",
        "advice",
        "refused",
        "refused",
        "refused",
    ]
    assert made[3].reasons == ("About blurred.",)
    assert made[2].reasons == ("About old.",)
    assert len({str(tile.label) for tile in made}) == 6  # outlier and duplicate have words of their own


@pytest.mark.parametrize("box", [[], [0.0, 0.0, 0.1, 0.2], [0.9, 0.4, 1.0, 0.6], [0.4, 0.4, 0.6, 0.7]])
@pytest.mark.parametrize(("width", "height"), [(3000, 2000), (2000, 3000), (256, 256)])
def test_a_tile_shows_a_square_of_the_picture_with_the_face(
    box: list[float], width: int, height: int
) -> None:
    photo = judged(width, height, box=box)
    x, y, side, other = tiles.square(photo)
    assert side == other == min(width, height)
    assert 0 <= x <= width - side
    assert 0 <= y <= height - side
    if box:
        assert x <= box[0] * width + 1
        assert box[2] * width - 1 <= x + side
        assert y <= box[1] * height + 1
        assert box[3] * height - 1 <= y + side


ADVICE = {
    "next": [reason("next_photo", blocking=False)],
    "shown": [[0.0, 0.6, 1.0, 0.2, 0.9], [1.0, 0.1, 0.1], [0.9, 0.9, 0.0]],
    "cells": [["front", "left", "neutral"], ["front", "front", "neutral"]],
    "next_cell": ["three-quarter left", "left", "smile"],
}


def test_the_coach_maps_what_is_shown_and_marks_what_to_add() -> None:
    found = coach.coach(Shoot(advice=ADVICE), [judged(), judged(verdict=Verdict.REFUSED)])
    assert found is not None
    assert found.usable == 1
    assert [angle.cover for angle in found.angles] == ["none", "some", "full", "none", "full"]
    calm, _slight, smile = (cells for _value, cells in found.rows)
    assert calm[2].lights == (True, True, False)
    assert not any(cell.count for cell in smile)
    assert [cell.next for cell in smile] == [True, False, False, False, False]
    assert not any(cell.next for cell in calm)


def test_no_coach_before_a_photo_can_be_used() -> None:
    assert coach.coach(Shoot(advice=ADVICE), [judged(verdict=Verdict.REFUSED)]) is None


def test_what_to_expect_is_measured_or_not_said(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {"good": {"3": 8.0, "7": 16.0, "15": 30.9}}
    monkeypatch.setattr(measured, "read", lambda name: known)
    assert [measured.expectation(count) for count in (1, 3, 5, 15, 20)] == [None, 8, 12, 30, 30]
    monkeypatch.setattr(measured, "read", lambda name: {})
    assert measured.expectation(7) is None
