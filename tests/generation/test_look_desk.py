"""The catalogue on the staff pages: drafted in the model's words, drawn, looked at, published, retired."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace as changed
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from generation import (
    catalogue,
    fairness,
    lab,
    look_desk,
    look_pictures,
    marks,
    recorded,
    shoots,
    sweeper,
    tasks,
    vault,
)
from generation.engine import marking
from generation.engine.credentials import Checked
from generation.engine.looks import COLOURS
from generation.engine.ranking import rank
from generation.engine.resident import Drawn
from generation.engine.types import Order, StoredPhoto
from generation.failures import Refused
from generation.look_desk import Sketched
from generation.models import CatalogueLook, LookDraft, LookMeasure
from tests import cast
from tests.faults import engine
from tests.team.world import proven
from tests.understudy.test_vocabulary import NEVER

from .test_tones import tones

pytestmark = pytest.mark.django_db
CHOSEN = Sketched("garden", "Garden", "suit and tie", "navy", "outdoors", "green", "soft", 0.62, 0.44)
FORM = {
    "slug": "garden",
    "name": "Garden",
    "outfit": "suit and tie",
    "outfit_colour": "navy",
    "backdrop": "outdoors",
    "backdrop_colour": "green",
    "light": "soft",
    "framing": "headshot",
}
LOOK = "admin:generation_cataloguelook"


class Resident(engine.Resident):
    """Draws somebody of the recorded gallery; what is turned to the left does not pass the gate."""

    asked: list[Order] = []

    def try_on(self, selfie: StoredPhoto, orders: Sequence[Order], **more: Any) -> Iterator[Drawn]:
        Resident.asked += orders
        drawn = marking.png(next(recorded.headshots()).image)
        for number, (_look, direction, _seed) in enumerate(orders):
            score = rank([self.frame(number)], engine.OWN)[0]
            faults = ("blurred",) if direction.yaw < 0 else ()
            yield Drawn(number, drawn, self.frame(number), changed(score, faults=faults))


@pytest.fixture(autouse=True)
def pretended(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "ENGINE", __name__)
    monkeypatch.setattr(Resident, "asked", [])
    lab.close()
    yield
    lab.close()


@pytest.fixture
def desk(sam: User) -> Client:
    return proven(sam)


def drawn(sam: User, chosen: Sketched = CHOSEN) -> CatalogueLook:
    draft = look_desk.draft(chosen, sam)
    tasks.draw_look(str(draft.pk))
    model = fairness.in_use(lab.model_folder())
    LookMeasure.objects.create(look=draft.look, model=model, tones=tones())
    return draft.look


def offered() -> set[str]:
    return {look.key for look in CatalogueLook.objects.filter(offered=True)}


def test_a_draft_is_drawn_by_the_worker_and_shown_to_staff_alone(desk: Client, zoe: Client) -> None:
    made = desk.post(reverse(f"{LOOK}_draft"), FORM)
    look = CatalogueLook.objects.get(slug="garden", version=2)
    page = reverse(f"{LOOK}_desk", args=[look.pk])
    assert made["Location"] == page
    assert "being drawn" in desk.get(page).content.decode()
    draft = LookDraft.objects.get()
    assert set(sweeper._unrung(look_pictures.undrawn())) == {draft}
    tasks.draw_look(str(draft.pk))
    assert look_pictures.take(draft.pk) is None
    shown = desk.get(page).content.decode()
    assert "being drawn" not in shown
    assert shown.count("no picture passed the gate") == 3  # of those turned to the left
    picture = f"{reverse(f'{LOOK}_picture', args=[look.pk])}?place=1"
    assert picture in shown
    answer = desk.get(picture)
    assert answer["Content-Type"] == "image/webp"
    assert marks.check(answer.content) == Checked.INTACT
    assert desk.get(picture.replace("place=1", "place=0")).status_code == 404
    assert zoe.get(picture).status_code == 302
    public = reverse("generation:look_picture", kwargs={"slug": "garden", "version": 2})
    assert zoe.get(public).status_code == 404
    assert "garden@1" in offered()
    # Drawn as it was chosen, each direction twice at most.
    assert {order[0].outfit for order in Resident.asked} == {"suit and tie"}
    assert len(Resident.asked) == 6 + 3


def test_publishing_takes_the_older_version_from_the_offer_and_no_shoot_loses_its_look(
    desk: Client, sam: User, ivy: User, zoe: Client, signed_in: Client
) -> None:
    begun, submitted = cast.draft(ivy), cast.draft(ivy)
    for shoot in (begun, submitted):
        shoots.choose(shoot, looks=["garden@1"], direction={}, keep=[], asked=40)
    look = drawn(sam)
    desk.post(reverse(f"{LOOK}_desk", args=[look.pk]), {"verb": "publish"})
    assert {"garden@2"} == {key for key in offered() if key.startswith("garden")}
    chosen = signed_in.get(reverse("generation:looks", args=[begun.pk])).content.decode()
    public = reverse("generation:look_picture", kwargs={"slug": "garden", "version": 2})
    assert 'value="garden@2"' in chosen
    assert 'value="garden@1"' not in chosen
    assert public in chosen
    assert marks.check(zoe.get(public).content) == Checked.INTACT
    assert catalogue.look("garden@1").outfit == "blouse"
    with pytest.raises(Refused, match="not offered any more"):
        catalogue.require(begun, begun.looks)
    assert signed_in.get(reverse("generation:review", args=[begun.pk])).status_code == 200
    catalogue.seed()  # as after each migration
    assert {"garden@2"} == {key for key in offered() if key.startswith("garden")}
    said = list(AuditEntry.objects.filter(actor_id=sam.pk).order_by("at").values_list("what", "about"))
    assert said == [("look.drafted", "garden@2"), ("look.published", "garden@2")]


def test_a_look_is_retired_and_offered_again_but_never_the_last(desk: Client, sam: User) -> None:
    look = CatalogueLook.objects.get(slug="garden")
    page = reverse(f"{LOOK}_desk", args=[look.pk])
    desk.post(page, {"verb": "retire"})
    assert "garden@1" not in offered()
    desk.post(page, {"verb": "publish"})
    assert "garden@1" in offered()
    CatalogueLook.objects.exclude(pk=look.pk).update(offered=False)
    assert "at least one look" in desk.post(page, {"verb": "retire"}, follow=True).content.decode()
    assert offered() == {"garden@1"}
    assert AuditEntry.objects.filter(what="look.retired").count() == 1
    assert desk.post(page, {"verb": "delete"}).status_code == 404


def test_nobody_is_offered_what_nobody_has_seen(sam: User, monkeypatch: pytest.MonkeyPatch) -> None:
    look = look_desk.draft(CHOSEN, sam).look
    with pytest.raises(Refused, match="not drawn yet"):
        look_desk.publish(look, sam)
    LookDraft.objects.update(drawn_at="2026-11-01T00:00Z")
    with pytest.raises(Refused, match="No picture"):
        look_desk.publish(look, sam)
    assert "garden@2" not in offered()


def test_a_draft_thrown_away_takes_its_pictures_and_its_number_along(sam: User) -> None:
    look = drawn(sam)
    draft = LookDraft.objects.get()
    with pytest.raises(Refused, match="publish it or throw it away"):
        look_desk.draft(CHOSEN, sam)
    assert vault.exists(draft.pk, "looks", "1")
    look_desk.discard(look, sam)
    assert not vault.exists(draft.pk, "looks", "1")
    assert not CatalogueLook.objects.filter(slug="garden", version=2).exists()
    with pytest.raises(Refused, match="Only a draft"):
        look_desk.discard(CatalogueLook.objects.get(slug="garden"), sam)


def test_only_words_that_the_model_knows_and_no_word_about_people(desk: Client, sam: User) -> None:
    assert set(NEVER) <= look_desk.NEVER
    for name in ("Beautiful garden", "For young men", "Slim-fit"):
        with pytest.raises(Refused, match="says nothing about people"):
            look_desk.draft(changed(CHOSEN, name=name), sam)
    wrong = (
        {"outfit": "bikini"},
        {"backdrop": "beach"},
        {"backdrop_colour": "porcelain"},
        {"head_height": 0.9},
    )
    for words in wrong:
        with pytest.raises(Refused):
            look_desk.draft(changed(CHOSEN, **words), sam)  # type: ignore[arg-type]
    assert desk.post(reverse(f"{LOOK}_draft"), {**FORM, "outfit": "bikini"}).status_code == 200
    assert desk.post(reverse(f"{LOOK}_draft"), {**FORM, "slug": "brand-x"}).status_code == 200
    assert not LookDraft.objects.exists()


def test_the_form_begins_with_the_version_that_it_changes(desk: Client) -> None:
    look = CatalogueLook.objects.get(slug="low-key")
    page = desk.get(reverse(f"{LOOK}_next", args=[look.pk])).content.decode()
    assert '<option value="charcoal" selected>' in page
    assert '<option value="hard" selected>' in page
    assert set(COLOURS) >= {look.data["backdrop_colour"]}


def test_staff_without_the_right_changes_nothing(desk: Client, sam: User) -> None:
    User.objects.filter(pk=sam.pk).update(is_superuser=False)
    look = CatalogueLook.objects.get(slug="garden")
    assert desk.post(reverse(f"{LOOK}_desk", args=[look.pk]), {"verb": "retire"}).status_code == 403
    assert desk.post(reverse(f"{LOOK}_draft"), FORM).status_code == 403
    assert "garden@1" in offered()
