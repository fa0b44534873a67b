"""The gallery shows what passed, best first, to its owner alone; it can be filtered and marked."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from generation import gallery, media, readings
from generation.models import Headshot, Shoot
from tests import cast

HTMX = {"HX-Request": "true"}
QUERIES = 7  # session, account, shoot, its openings and reports, headshots, names of looks


@pytest.fixture
def ready(ivy: User) -> Shoot:
    return cast.ready(ivy, headshots=6)


def at(name: str, shoot: Shoot, headshot: Headshot | None = None, **more: str) -> str:
    named = {"headshot": headshot.pk} if headshot else {}
    return reverse(f"generation:{name}", kwargs={"shoot": shoot.pk, **named, **more})


def ranks(page: str) -> list[int]:
    """Of the headshots on the page, in its order."""
    return [int(found) for found in re.findall(r'class="frame-number">(\d+)<', page)]


def test_selects_come_first_and_each_says_its_rank_look_and_likeness(signed_in: Client, ready: Shoot) -> None:
    page = signed_in.get(at("shoot", ready)).content.decode()
    assert ranks(page) == [1, 2, 3, 4, 5, 6]
    assert page.index("Selects</h2>") < page.index('alt="Headshot 3,') < page.index("The rest</h2>")
    assert page.index("The rest</h2>") < page.index('alt="Headshot 4,')
    assert 'alt="Headshot 2, Studio grey, likeness 89 of 100"' in page


def test_what_failed_a_check_or_has_no_rank_is_neither_shown_nor_served(
    signed_in: Client, ready: Shoot
) -> None:
    failed, unranked, *_ = ready.headshots.all()
    Headshot.objects.filter(pk=failed.pk).update(shown=False)
    Headshot.objects.filter(pk=unranked.pk).update(rank=0, shown=False)
    assert ranks(signed_in.get(at("shoot", ready)).content.decode()) == [3, 4, 5, 6]
    for hidden in (failed, unranked):
        assert signed_in.get(at("viewer", ready, hidden)).status_code == 404
        assert signed_in.get(at("headshot", ready, hidden, size="full")).status_code == 404
        assert signed_in.post(at("favourite", ready, hidden)).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_gallery(
    signed_in: Client, ivy: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (10, 80):
        shoot = cast.ready(ivy, headshots=count)
        with django_assert_num_queries(QUERIES):
            page = signed_in.get(at("shoot", shoot)).content.decode()
        assert len(ranks(page)) == count
        # Only what is on the screen at once may load at once, and each box has its size beforehand.
        assert page.count('<img loading="lazy" width="256" height="256"') == count - 4


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"pose": "front"}, [1, 4]),
        ({"pose": "left"}, [2, 5]),
        ({"pose": "right", "look": "garden"}, [3]),
        ({"look": "studio-grey"}, [1, 2, 4, 5, 6]),
        ({"favourites": "on"}, [2]),
        ({"look": "unknown"}, []),
        ({"pose": "backwards"}, [1, 2, 3, 4, 5, 6]),
    ],
)
def test_filters_work_without_a_script(
    signed_in: Client, ready: Shoot, asked: dict[str, str], found: list[int]
) -> None:
    ready.headshots.filter(rank=3).update(look="garden")
    ready.headshots.filter(rank=2).update(favourite=True)
    page = signed_in.get(at("shoot", ready), asked).content.decode()
    assert ranks(page) == found
    assert ("Nothing fits" in page) == (not found)


def test_a_star_is_set_and_taken_back_with_and_without_a_script(signed_in: Client, ready: Shoot) -> None:
    one = media.gallery(ready)[1]
    mark = at("favourite", ready, one)
    for _pressed_twice in range(2):
        button = signed_in.post(mark, {"favourite": "1"}, headers=HTMX).content.decode()
        assert 'aria-pressed="true"' in button
        assert 'name="favourite" value="0"' in button
    assert "only=favourites" in button
    back = signed_in.post(mark, {"favourite": "0"}, headers={"referer": "http://testserver/x?pose=left"})
    assert back["Location"] == f"http://testserver/x?pose=left#frame-{one.pk}"
    assert not Headshot.objects.filter(favourite=True).exists()
    elsewhere = signed_in.post(mark, {"favourite": "0"}, headers={"referer": "https://example.org/"})
    assert elsewhere["Location"] == at("shoot", ready)


def test_nobody_else_sees_pages_pictures_or_archives(zoe: Client, ready: Shoot, sam: User) -> None:
    one = media.gallery(ready)[0]
    pages = [at("shoot", ready), at("viewer", ready, one), at("keep_longer", ready), at("delete", ready)]
    files = [
        at("headshot", ready, one, size="full"),
        at("archive", ready),
        at("rendition", ready, one, what="slack-512"),
        at("photo_image", ready, photo=str(ready.photos.get().pk), size="jpg"),
    ]
    posts = [at(name, ready, one) for name in ("favourite", "report", "sizes")]
    for page in pages:
        assert zoe.get(page)["Location"].startswith(reverse("account_login"))
    assert {zoe.get(file).status_code for file in files} == {404}
    zoe.force_login(sam)  # staff are strangers to other people's pictures
    assert {zoe.get(address).status_code for address in [*pages, *files]} == {404}
    assert {zoe.post(address, {"favourite": "1"}).status_code for address in posts} == {404}
    assert not ready.headshots.filter(favourite=True).exists()


def test_words_for_figures_follow_their_limits(ready: Shoot) -> None:
    one = media.gallery(ready)[0]
    words = []
    for one.skin_shift in (0.4, 1.6, 3.9, 4.1, None):
        words.append(str(readings.skin(one)))
    assert len(set(words)) == 5
    assert words[0] == "the same to the eye"
    one.yaw, one.likeness = None, None
    assert (readings.pose(one), readings.likeness(one)) == ("front", None)
    shown = list(media.gallery(ready))
    shown[0].sharpness = 2.0
    assert "sharper" in str(readings.sharpness(shown[0], shown))
    assert not gallery.Filter()
