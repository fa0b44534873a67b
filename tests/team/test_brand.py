"""A company's brand: set by its admins in words of the catalogue, a department's own wins, examples drawn."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import AuditEntry, Company, Department, User
from generation import brands, catalogue, examples, lab, marks, recorded, tasks, vault
from generation.engine import marking
from generation.engine.credentials import Checked
from generation.engine.ranking import rank
from generation.engine.resident import Drawn
from generation.engine.types import Order, StoredPhoto
from generation.models import Brand, CatalogueLook
from tests import cast
from tests.faults import engine

from .world import browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def hana() -> User:
    return cast.person("hana")


@pytest.fixture
def acme(hana: User) -> Company:
    return cast.company(hana)


@pytest.fixture
def admin(hana: User, acme: Company) -> Client:
    return browser(hana)


def page(company: Company) -> str:
    return reverse("brand:brand", args=[company.pk])


NAVY = {
    "backdrop": "#2E3050",
    "garment_1": "suit and tie",
    "colour_1": "charcoal",
    "garment_2": "turtleneck",
    "colour_2": "black",
    "light": "soft",
    "light_side": "right",
    "framing": "close",
    "expressions": ["neutral", "smile"],
    "formats": ["linkedin-400", "cv-4x5"],
}


def test_a_brand_is_set_and_gives_shoots_looks_of_its_own(admin: Client, acme: Company) -> None:
    assert admin.get(page(acme)).status_code == 200
    before = brands.of(acme)
    assert admin.post(page(acme), NAVY).status_code == 302
    brand = brands.of(acme)
    assert (brand.pk, brand.version) == (before.pk, before.version + 1)
    assert (brand.backdrop, brand.outfits[0]) == ("2e3050", ["suit and tie", "charcoal"])
    for key in brand.looks:
        look = catalogue.look(key)
        assert (look.backdrop, look.backdrop_colour) == ("plain", "navy")
        assert {one.expression for one in look.directions} == {"neutral", "smile"}
        assert {one.light_side for one in look.directions} == {"right"}
        assert all(one.head_height < brand.head_height for one in look.directions)  # room to cut
    assert not CatalogueLook.objects.filter(slug__startswith="brand-", offered=True).exists()
    admin.post(page(acme), NAVY)  # nothing else than before
    assert brands.of(acme).version == brand.version
    assert [entry.what for entry in AuditEntry.objects.filter(company_id=acme.pk)] == ["brand.changed"]


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"backdrop": "navy"}, "six hexadecimal digits"),
        ({"garment_1": "bikini"}, "not one of the available choices"),
        ({"colour_2": ""}, "Choose its colour"),
        ({"garment_1": "", "garment_2": ""}, "at least one garment"),
        ({"expressions": []}, "at least one expression"),
        ({"formats": ["web-3x2"]}, "no room for the head"),
    ],
)
def test_bad_choices_are_told_and_change_nothing(
    admin: Client, acme: Company, wrong: dict[str, Any], says: str
) -> None:
    answer = admin.post(page(acme), NAVY | wrong)
    assert says in answer.content.decode()
    assert brands.of(acme).version == 1


def test_a_departments_own_brand_wins_until_it_is_removed(admin: Client, acme: Company) -> None:
    sales = Department.objects.create(company=acme, name="Sales")
    admin.post(reverse("brand:department", args=[acme.pk, sales.pk]), NAVY)
    admin.get(page(acme))
    assert brands.of(acme, sales).backdrop == "2e3050"
    assert brands.of(acme).backdrop == brands.DEFAULT.backdrop
    assert brands.of(acme, sales).version != brands.of(acme).version  # so portraits tell them apart
    admin.post(reverse("brand:remove", args=[acme.pk, sales.pk]))
    assert brands.of(acme, sales) == brands.of(acme)


def test_an_outfit_keeps_its_slug_and_another_never_gets_it(hana: User, acme: Company) -> None:
    def slugs(*outfits: brands.Outfit) -> list[str]:
        chosen = replace(brands.DEFAULT, outfits=outfits)
        return [key.partition("@")[0] for key in brands.change(acme, None, hana, chosen).looks]

    red, blue, teal = ("shirt", "red"), ("shirt", "blue"), ("shirt", "teal")
    first = slugs(red, blue)
    swapped = slugs(blue, teal)
    assert swapped[0] == first[1]
    assert swapped[1] not in first
    assert brands.outfits(first) == dict(zip(first, (red, blue)))


def test_cutting_anew_is_enough_only_where_the_brand_shows_in_the_headshot(acme: Company) -> None:
    brand = brands.of(acme)
    drawn = asdict(brands.directions(brand)[0])
    outfit = ("shirt", "white")
    brand.backdrop, brand.formats = "000000", []
    assert brands.suits(brand, drawn, outfit)
    assert not brands.suits(brand, drawn, ("shirt", "red"))
    assert not brands.suits(brand, drawn, None)
    for other in (
        {"light": "hard"},
        {"light_side": "right"},
        {"expression": "neutral"},
        {"head_height": 0.7},
    ):
        assert not brands.suits(brand, drawn | other, outfit)


class Resident(engine.Resident):
    """Draws somebody of the recorded gallery."""

    def try_on(self, selfie: StoredPhoto, orders: Sequence[Order], **more: Any) -> Iterator[Drawn]:
        drawn = marking.png(next(recorded.headshots()).image)
        for number in range(len(orders)):
            measures = [self.frame(number)]
            yield Drawn(number, drawn, measures[0], rank(measures, engine.OWN)[0])


@pytest.fixture
def pretended(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(settings, "ENGINE", __name__)
    lab.close()
    yield
    lab.close()


@pytest.mark.usefixtures("pretended")
def test_examples_are_drawn_once_and_shown_instead_of_sketches(admin: Client, acme: Company) -> None:
    htmx = {"HX-Request": "true"}
    waiting = admin.get(page(acme), headers=htmx).content.decode()
    brand = brands.of(acme)
    assert "every 3s" in waiting
    assert brand.looks[0].replace("@", "-") + ".png" in waiting
    tasks.draw_examples(str(brand.pk))
    assert examples.take(brand.pk) is None
    drawn = admin.get(page(acme), headers=htmx).content.decode()
    assert "every 3s" not in drawn
    slug, _at, version = brand.looks[0].partition("@")
    address = reverse("brand:example", args=[acme.pk, slug, int(version)])
    assert address in drawn
    picture = admin.get(address).content
    assert marks.check(picture) == Checked.INTACT
    assert Image.open(BytesIO(picture)).size[0] > 100
    brands.change(acme, None, User.objects.get(), replace(brands.DEFAULT, backdrop="000000"))
    assert not vault.exists(brand.pk, "brands", brands.example_file(brand.looks[0]))
    assert Brand.objects.get().previewed_at is None
