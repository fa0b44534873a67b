"""What a company takes along: names that lead nowhere else, tables that calculate nothing."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Company, Department, Member
from generation import exports, naming, vault
from generation.engine.types import BadInput
from generation.models import Brand, Portrait
from tests import cast

from .world import Team, browser

PATTERN = "{last_name}_{first_name}_{department}-{place}.jpg"


@pytest.fixture
def team() -> Team:
    return Team()


@pytest.fixture
def hana(team: Team) -> Client:
    return browser(team.user("hana"))


def zipped(client: Client, team: Team, **asked: object) -> list[str]:
    address = reverse("board:archive", args=[team.company.pk])
    answer = client.get(address, {"pattern": naming.DEFAULT, "sizes": ["full"], **asked})
    assert answer.status_code == 200, answer.content
    with ZipFile(BytesIO(answer.getvalue())) as found:
        assert found.testzip() is None
        return found.namelist()


def person(team: Team, name: str, place: int = 1, **more: object) -> Portrait:
    member, _new = Member.objects.get_or_create(
        company=team.company, email=f"{name}@x.test", defaults={"name": name}
    )
    return cast.portrait(member, {"full": b"full", "linkedin-400": b"small"}, place=place, **more)


@settings(max_examples=50)
@given(st.text(max_size=60), st.text(max_size=300))
def test_no_name_leads_anywhere_else(pattern: str, value: str) -> None:
    name = naming.file_name(f"{pattern}{{name}}", {"name": value})
    assert name.strip(" .") == name
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert ".." not in name
    assert 0 < len(name.encode()) <= naming.LONGEST + 1


@pytest.mark.parametrize(
    ("pattern", "known", "name"),
    [
        (
            PATTERN,
            {"last_name": "Ek/Holm", "first_name": "Åsa", "department": "R&D", "place": "1"},
            "Ek_Holm_Åsa_R_D-1",
        ),
        ("../../{name}", {"name": "..\\..\\etc"}, "etc"),
        ("{Cost centre}", {"cost_centre": "12"}, "12"),
        ("{name}", {"name": "con"}, "_con"),
        ("{name}", {"name": "…"}, "headshot"),
    ],
)
def test_names(pattern: str, known: dict[str, str], name: str) -> None:
    assert naming.file_name(pattern, known) == name


def test_a_column_that_nobody_has_is_named_with_those_that_are_there() -> None:
    naming.check(PATTERN + "{cost_centre}", ["Cost centre"])
    with pytest.raises(BadInput, match=r"no column \{salary\}\. Use \{name\}.*\{cost_centre\}"):
        naming.check("{salary}", ["Cost centre"])


@pytest.mark.django_db
def test_a_zip_has_each_picture_once_under_a_name_of_its_own(team: Team, hana: Client) -> None:
    person(team, "Kim Lee")
    person(team, "Kim Lee", place=2)
    person(team, "kim lee")
    gone = person(team, "Taken Back")
    vault.delete_all(gone.pk, "portraits")
    person(team, "Not Yet", released_at=None)
    assert sorted(zipped(hana, team)) == ["Kim Lee-1.jpg", "Kim Lee-2.jpg", "kim lee-1-2.jpg"]
    assert len(zipped(hana, team, pattern="same")) == 3


@pytest.mark.django_db
def test_a_zip_has_the_sizes_of_the_brand_and_whom_the_board_showed(team: Team, hana: Client) -> None:
    Brand.objects.create(
        company=team.company, backdrop="2e3050", head_height=0.6, eye_line=0.44, formats=["linkedin-400"]
    )
    person(team, "Ann", approved_at="2026-11-01T00:00Z")
    person(team, "Bo")
    both = ["full", "linkedin-400"]
    assert zipped(hana, team, sizes=both, words="bo") == ["full/Bo-1.jpg", "linkedin-400/Bo-1.jpg"]
    assert zipped(hana, team, approved="on") == ["Ann-1.jpg"]
    address = reverse("board:archive", args=[team.company.pk])
    for wrong in ({"sizes": "teams-648"}, {"pattern": "{salary}"}, {"words": "nobody"}):
        assert hana.get(address, {"pattern": "x", "sizes": "full", **wrong}).status_code == 422


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert next(csv.reader(StringIO(exports.line([cell, "a=1"]), newline=""))) == [f"'{cell}", "a=1"]


@pytest.mark.django_db
def test_the_table_says_what_the_board_says(team: Team, hana: Client) -> None:
    Company.objects.update(columns=["=Desk"])
    sales = Department.objects.create(company=team.company, name="Sales")
    person(team, "Åsa")
    Member.objects.filter(name="Åsa").update(department=sales, due="2027-01-31", fields={"=Desk": "12, left"})
    answer = hana.get(reverse("board:table", args=[team.company.pk]), {"words": "åsa"})
    body = answer.getvalue()
    assert body.startswith(b"\xef\xbb\xbf")
    head, row = csv.reader(StringIO(body.decode("utf-8-sig"), newline=""))
    assert head[-1] == "'=Desk"
    said = dict(zip(head, row, strict=True))
    assert (said["Department"], said["Due"], said["State"], said["'=Desk"]) == (
        "Sales", "2027-01-31", "released", "12, left",
    )  # fmt: skip
