"""A look that treats a skin tone worse is not published; staff sees the figures, and what fails."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from generation import fairness, lab, look_desk
from generation.failures import Refused
from generation.look_desk import Sketched
from generation.models import CatalogueLook, LookDraft, LookMeasure
from tests.team.world import proven

from .test_tones import tones

pytestmark = pytest.mark.django_db
CHOSEN = Sketched("garden", "Garden", "suit and tie", "navy", "outdoors", "green", "soft", 0.62, 0.44)
UNFAIR = tones(t9={"usable": [0.7, 0.62, 0.78]})
LOOK = "admin:generation_cataloguelook"


@pytest.fixture
def drafted(sam: User) -> CatalogueLook:
    """A draft whose pictures are drawn."""
    draft = look_desk.draft(CHOSEN, sam)
    LookDraft.objects.update(drawn_at=timezone.now(), drawn=[0])
    return draft.look


@pytest.fixture
def desk(sam: User) -> Client:
    return proven(sam)


def measure(look: CatalogueLook, found: object, model: str = "") -> None:
    model = model or fairness.in_use(lab.model_folder())
    LookMeasure.objects.update_or_create(look=look, model=model, defaults={"tones": found})


def test_a_new_version_is_published_once_it_is_measured_and_fair(drafted: CatalogueLook, sam: User) -> None:
    with pytest.raises(Refused, match=r"not measured .* measure_look garden@2"):
        look_desk.publish(drafted, sam)
    measure(drafted, tones(), model="another")
    with pytest.raises(Refused, match="not measured"):
        look_desk.publish(drafted, sam)
    measure(drafted, tones(t3={"people": 3}))  # type: ignore[dict-item]
    with pytest.raises(Refused, match="not measured"):
        look_desk.publish(drafted, sam)
    measure(drafted, UNFAIR)
    with pytest.raises(Refused, match=r"unequally\. usable headshots: tone 9 has 0\.70"):
        look_desk.publish(drafted, sam)
    drafted.refresh_from_db()
    assert not drafted.offered
    measure(drafted, tones())
    look_desk.publish(drafted, sam)
    drafted.refresh_from_db()
    assert drafted.offered


def test_what_was_shipped_stays_on_offer_unmeasured_and_not_once_it_fails(desk: Client, sam: User) -> None:
    look = CatalogueLook.objects.get(slug="garden")
    assert fairness.of([look]) == {} or not fairness.of([look])[look.pk].behind
    measure(look, UNFAIR)
    assert fairness.failing() == [look]
    page = reverse(f"{LOOK}_desk", args=[look.pk])
    seen = desk.get(reverse("admin:index")).content.decode()
    assert "garden@1 is offered and treats skin tones unequally" in seen
    shown = desk.get(page).content.decode()
    assert "tone 9 has 0.70" in shown
    assert shown.count("<figure") == 5
    desk.post(page, {"verb": "retire"})
    assert fairness.failing() == []
    assert "unequally" not in desk.get(reverse("admin:index")).content.decode()
    assert "unequally" in desk.post(page, {"verb": "publish"}, follow=True).content.decode()
    assert not CatalogueLook.objects.get(pk=look.pk).offered


def test_the_board_shows_every_look_and_says_what_is_not_measured(
    desk: Client, drafted: CatalogueLook
) -> None:
    measure(drafted, UNFAIR)
    page = desk.get(reverse(f"{LOOK}_fairness")).content.decode()
    assert "garden@2" in page
    assert "draft" in page
    assert 'fill="#292420"' in page  # tone 10
    assert "0.70 (0.62 – 0.78)" in page
    assert " style=" not in page.partition('<div id="content"')[2].partition("<footer")[0]
    assert "usable headshots 0.05" in page


def test_staff_without_rights_sees_no_board(desk: Client, sam: User) -> None:
    User.objects.filter(pk=sam.pk).update(is_superuser=False)
    assert desk.get(reverse(f"{LOOK}_fairness")).status_code == 403


def test_a_look_that_is_not_there_is_not_measured() -> None:
    with pytest.raises(CommandError, match="no look garden@7"):
        call_command("measure_look", "garden@7", panel="nowhere")
    with pytest.raises(CommandError, match="no look garden"):
        call_command("measure_look", "garden", panel="nowhere")


def test_nothing_of_a_customers_skin_tone_is_stored() -> None:
    """Figures belong to looks: no row of a person's leads to a tone."""
    assert {field.name for field in LookMeasure._meta.fields} == {"id", "look", "model", "at", "tones"}
    assert not any("tone" in field.name for field in User._meta.get_fields())
