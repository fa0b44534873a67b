"""What a company sees of its members: three states, in whatever order and part it asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts import companies
from accounts.models import Company, Department, Member, Message, Purpose
from generation import approvals, boards, brands, cycles, initials, seats, vault
from generation.boards import Wanted
from generation.failures import Refused
from generation.models import Brand, Portrait, Shoot, Status
from tests import cast

from .world import Team, browser

pytestmark = pytest.mark.django_db


@pytest.fixture
def team() -> Team:
    made = Team()
    assert made.member
    return made


@pytest.fixture
def hana(team: Team) -> Client:
    return browser(team.user("hana"))


def state(member: Member) -> str:
    return boards.members(member.company).get(pk=member.pk).state


def shot(member: Member, status: str = Status.READY) -> Shoot:
    """A shoot for the company, at that status."""
    assert member.user
    shoot = cast.submitted(member.user)
    Shoot.objects.filter(pk=shoot.pk).update(member=member, status=status)
    return shoot


def found(company: Company, **asked: str) -> list[str]:
    return [str(member) for member in Wanted.of(asked).among(boards.members(company))]


def test_a_state_says_what_was_submitted_and_released_and_nothing_else(team: Team) -> None:
    emil = team.member
    assert state(emil) == "invited"
    shoot = shot(emil, Status.DRAFT)
    assert state(emil) == "invited"
    for status in (Status.SUBMITTED, Status.TRAINED, Status.GENERATED, Status.READY):
        Shoot.objects.filter(pk=shoot.pk).update(status=status)
        assert state(emil) == "in_progress"
    for status in (Status.FAILED, Status.PURGED):
        Shoot.objects.filter(pk=shoot.pk).update(status=status)
        assert state(emil) == "invited"
    draft = cast.portrait(emil, {}, released_at=None)
    assert state(emil) == "invited"
    consent = cast.release(emil.user, Purpose.RELEASE)
    Portrait.objects.filter(pk=draft.pk).update(released_at=timezone.now(), released_under=consent)
    assert state(emil) == "released"
    Portrait.objects.filter(pk=draft.pk).update(ended_at=timezone.now())
    assert state(emil) == "invited"
    assert boards.counts(team.company) == {"invited": 3, "in_progress": 0, "released": 0, "overdue": 0}


def test_refusing_changes_no_byte_and_no_query(team: Team, hana: Client) -> None:
    named = {"company": team.company.pk}
    pages = [reverse(f"board:{name}", kwargs=named) for name in ("board", "table", "wall", "pictures")]
    pages += [reverse("board:member", kwargs={**named, "member": team.member.pk}), f"{pages[2]}?everybody"]

    def seen() -> list[tuple[bytes, list[str]]]:
        answers = []
        for page in pages:
            with CaptureQueriesContext(connection) as queries:
                answer = hana.get(page).getvalue()
            asked = [re.sub(r"'[^']*'", "?", one["sql"]) for one in queries]
            answers.append((re.sub(rb'(csrf\w+" value=")\w+', rb"\1", answer), asked))
        return answers

    seen()
    pending = seen()
    Member.objects.filter(pk=team.member.pk).update(refused_at=timezone.now())
    assert seen() == pending
    read = [[sql for sql in asked if "refused_at" in sql] for _answer, asked in pending]
    assert all(len(sql) == 1 for sql in read)  # of the admin who asks, at the door


def test_people_are_found_by_parts_of_what_the_company_knows(team: Team) -> None:
    sales = Department.objects.create(company=team.company, name="Sales")
    cast.member(team.company, email="b@x.test", name="Özlem Berg", fields={"Desk": "Zürich 12"})
    cast.member(team.company, email="a@x.test", department=sales, fields={"Desk": "Oslo 3"})
    cast.member(team.other, email="c@x.test", name="Berg of Globex")
    assert found(team.company, words="berg ÖZLEM") == ["Özlem Berg"]
    assert found(team.company, words="zürich") == ["Özlem Berg"]
    assert found(team.company, words="x.test oslo") == ["a@x.test"]
    assert found(team.company, words="desk") == []  # the name of a column is nobody's
    assert found(team.company, words="100%_") == []
    assert found(team.company, department=str(sales.pk)) == ["a@x.test"]
    assert found(team.company) == ["a@x.test", "Adam", "Emil", "Hana", "Özlem Berg"]


def test_the_own_due_date_goes_before_the_companys_and_ends_with_the_release(team: Team) -> None:
    today = timezone.localdate()
    Company.objects.update(due=today - timedelta(days=1))
    team.company.refresh_from_db()
    Member.objects.filter(pk=team.member.pk).update(due=today)
    assert found(team.company, overdue="on") == ["Adam", "Hana"]
    cast.portrait(Member.objects.get(name="Adam"), {})
    assert found(team.company, overdue="on") == ["Hana"]
    assert boards.counts(team.company)["overdue"] == 1
    assert found(team.company, order="due")[-1] == "Emil"


def test_pages_never_overlap_and_questions_stay_as_many(team: Team, hana: Client) -> None:
    def add(count: int) -> None:
        same = [Member(company=team.company, email=f"{n}@{count}.test", name="Kim Lee") for n in range(count)]
        for member in Member.objects.bulk_create(same)[: count // 2]:
            cast.portrait(member, {})

    def asked(name: str, address: str = "") -> int:
        with CaptureQueriesContext(connection) as queries:
            assert hana.get(reverse(f"board:{name}", args=[team.company.pk]) + address).getvalue()
        return len(queries)

    brands.of(team.company)  # made where it is first asked for
    pages = [("board", "?words=kim"), ("wall", "?everybody"), ("alike", ""), ("pictures", ""), ("table", "")]
    add(10)
    few = [asked(*page) for page in pages]
    add(290)
    assert [asked(*page) for page in pages] == few
    assert max(few) <= 15
    address = reverse("board:board", args=[team.company.pk])
    shown = [
        tile.member.pk for page in range(1, 8) for tile in hana.get(f"{address}?page={page}").context["tiles"]
    ]
    assert len(shown) == len(set(shown)) == 303


def test_an_admin_changes_what_the_company_says_of_a_member(team: Team, hana: Client) -> None:
    sales = Department.objects.create(company=team.company, name="Sales")
    foreign = Department.objects.create(company=team.other, name="Lab")
    Company.objects.filter(pk=team.company.pk).update(columns=["Desk"])
    Member.objects.filter(pk=team.member.pk).update(fields={"Desk": "1", "Floor": "2"})
    page = reverse("board:member", args=[team.company.pk, team.member.pk])
    assert hana.post(page, {"department": foreign.pk, "column-0": "9"}).status_code == 422
    assert hana.post(page, {"due": "soon"}).status_code == 422
    hana.post(page, {"department": sales.pk, "due": "2027-01-31", "column-0": "9"})
    team.member.refresh_from_db()
    assert team.member.fields == {"Desk": "9", "Floor": "2"}
    assert (team.member.department, str(team.member.due)) == (sales, "2027-01-31")


def test_a_redo_is_asked_for_once_with_a_reason_and_only_before_the_approval(team: Team) -> None:
    hana, shoot = team.user("hana"), cast.ready(team.user("emil"), 2)
    first, second = (
        cast.portrait(team.member, {}, place=place, headshot=one)
        for place, one in enumerate(shoot.headshots.all(), start=1)
    )
    with pytest.raises(Refused, match="what should be different"):
        approvals.ask_again(first, hana, "  ")
    approvals.ask_again(first, hana, "The jacket, please")
    assert team.member.messages.get().words == "The jacket, please"
    with pytest.raises(Refused, match="free once"):
        approvals.ask_again(second, hana, "This one too")
    own = cast.portrait(team.member, {}, place=3, own=True)
    assert approvals.approve_all(team.company, hana) == 2  # not the one that another is asked for
    with pytest.raises(Refused, match="approved"):
        approvals.ask_again(own, hana, "Too late")
    assert state(team.member) == "released"


def test_only_released_portraits_have_files_for_the_company(team: Team, hana: Client) -> None:
    def asked(member: Member, **more: object) -> int:
        one = cast.portrait(member, {"thumb": b"picture"}, **more)
        answer = hana.get(reverse("board:portrait", args=[team.company.pk, one.pk, "thumb"]))
        if answer.status_code == 200:
            assert answer.content == b"picture"
            assert answer["Cache-Control"] == "no-store, private"
            vault.delete_all(one.pk, "portraits")
            assert (
                hana.get(reverse("board:portrait", args=[team.company.pk, one.pk, "thumb"])).status_code
                == 404
            )
        return answer.status_code

    rita = Member.objects.get(user=team.user("rita"))
    assert asked(team.member) == 200
    assert asked(team.member, place=2, released_at=None) == 404
    assert asked(team.member, place=2, ended_at=timezone.now()) == 404
    assert asked(rita) == 404


def test_who_is_removed_keeps_their_shoot_and_the_company_no_picture(team: Team) -> None:
    shoot, hana = shot(team.member), team.user("hana")
    cast.portrait(team.member, {})
    seats.remove(team.member, by=hana)
    shoot.refresh_from_db()
    assert (shoot.member, shoot.subject) == (None, team.user("emil"))
    assert not boards.standing().exists()
    assert "Emil" not in found(team.company)
    with pytest.raises(companies.Refused):
        seats.remove(Member.objects.get(user=hana), by=hana)


def test_everybody_is_asked_again_once_but_who_said_no(team: Team) -> None:
    cast.portrait(team.member, {})
    cast.member(team.company, email="pending@x.test")
    Member.objects.filter(name="Adam").update(refused_at=timezone.now())
    hana = team.user("hana")
    assert cycles.begin(team.company, hana, after=1)
    assert not cycles.begin(team.company, hana, after=1)
    told = Message.objects.filter(about=Message.About.AGAIN).values_list("member__name", flat=True)
    assert sorted(told) == ["Emil", "Hana"]
    assert state(team.member) == "released"


@pytest.mark.parametrize(
    ("name", "email", "letters"),
    [
        ("Emil Berg", "", "EB"),
        ("ana maría de la cruz", "", "AC"),
        ("", "jo.ek-holm@x.test", "JH"),
        ("李", "", "李"),
        ("", "12@x.test", "?"),
    ],
)
def test_initials(name: str, email: str, letters: str) -> None:
    assert initials.initials(Member(name=name, email=email)) == letters


def test_initials_can_be_read_on_the_brands_backdrop(team: Team, make_brand: Callable[..., Brand]) -> None:
    sales = Department.objects.create(company=team.company, name="Sales")
    make_brand(team.company, "2e3050")
    make_brand(team.company, "f4c430", sales)
    assert initials.backdrops(team.company) == {None: "2e3050", sales.pk: "f4c430"}
    assert (initials.ink("2e3050"), initials.ink("f4c430")) == (initials.LIGHT, initials.DARK)


@pytest.fixture
def make_brand() -> Callable[..., Brand]:
    def make(company: Company, backdrop: str, department: Department | None = None) -> Brand:
        return Brand.objects.create(
            company=company, department=department, backdrop=backdrop, head_height=0.6, eye_line=0.44
        )

    return make
