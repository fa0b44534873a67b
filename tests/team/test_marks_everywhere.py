"""Whatever route answers with a picture or a ZIP: what we made is marked in it, and nothing else is sent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from generation import brands, export, frames, marks, naming, vault
from generation.engine.credentials import Checked
from generation.engine.marking import SOURCE_TYPE
from generation.models import Brand, Headshot, Portrait
from tests import cast, permissions
from tests import test_permissions as people
from tests.team import test_permissions as companies
from tests.team.table import Row
from tests.team.world import Team, page
from tests.world import World

PICTURES = ("image/jpeg", "image/png", "image/webp")
# Pictures that no model of ours made: of whom they are, or drawings without a person.
UNMARKED = {
    "generation:photo_image": "the person's own photo",
    "generation:phone_thumb": "the person's own photo",
    "api:photo_picture": "the person's own photo",
    "api:photo_thumbnail": "the person's own photo",
    "generation:look_sketch": "a drawing of a backdrop",
}
MARKED = {
    "generation:headshot",
    "generation:rendition",
    "generation:archive",
    "api:picture",
    "api:preview",
    "api:thumbnail",
    "api:archive",
    "api:size",
    "api:try_picture",
    "board:portrait",
    "brand:example",
    "member:portrait",
}


def really_drawn() -> None:
    """The cast's pictures stand where they do not matter; here they are what a worker stores."""
    made = frames.pictures(Image.effect_noise((256, 256), 60).convert("RGB"))
    for headshot in Headshot.objects.all():
        for name, data in made.items():
            vault.put(headshot.shoot_id, "headshots", f"{headshot.pk}.{name}", data)
        for rendition in headshot.renditions.all():
            vault.put(headshot.shoot_id, "headshots", rendition.file, made["full"])
    for brand in Brand.objects.exclude(looks=[]):
        vault.put(brand.pk, "brands", brands.example_file(brand.looks[0]), made["thumb"])
    for portrait in Portrait.objects.filter(own=False):
        for name, data in made.items():
            vault.put(portrait.pk, "portraits", name, data)


def pictures(response: Any) -> Iterator[bytes]:
    """The pictures of an answer: itself, or what its ZIP holds."""
    if response.status_code != 200:
        return
    kind = response.headers.get("Content-Type", "").partition(";")[0]
    content = b"".join(response) if kind in (*PICTURES, "application/zip") else b""
    if kind in PICTURES:
        yield content
    elif kind == "application/zip":
        with ZipFile(BytesIO(content)) as zipped:
            yield from (zipped.read(name) for name in zipped.namelist())


def told(route: str, response: Any) -> bool:
    """Whether the route sent pictures; those of ours carry both marks, valid and without a name."""
    found = list(pictures(response))
    for picture in found if route not in UNMARKED else ():
        assert marks.check(picture) == Checked.INTACT, route
        assert SOURCE_TYPE.encode() in picture, route
        assert b"example.com" not in picture, route
    return bool(found)


def answered(rows: Iterable[Any]) -> list[Any]:
    return [row for row in rows if row.method == "GET" and 200 in row.answers]


@pytest.mark.django_db
@pytest.mark.parametrize("row", answered(permissions.TABLE), ids=str)
def test_a_route_of_people_sends_marked_pictures_or_none(row: permissions.Row) -> None:
    world = World()
    values = world.values(people.ROUTES[row.route].parts, row.state, row.said)
    really_drawn()
    response = people.ask(world.browser(people.theirs(row)), row, values)
    assert told(row.route, response) == (row.route in MARKED | set(UNMARKED)), "whose are they?"


@pytest.mark.django_db
@pytest.mark.parametrize("row", answered(companies.TABLE), ids=str)
def test_a_route_of_companies_sends_marked_pictures_or_none(row: Row) -> None:
    team = Team()
    values = team.values(companies.ROUTES[row.route].parts, {**row.said, **row.make(team)})
    really_drawn()
    sent = {told(row.route, companies.ask(team.browser(one), row, values)) for one in ("emil", "hana")}
    assert (True in sent) == (row.route in MARKED | set(UNMARKED)), "whose are they?"


def test_every_route_that_must_be_marked_is_asked() -> None:
    asked = {row.route for row in (*answered(permissions.TABLE), *answered(companies.TABLE))}
    assert asked >= MARKED | set(UNMARKED)


@pytest.mark.django_db
def test_what_is_taken_along_as_a_zip_is_marked_too() -> None:
    """Of a company's board, and everything that is held on a person; asked for in forms."""
    team = Team()
    cast.portrait(team.member, {"full": b""})
    cast.ready(team.user("emil"), 2)
    really_drawn()
    asked = {"sizes": ["full"], "pattern": naming.DEFAULT}
    assert told("board:archive", team.browser("hana").get(page("board:archive", team.company), asked))
    with ZipFile(BytesIO(b"".join(export.archive(team.user("emil"))))) as zipped:
        made = [name for name in zipped.namelist() if "/headshots/" in name or name.startswith("portraits/")]
        assert len(made) == 3
        assert {marks.check(zipped.read(name)) for name in made} == {Checked.INTACT}
