"""A company's API gives what its scopes open, and of a member nothing but how far they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import hooks
from accounts.api import Pace
from accounts.models import Delivery, Invitation, Member, Purpose, Role
from billing import ledger
from generation import shoots
from generation.api.company import doors
from generation.models import Brand, Portrait, Shoot
from tests import cast

from .world import Team

Program = Callable[..., Client]
JSON = "application/json"
JPEG = cast.picture()


def at(name: str, *args: object) -> str:
    return reverse(f"company_api:{name}", args=args)


def invite(api: Client, *people: dict[str, Any]) -> Any:
    return api.post(at("members"), json.dumps({"members": people}), JSON)


def portrait(member: Member, place: int = 1, **more: Any) -> Portrait:
    """Released, with the files that a worker made."""
    return cast.portrait(member, dict.fromkeys(("full", "thumb", "linkedin-400"), JPEG), place=place, **more)


def handed_in(member: Member) -> Shoot:
    assert member.user is not None
    shoot = cast.draft(member.user, member=member)
    ledger.grant(member.company, 1, source="test")
    shoots.submit(shoot)
    return shoot


def test_a_scope_opens_what_it_names_and_nothing_else(team: Team, program: Program) -> None:
    file = at("file", portrait(team.member).pk, "full")
    asked = {
        "members:read": [at("company"), at("departments"), at("members"), at("member", team.member.pk)],
        "portraits:read": [at("portraits"), at("member_portraits", team.member.pk), at("brand"), file],
        "credits:read": [at("credits")],
    }
    for scope in asked:
        api = program(scope)
        for other, addresses in asked.items():
            for address in addresses:
                answer = api.get(address)
                assert answer.status_code == (200 if other == scope else 403), address
                if other != scope:
                    assert other in answer.json()["error"]
        assert invite(api, {"email": "new@example.com"}).status_code == 403
        assert api.delete(at("member", team.member.pk)).status_code == 403
    assert program("members:write").get(at("members")).status_code == 403


def test_a_token_ends_with_its_company_and_opens_no_other(team: Team, program: Program) -> None:
    api, rita = program(), cast.member(team.other, email="globex@example.com")
    theirs, unknown = api.get(at("member", rita.pk)), api.get(at("member", team.company.pk))
    assert (theirs.status_code, theirs.content) == (404, unknown.content)
    assert api.get(at("file", portrait(rita).pk, "full")).status_code == 404
    assert api.get(reverse("api:shoots")).status_code == 401
    team.company.closed_at = timezone.now()
    team.company.save(update_fields=["closed_at"])
    assert api.get(at("company")).status_code == 401
    assert Client().get(at("company")).status_code == 401


def test_each_token_has_its_own_pace(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pace, "THROTTLE_RATES", {"user": "2/min"})
    hasty, calm = program(), program()
    assert [hasty.get(at("company")).status_code for _ in range(3)] == [200, 200, 429]
    assert calm.get(at("company")).status_code == 200


def test_inviting_twice_is_once_and_brings_up_to_date(team: Team, program: Program) -> None:
    api = program()
    hooks.add(team.company, "http://localhost/", ["member.invited"], team.user("hana"))
    first = invite(
        api,
        {"email": "Nina@Example.com", "name": "Nina", "department": "Sales", "columns": {"City": "Bern"}},
        {"email": "otto@example.com"},
    )
    assert first.status_code == 201
    again = invite(api, {"email": "nina@example.com", "department": "sales", "columns": {"Desk": "4"}})
    [nina] = again.json()["results"]
    assert nina["id"] == first.json()["results"][0]["id"]
    assert nina["name"] == "Nina"
    assert nina["department"] == "Sales"
    assert nina["columns"] == {"City": "Bern", "Desk": "4"}
    assert nina["state"] == "invited"
    assert Invitation.objects.count() == Delivery.objects.count() == 2


@pytest.mark.parametrize(
    "people",
    [
        [],
        [{"email": "nobody"}],
        [{"email": "a@example.com", "due": "soon"}],
        [{"email": "a@example.com", "columns": {"a\x00": "b"}}],
        [{"email": "a@example.com", "columns": {str(n): "" for n in range(51)}}],
        [{"email": f"{n}@example.com"} for n in range(1001)],
    ],
    ids=["nobody", "no address", "no date", "a NUL", "51 columns", "1001 people"],
)
def test_bad_rows_invite_nobody(team: Team, program: Program, people: list[dict[str, Any]]) -> None:
    before = Member.objects.count()
    answer = invite(program(), *people)
    assert answer.status_code == 400
    assert answer.json()["error"].startswith("members: ")
    assert Member.objects.count() == before


def test_a_member_is_changed_and_removed(team: Team, program: Program) -> None:
    api, address = program(), at("member", team.member.pk)
    changes = {"department": "Law", "due": "2030-01-31", "columns": {"City": "Rom"}}
    changed = api.patch(address, json.dumps(changes), JSON).json()
    assert changes.items() <= changed.items()
    assert api.patch(address, json.dumps({"due": None, "department": ""}), JSON).json()["department"] == ""
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == api.delete(address).status_code == 404
    boss = Member.objects.get(company=team.company, role=Role.OWNER)
    assert api.delete(at("member", boss.pk)).status_code == 409


def test_who_refused_is_byte_for_byte_like_who_waits(team: Team, program: Program) -> None:
    """Everything that the API says, before and after the refusal of the same member."""
    api, hana = program(), team.user("hana")
    hooks.add(team.company, "http://localhost/", list(hooks.EVENTS), hana)
    member = team.member

    def everything() -> list[bytes]:
        names = ("company", "departments", "members", "portraits", "credits", "brand")
        addresses = [at(name) for name in names]
        addresses += [at("member", member.pk), at("member_portraits", member.pk)]
        return [
            *(api.get(address).content for address in addresses),
            api.patch(at("member", member.pk), '{"name": "Emil"}', JSON).content,
            invite(api, {"email": member.email}).content,
            str(Delivery.objects.count()).encode(),
        ]

    everything()  # names him as it will again
    pending = everything()
    shoot = cast.failed(team.user("emil"))  # tried, and gave up
    Shoot.objects.filter(pk=shoot.pk).update(member=member)
    Member.objects.filter(pk=member.pk).update(refused_at=timezone.now(), reminded_at=timezone.now())
    assert everything() == pending


def test_a_state_is_one_of_three(team: Team, program: Program) -> None:
    api, address = program(), at("member", team.member.pk)

    def told() -> tuple[str, str, int]:
        seen = api.get(address).json()
        released = api.get(at("member_portraits", team.member.pk)).json()
        return seen["state"], seen["updated"], len(released)

    state, invited, _none = told()
    assert state == "invited"
    shoot = handed_in(team.member)
    state, submitted, _none = told()
    assert (state, submitted > invited) == ("in_progress", True)
    draft = portrait(team.member, released_at=None)
    assert told() == ("in_progress", submitted, 0)
    consent = cast.release(team.member.user, Purpose.RELEASE)
    Portrait.objects.filter(pk=draft.pk).update(released_at=timezone.now(), released_under=consent)
    state, released, count = told()
    assert (state, released > submitted, count) == ("released", True, 1)
    Shoot.objects.filter(pk=shoot.pk).update(submitted_at=timezone.now())  # another one is theirs alone
    assert told() == (state, released, 1)
    assert api.get(at("company")).json()["members"] == {"invited": 2, "in_progress": 0, "released": 1}
    Portrait.objects.filter(pk=draft.pk).update(ended_at=timezone.now())
    assert told()[::2] == ("in_progress", 0)


def test_only_released_files_are_given(team: Team, program: Program) -> None:
    Brand.objects.create(
        company=team.company, backdrop="2e3050", light="soft", light_side="left", head_height=0.6,
        eye_line=0.45, formats=["linkedin-400"],
    )  # fmt: skip
    api, released = program(), portrait(team.member)
    ended = portrait(team.member, 2, ended_at=timezone.now())
    draft = portrait(team.member, 3, released_at=None)
    [shown] = api.get(at("portraits")).json()["results"]
    assert set(shown) == {"id", "member", "place", "released", "approved", "files"}
    assert set(shown["files"]) == {"full", "preview", "thumb", "linkedin-400"}
    for size in ("full", "linkedin-400"):
        file = api.get(urlsplit(shown["files"][size]).path)
        assert (file.content, file["Content-Type"]) == (JPEG, "image/jpeg")
        assert "private" in file["Cache-Control"]
    for hidden in (ended, draft):
        assert api.get(at("file", hidden.pk, "full")).status_code == 404
    for size in ("preview", "source", "No_such"):  # not made; the member's own upload; no size
        assert api.get(at("file", released.pk, size)).status_code == 404
    [brand] = api.get(at("brand")).json()
    assert brand["formats"] == ["linkedin-400"]


def test_pages_and_filters(team: Team, program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "PAGE", 3)
    api = program()
    people = [{"email": f"p{n}@example.com", "department": ("Law", "Sales")[n % 2]} for n in range(8)]
    invite(api, *people)

    def walk(**asked: str) -> list[str]:
        found, answer = [], api.get(at("members"), asked).json()
        found += answer["results"]
        while answer["next"]:
            parts = urlsplit(answer["next"])
            answer = api.get(f"{parts.path}?{parts.query}").json()
            found += answer["results"]
        return sorted(one["email"] for one in found)

    assert len(walk()) == 10
    assert walk(department="law") == [f"p{n}@example.com" for n in (0, 2, 4, 6)]
    portrait(Member.objects.get(email="p5@example.com"))
    assert walk(state="released") == ["p5@example.com"]
    assert walk(since=(timezone.now() + timedelta(hours=1)).isoformat()) == []
    for asked in ({"after": "x"}, {"state": "refused"}, {"since": "soon"}):
        assert api.get(at("members"), asked).status_code == 400


def test_a_page_costs_the_same_however_many(
    team: Team, program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    api, counts = program(), set()
    for many in (1, 40):
        invite(api, *({"email": f"{many}-{n}@example.com", "department": f"D{n}"} for n in range(many)))
        for member in Member.objects.filter(company=team.company, portraits=None):
            portrait(member)
        for name in ("members", "portraits", "departments", "company"):
            with django_assert_num_queries(20, exact=False) as asked:
                api.get(at(name))
            counts.add((name, len(asked)))
    assert len(counts) == 4
