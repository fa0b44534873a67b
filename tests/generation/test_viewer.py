"""One headshot beside an own photo; a report on it may ask for the one free redo."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from generation import gallery, leaving, media, retention, shoots
from generation.failures import Refused
from generation.models import Headshot, Photo, Shoot, Status
from tests import cast


@pytest.fixture
def ready(ivy: User) -> Shoot:
    return cast.ready(ivy)


@pytest.fixture
def best(ready: Shoot) -> Headshot:
    return media.gallery(ready)[0]


def at(name: str, headshot: Headshot, **more: str) -> str:
    return reverse(f"generation:{name}", args=[headshot.shoot_id, headshot.pk, *more.values()])


def test_links_lead_from_the_first_to_the_last(signed_in: Client, ready: Shoot) -> None:
    first, second, *_, last = media.gallery(ready)
    page = signed_in.get(at("viewer", first)).content.decode()
    assert f'rel="next" href="{at("viewer", second)}"' in page
    assert 'rel="prev" role="link" aria-disabled="true"' in page
    assert 'rel="next" role="link" aria-disabled' in signed_in.get(at("viewer", last)).content.decode()


def test_an_own_photo_stands_beside_it_as_long_as_it_is_kept(
    signed_in: Client, ready: Shoot, best: Headshot
) -> None:
    photo = ready.photos.get()
    Photo.objects.filter(pk=photo.pk).update(width=400, height=300, box=[0.5, 0.2, 0.7, 0.6])
    page = signed_in.get(at("viewer", best), {"own": str(photo.pk)}).content.decode()
    # A face 120 pixels high around (240, 120): the square of 228 pixels begins at its middle less the half.
    assert 'viewBox="126 6 228 228"' in page
    assert f"{photo.pk}/jpg/" in page
    assert f"?own={photo.pk}" in page.split('rel="next"')[1]
    retention.drop_inputs(ready)
    page = signed_in.get(at("viewer", best), {"own": str(photo.pk)}).content.decode()
    assert '<svg viewBox="126' not in page
    assert "Side by side" not in page


def test_nobody_elses_photo_can_be_put_beside_it(signed_in: Client, best: Headshot, sam: User) -> None:
    strange = cast.draft(sam).photos.get()
    assert str(strange.pk) not in signed_in.get(at("viewer", best), {"own": str(strange.pk)}).content.decode()
    assert signed_in.get(at("viewer", best), {"own": "x"}).status_code == 200


def test_a_report_alone_changes_nothing_else(signed_in: Client, best: Headshot) -> None:
    signed_in.post(at("report", best), {"why": "skin_tone", "then": "report"})
    signed_in.post(at("report", best), {"why": "because", "then": "redo"})
    best.refresh_from_db()
    assert best.report == "skin_tone"
    assert best.shoot.status == Status.READY


def test_the_free_redo_is_asked_for_once(signed_in: Client, best: Headshot) -> None:
    for _pressed_twice in range(2):
        answer = signed_in.post(at("report", best), {"why": "not_like_me", "then": "redo"})
        assert answer["Location"] == reverse("generation:shoot", args=[best.shoot_id])
    shoot = Shoot.objects.get(pk=best.shoot_id)
    assert (shoot.status, shoot.redo_of, shoot.round) == (Status.SUBMITTED, "not_like_me", 2)
    taken = shoots.take(shoot.pk, Status.SUBMITTED)
    assert taken is not None
    shoots.fail(taken, taken.claim, "model")
    taken.refresh_from_db()
    assert taken.status == Status.READY  # a redo that failed leaves the gallery as it was
    page = signed_in.get(reverse("generation:shoot", args=[shoot.pk])).content.decode()
    assert "The last round did not work out" in page
    assert page.count('class="frame"') == 4
    gallery.redo(Headshot.objects.get(pk=best.pk), "not_like_me")  # it failed by our fault: still free
    taken.refresh_from_db()
    shoots.cancel(taken)
    assert "The free redo of this shoot was used." in signed_in.get(at("viewer", best)).content.decode()
    with pytest.raises(Refused, match="was used"):
        gallery.redo(Headshot.objects.get(pk=best.pk), "not_like_me")


def test_there_is_no_redo_without_photos_or_consent(signed_in: Client, ready: Shoot, best: Headshot) -> None:
    page = signed_in.get(at("viewer", best)).content.decode()
    assert "Make it again, free" in page
    assert reverse("generation:keep_longer", args=[ready.pk]) in page
    retention.drop_inputs(ready)
    assert "Make it again, free" not in signed_in.get(at("viewer", best)).content.decode()
    with pytest.raises(Refused, match="deleted"):
        gallery.redo(Headshot.objects.get(pk=best.pk), "not_like_me")
    assert not Headshot.objects.get(pk=best.pk).report
    leaving.withdraw(ready.release)
    assert signed_in.get(at("viewer", best)).status_code == 302  # to the receipt


def test_a_headshot_of_another_shoot_is_not_there(signed_in: Client, ready: Shoot, ivy: User) -> None:
    other = media.gallery(cast.ready(ivy))[0]
    assert signed_in.get(reverse("generation:viewer", args=[ready.pk, other.pk])).status_code == 404
    assert signed_in.get(reverse("generation:viewer", args=[ready.pk, uuid4()])).status_code == 404
