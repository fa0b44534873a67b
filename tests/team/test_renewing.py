"""A brand changed: who had released gets it cut anew, drawn anew, or is asked; the company sees totals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Company, Member, Message, Purpose, User
from generation import brands, portraits, renewing, retention, shoots, tasks
from generation.models import Headshot, Portrait, Renewal, Shoot, Status
from tests import cast

from .world import browser

pytestmark = pytest.mark.django_db
BLACK = replace(brands.DEFAULT, backdrop="000000")  # cutting is enough
RED = replace(brands.DEFAULT, outfits=[("sweater", "red")])  # drawing is needed


@pytest.fixture
def hana() -> User:
    return cast.person("hana")


@pytest.fixture
def acme(hana: User) -> Company:
    return cast.company(hana)


@pytest.fixture
def emil(acme: Company) -> Member:
    return finished(acme, "emil")


def finished(company: Company, name: str) -> Member:
    """Somebody who shot within the brand and released one headshot."""
    member, brand = cast.member(company, cast.person(name)), brands.of(company)
    assert member.user is not None
    shoot = cast.ready(member.user, 1)
    Shoot.objects.filter(pk=shoot.pk).update(member=member, looks=brand.looks)
    look = brands.directions(brand)[0]
    slug = brand.looks[0].partition("@")[0]
    Headshot.objects.filter(shoot=shoot).update(look=slug, direction=look.__dict__)
    (draft,) = portraits.choose(member, list(shoot.headshots.all()))
    Portrait.objects.filter(pk=draft.pk).update(made_at=draft.created)
    portraits.release(member, cast.release(member.user, Purpose.RELEASE))
    return member


def run(company: Company, hana: User) -> Renewal:
    renewal = renewing.begin(company, hana)
    assert renewal is not None
    tasks.renew_portraits(str(renewal.pk))
    renewal.refresh_from_db()
    return renewal


def told(member: Member) -> list[str]:
    return list(Message.objects.filter(member=member).values_list("about", flat=True))


def test_another_backdrop_is_cut_anew_and_waits_for_a_new_release(
    acme: Company, hana: User, emil: Member
) -> None:
    old = portraits.released(emil).get()
    assert renewing.begin(acme, hana) is None  # the brand is as it was
    brand = brands.change(acme, None, hana, BLACK)
    renewal = run(acme, hana)
    assert (renewal.done, renewal.total, bool(renewal.finished_at)) == (1, 1, True)
    new = portraits.drafts(emil).get()
    assert (new.headshot, new.place, new.brand_version) == (old.headshot, old.place, brand.version)
    assert portraits.released(emil).get() == old
    assert told(emil) == ["renewed"]
    run(acme, hana)  # pressed again
    assert portraits.drafts(emil).get() == new
    assert told(emil) == ["renewed"]


def test_other_clothes_are_drawn_from_the_kept_identity_without_a_credit(
    acme: Company, hana: User, emil: Member
) -> None:
    brand = brands.change(acme, None, hana, RED)
    run(acme, hana)
    shoot = Shoot.objects.get(member=emil)
    assert (shoot.status, shoot.looks, shoot.round) == (Status.TRAINED, brand.looks, 2)
    assert not portraits.drafts(emil).exists()
    Shoot.objects.filter(pk=shoot.pk).update(status=Status.READY)
    run(acme, hana)  # drawn, and not yet chosen from
    assert Shoot.objects.get(member=emil).round == 2


@pytest.mark.parametrize("why", ["identity gone", "shoot gone", "all rounds had"])
def test_who_cannot_be_drawn_again_is_asked_once(acme: Company, hana: User, emil: Member, why: str) -> None:
    shoot = Shoot.objects.get(member=emil)
    if why == "identity gone":
        retention.drop_inputs(shoot)
    elif why == "shoot gone":
        retention.purge(shoot)
    else:
        Shoot.objects.filter(pk=shoot.pk).update(round=shoots.MOST_ROUNDS)
    brands.change(acme, None, hana, RED)
    run(acme, hana)
    run(acme, hana)
    assert told(emil) == ["again"]
    assert portraits.released(emil).exists()


def test_a_company_never_fills_the_studio(acme: Company, hana: User) -> None:
    everybody = [finished(acme, name) for name in ("emil", "max", "zoe")]
    brands.change(acme, None, hana, RED)
    renewal = run(acme, hana)
    assert (renewal.done, renewal.total, renewal.finished_at) == (renewing.AT_ONCE, len(everybody), None)
    Shoot.objects.filter(status=Status.TRAINED).update(status=Status.READY)
    tasks.renew_portraits(str(renewal.pk))
    renewal.refresh_from_db()
    assert renewal.finished_at


def test_own_pictures_and_members_of_other_brands_are_left_alone(
    acme: Company, hana: User, emil: Member
) -> None:
    Portrait.objects.update(own=True, headshot=None)
    brands.change(acme, None, hana, BLACK)
    assert not renewing.stale(acme).exists()
    Portrait.objects.update(own=False)
    sales = acme.departments.create(name="Sales")
    Member.objects.update(department=sales)
    own = brands.change(acme, sales, hana, RED)
    Portrait.objects.update(brand_version=own.version)
    assert not renewing.stale(acme).exists()


def test_the_page_shows_totals_with_as_many_queries_for_any_number(
    acme: Company, hana: User, emil: Member
) -> None:
    admin, page = browser(hana), reverse("brand:brand", args=[acme.pk])
    brands.change(acme, None, hana, BLACK)
    admin.get(page)
    with CaptureQueriesContext(connection) as few:
        assert "1 member released a headshot before" in admin.get(page).content.decode()
    Member.objects.bulk_create(Member(company=acme, email=f"{n}@example.com") for n in range(50))
    released = portraits.released(emil).get()
    Portrait.objects.bulk_create(
        Portrait(
            member=one,
            place=1,
            brand_version=1,
            made_at=released.made_at,
            released_at=released.released_at,
            released_under=released.released_under,
        )
        for one in Member.objects.filter(user=None)
    )
    with CaptureQueriesContext(connection) as many:
        assert "51 members released headshots before" in admin.get(page).content.decode()
    assert len(many) == len(few)
    renewal = Renewal.objects.create(company=acme, total=51, done=7)
    assert "7 of 51 seen to" in admin.get(page).content.decode()
    assert renewing.begin(acme, hana) == renewal
