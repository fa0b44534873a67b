"""emil's way: a free yes or no, a shoot within the brand, and a release of what he saw, revocable."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts import companies
from accounts.models import Company, Delivery, Message, Purpose, Webhook
from billing import ledger
from generation import (
    brands,
    catalogue,
    leaving,
    letters,
    membership,
    portraits,
    retention,
    seats,
    shoots,
    vault,
)
from generation.failures import Refused
from generation.models import Brand, CatalogueLook, Portrait, Shoot, Status
from tests import cast

from .rows_member import FILES
from .world import Team, browser

pytestmark = pytest.mark.django_db
AGREED = {"is_subject": "on", "is_adult": "on"}


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def emil(team: Team) -> Client:
    assert team.member
    return browser(team.user("emil"))


def at(team: Team, name: str, **more: Any) -> str:
    return reverse(f"member:{name}", kwargs={"member": team.member.pk, **more})


def agreed(purpose: str = Purpose.HEADSHOTS) -> dict[str, str]:
    return {**AGREED, "text": cast.text(purpose).sha256}


def theirs(team: Team, shoot: Shoot) -> Shoot:
    Shoot.objects.filter(pk=shoot.pk).update(member=team.member)
    return Shoot.objects.get(pk=shoot.pk)


def branded(company: Company, **more: Any) -> Brand:
    look = CatalogueLook.objects.get(slug="boardroom")
    CatalogueLook.objects.create(slug="brand-1", version=1, name="Navy suit", data=look.data, offered=False)
    values = {
        "backdrop": "2e3050",
        "light": "soft",
        "light_side": "left",
        "head_height": 0.6,
        "eye_line": 0.44,
    }
    return Brand.objects.create(company=company, looks=["brand-1@1"], **values | more)


def made(team: Team) -> list[str]:
    """The worker cuts the drafts; their ids."""
    drafts = list(portraits.drafts(team.member))
    for one in drafts:
        for name, data in FILES.items():
            vault.put(one.pk, "portraits", name, data)
    portraits.drafts(team.member).update(made_at=timezone.now())
    return [str(one.pk) for one in drafts]


# Yes or no.


def test_a_no_is_silent_and_may_be_taken_back(team: Team, emil: Client) -> None:
    Webhook.objects.create(company=team.company, url="https://example.com", events=["member.left"])
    emil.post(at(team, "answer"), {"answer": "no"})
    team.member.refresh_from_db()
    assert team.member.refused_at
    assert "You said no" in emil.get(at(team, "team")).content.decode()
    assert not Delivery.objects.exists()
    emil.post(at(team, "answer"), {"answer": "open"})
    team.member.refresh_from_db()
    assert team.member.refused_at is None
    emil.post(at(team, "answer"), {"answer": "no"})
    emil.post(at(team, "begin"), agreed())  # a yes later is a yes
    team.member.refresh_from_db()
    assert team.member.refused_at is None
    assert team.member.shoots.get().subject == team.user("emil")


def test_without_both_ticks_nothing_opens(team: Team, emil: Client) -> None:
    for missing in AGREED:
        page = emil.post(at(team, "begin"), {**agreed(), missing: ""}).content.decode()
        assert "Tick that" in page
    assert not Shoot.objects.exists()


def test_the_company_can_neither_open_a_shoot_for_somebody_nor_upload_into_it(team: Team) -> None:
    hana = browser(team.user("hana"))
    shoot = theirs(team, cast.draft(team.user("emil")))
    picture = SimpleUploadedFile("a.jpg", cast.picture(side=300), "image/jpeg")
    assert hana.post(at(team, "begin"), agreed()).status_code == 404
    assert hana.post(at(team, "own"), {"picture": picture}).status_code == 404
    photos = reverse("generation:photos", kwargs={"shoot": shoot.pk})
    assert hana.post(photos, {"photo": picture}).status_code == 404
    retention.purge(shoot)
    with pytest.raises(Refused, match="consent"):  # hana's own consent opens nothing for emil
        membership.open_shoot(team.member, cast.release(team.user("hana")))


def test_a_second_shoot_waits_until_the_company_asks_again(team: Team, emil: Client) -> None:
    shoot = theirs(team, cast.ready(team.user("emil"), 2))
    assert emil.get(at(team, "begin")).status_code == 302
    with pytest.raises(Refused, match="already"):
        membership.open_shoot(team.member, cast.release(team.user("emil")))
    Message.objects.create(member=team.member, about=Message.About.AGAIN)
    assert 'id="again"' in emil.get(at(team, "team")).content.decode()
    fresh = membership.open_shoot(team.member, cast.release(team.user("emil")))
    assert membership.standing(team.member) == fresh != shoot


# The shoot.


def test_the_looks_are_the_brands(team: Team, emil: Client) -> None:
    catalogue.seed()
    branded(team.company)
    shoot = theirs(team, cast.draft(team.user("emil")))
    page = reverse("generation:looks", kwargs={"shoot": shoot.pk})
    shown = emil.get(page).content.decode()
    assert "brand-1@1" in shown
    assert "studio-grey@1" not in shown
    assert "How many" not in shown
    emil.post(page, {"looks": ["brand-1@1"], "asked": "200", "turn": "left"})
    shoot.refresh_from_db()
    assert (shoot.looks, shoot.asked, shoot.direction) == (["brand-1@1"], 40, {})
    with pytest.raises(Refused, match="Acme asks for now"):
        shoots.choose(shoot, looks=["studio-grey@1"], direction={}, keep=[], asked=40)
    Brand.objects.update(looks=["brand-1@2"])  # the brand changed before it was submitted
    with pytest.raises(Refused, match="Acme asks for now"):
        shoots.submit(shoot)


def test_a_department_has_its_own_brand(team: Team) -> None:
    catalogue.seed()
    everybodys = branded(team.company)
    sales = team.company.departments.create(name="Sales")
    own = Brand.objects.create(
        company=team.company,
        department=sales,
        light="soft",
        light_side="left",
        head_height=0.6,
        eye_line=0.44,
    )
    assert brands.of_member(team.member) == everybodys
    team.member.department = sales
    assert brands.of_member(team.member) == own


def test_a_company_without_a_credit_says_so_and_no_more(team: Team, emil: Client) -> None:
    shoot = theirs(team, cast.draft(team.user("emil")))
    review = reverse("generation:review", kwargs={"shoot": shoot.pk})
    shown = emil.get(review).content.decode()
    assert "Acme" in shown
    assert "See the prices" not in shown
    ledger.grant(team.user("rita"), 1, source="test")  # another's credit pays for nobody
    page = emil.post(review, follow=True)
    [said] = [str(one) for one in page.context["messages"]]
    assert not any(letter.isdigit() for letter in said)
    shoot.refresh_from_db()
    assert shoot.status == Status.DRAFT


@pytest.mark.parametrize("days", [0, 30])
def test_a_company_sets_how_long_inputs_stay(team: Team, days: int) -> None:
    now = datetime.now(tz=UTC)
    team.company.inputs_days = days
    team.company.save(update_fields=["inputs_days"])
    with time_machine.travel(now, tick=False) as clock:
        shoot = cast.drawing(team.user("emil"))
        cast.headshot(shoot, 0, {"full": cast.picture(), "preview": b"", "thumb": b""})
        theirs(team, shoot)
        opened = cast.opened(Shoot.objects.get(pk=shoot.pk), selects=1)
        assert opened.inputs_until == now + timedelta(days=days)
        mail = letters.message(opened.letters.get(), "emil@example.com")
        assert ("deleted now" in str(mail.body)) == (days == 0)
        clock.move_to(now + timedelta(days=days) - timedelta(seconds=1))
        retention.sweep()
        opened.refresh_from_db()
        assert opened.inputs_gone_at is None
        clock.move_to(now + timedelta(days=days, seconds=1))
        retention.sweep()
        opened.refresh_from_db()
        assert opened.inputs_gone_at
        assert opened.status == Status.READY


# What the company gets.


def test_what_was_seen_is_released_and_taken_back(team: Team, emil: Client) -> None:
    shoot = theirs(team, cast.ready(team.user("emil"), 4))
    second, first = shoot.headshots.order_by("rank")[:2]
    to_release = emil.post(at(team, "choose"), {"place-1": first.pk, "place-2": second.pk, "place-3": ""})
    assert to_release["Location"] == at(team, "release")
    assert "every 2s" in emil.get(at(team, "release")).content.decode()
    ids = made(team)
    assert [one.headshot for one in portraits.drafts(team.member)] == [first, second]
    said = {**agreed(Purpose.RELEASE), "portrait": ids}
    for wrong in ({**said, "is_adult": ""}, {**said, "portrait": ids[:1]}, {**said, "portrait": "x"}):
        assert emil.post(at(team, "release"), wrong).status_code == 200
        assert not portraits.released(team.member)
    emil.post(at(team, "release"), said)
    assert [str(one.pk) for one in portraits.released(team.member)] == ids
    consent = team.user("emil").releases.get(text__purpose=Purpose.RELEASE)
    emil.post(at(team, "take_back", portrait=ids[0]))
    assert [str(one.pk) for one in portraits.released(team.member)] == ids[1:]
    assert emil.get(at(team, "portrait", portrait=ids[0], size="full")).status_code == 404
    leaving.withdraw(consent)
    assert not portraits.released(team.member)
    with pytest.raises(vault.Gone):
        vault.get(Portrait.objects.get(pk=ids[1]).pk, "portraits", "full")
    assert Shoot.objects.get().status == Status.READY


def test_others_headshots_cannot_be_chosen(team: Team, emil: Client) -> None:
    theirs(team, cast.ready(team.user("emil"), 2))
    foreign = cast.ready(team.user("rita"), 1).headshots.get()
    mine = team.member.shoots.get().headshots.first()
    assert mine
    for places in ({"place-1": foreign.pk}, {"place-1": mine.pk, "place-2": mine.pk}, {"place-1": "x"}, {}):
        page = emil.post(at(team, "choose"), places)
        assert page.status_code == 200
        assert "notice-bad" in page.content.decode()
    assert not portraits.drafts(team.member)


def test_the_database_refuses_a_portrait_without_a_release(team: Team) -> None:
    emil = team.member
    with pytest.raises(IntegrityError), transaction.atomic():
        cast.portrait(emil, FILES, released_under=None)
    cast.portrait(team.member, FILES, released_at=None)
    for consent in (cast.release(team.user("emil")), cast.release(team.user("hana"), Purpose.RELEASE)):
        with pytest.raises(Refused, match="consent"):
            membership.release(team.member, consent, [one.pk for one in portraits.drafts(team.member)])


@pytest.mark.parametrize(
    ("cut", "crop"),
    [
        ({}, [0.0, 0.1, 1.0]),
        ({"left": "0.2", "top": "0.3", "side": "0.7"}, [0.2, 0.3, 0.7]),
        ({"left": "0.5", "top": "0", "side": "0.7"}, None),
        ({"left": "0", "top": "0", "side": "0.1"}, None),
        ({"left": "nan", "top": "0", "side": "1"}, None),
    ],
)
def test_a_picture_of_ones_own_is_only_cut(
    team: Team, emil: Client, cut: dict[str, str], crop: list[float] | None
) -> None:
    data = BytesIO()
    Image.new("RGB", (500, 600), "slategrey").save(data, "JPEG")
    file = SimpleUploadedFile("me.jpg", data.getvalue(), "image/jpeg")
    page = emil.post(at(team, "own"), {"picture": file, **cut})
    if crop is None:
        assert page.status_code == 422
        assert not Portrait.objects.exists()
    else:
        one = Portrait.objects.get()
        assert page["Location"] == at(team, "release")
        assert (one.own, one.headshot, one.measures) == (True, None, {})
        assert one.crop == pytest.approx(crop)


# What the company asks for.


def test_another_picture_is_asked_for_with_a_reason(team: Team, emil: Client) -> None:
    shoot = theirs(team, cast.ready(team.user("emil"), 2))
    Shoot.objects.filter(pk=shoot.pk).update(redo_of="unlike")  # his own free one is spent
    cast.portrait(team.member, FILES, headshot=shoot.headshots.first(), redo_reason="<b>Eyes shut</b>")
    assert not membership.may_open(team.member)  # the company need not pay once more
    page = emil.get(at(team, "team")).content.decode()
    assert "&lt;b&gt;Eyes shut" in page
    emil.post(at(team, "redo"))
    shoot.refresh_from_db()
    assert (shoot.status, shoot.redo_of, shoot.redone_for_company) == (Status.SUBMITTED, "unlike", True)
    shoots.cancel(shoot)
    assert "already" in emil.post(at(team, "redo"), follow=True).content.decode()
    assert not membership.may_open(team.member)
    assert portraits.released(team.member).exists()  # the old one stays until another is released


def test_a_picture_that_was_made_again_waits_for_its_release(team: Team, emil: Client) -> None:
    cast.portrait(team.member, FILES)
    assert 'id="renewed"' not in emil.get(at(team, "team")).content.decode()
    cast.portrait(team.member, FILES, brand_version=2, released_at=None)
    assert 'id="renewed"' in emil.get(at(team, "team")).content.decode()


# Leaving.


def test_who_leaves_keeps_the_shoots_and_the_company_nothing(team: Team, emil: Client) -> None:
    shoot = theirs(team, cast.ready(team.user("emil"), 2))
    one = cast.portrait(team.member, FILES)
    emil.post(at(team, "leave"), follow=True)
    shoot.refresh_from_db()
    assert (shoot.member, shoot.subject, shoot.status) == (None, team.user("emil"), Status.READY)
    assert not portraits.released(team.member)
    with pytest.raises(vault.Gone):
        vault.get(one.pk, "portraits", "full")
    assert emil.get(at(team, "team")).status_code == 404
    assert "Acme" not in emil.get(reverse("generation:shoot", kwargs={"shoot": shoot.pk})).content.decode()
    assert emil.get(reverse("generation:shoots")).context["seats"].count() == 0


def test_an_owner_hands_over_before_leaving(team: Team) -> None:
    hanas = team.company.members.get(user=team.user("hana"))
    with pytest.raises(companies.LastOwner):
        seats.leave(hanas)


def test_the_list_of_shoots_leads_to_each_company(
    team: Team, emil: Client, django_assert_max_num_queries: Any
) -> None:
    emil.get(reverse("generation:shoots"))
    with django_assert_max_num_queries(12) as one:
        assert at(team, "team") in emil.get(reverse("generation:shoots")).content.decode()
    cast.member(team.other, team.user("emil"))
    with django_assert_max_num_queries(len(one)):
        assert "Globex" in emil.get(reverse("generation:shoots")).content.decode()
