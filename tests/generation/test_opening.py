"""A shoot opens with a signed consent, and its one address shows the step that it is at."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import Release, User
from generation.models import Shoot
from tests import cast

NEW = reverse("generation:new_shoot")


def agreed(**changes: str) -> dict[str, str]:
    return {"text": cast.text().sha256, "is_subject": "on", "is_adult": "on", **changes}


def test_a_new_shoot_opens_with_the_release(signed_in: Client, ivy: User) -> None:
    response = signed_in.post(NEW, agreed())
    shoot = Shoot.objects.get(subject=ivy)
    assert response.headers["Location"] == reverse("generation:shoot", kwargs={"shoot": shoot.pk})
    assert shoot.release.user == ivy
    assert b"Your photos" in signed_in.get(response.headers["Location"]).content


def test_without_both_ticks_nothing_opens(signed_in: Client) -> None:
    for missing in ("is_subject", "is_adult"):
        response = signed_in.post(NEW, {k: v for k, v in agreed().items() if k != missing})
        assert response.status_code == 200
        assert "Tick that" in response.content.decode()
    assert not Shoot.objects.exists()
    assert not Release.objects.exists()


def test_an_unfinished_draft_is_offered_first(signed_in: Client, ivy: User) -> None:
    assert b"unfinished" not in signed_in.get(NEW).content
    draft = cast.draft(ivy)
    assert str(draft.pk) in signed_in.get(NEW).content.decode()


def test_one_address_shows_every_step(signed_in: Client, ivy: User) -> None:
    draft, working = cast.draft(ivy), cast.submitted(ivy)
    for shoot, words in ((draft, "Drop photos here"), (working, "js/progress.js")):
        address = reverse("generation:shoot", kwargs={"shoot": shoot.pk})
        assert words in signed_in.get(address).content.decode()


def test_nobody_else_finds_it(signed_in: Client, sam: User, zoe: Client) -> None:
    shoot = cast.draft(sam)
    for name in ("shoot", "photos", "phone_code", "looks", "review"):
        address = reverse(f"generation:{name}", kwargs={"shoot": shoot.pk})
        there = signed_in.get(address, follow=True) if name == "photos" else signed_in.get(address)
        assert there.status_code == 404, name
        assert "login" in zoe.get(address).headers["Location"], name
    assert signed_in.post(reverse("generation:review", kwargs={"shoot": shoot.pk})).status_code == 404
    assert signed_in.post(reverse("generation:photos", kwargs={"shoot": shoot.pk})).status_code == 404


def test_the_list_shows_every_shoot_at_the_same_cost(
    signed_in: Client, ivy: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    address = reverse("generation:shoots")
    assert b"No shoot yet" in signed_in.get(address).content
    made = [cast.draft(ivy), cast.submitted(ivy), cast.failed(ivy), cast.ready(ivy)]
    with django_assert_max_num_queries(7):
        page = signed_in.get(address).content.decode()
    assert all(str(shoot.pk) in page for shoot in made)
    for words in ("Unfinished", "Being made", "Did not work out", "Ready"):
        assert words in page
