"""Lists of people: previewed, imported in the background, interrupted, repeated."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import columns, csvs, imports, tasks
from accounts.models import AuditEntry, Delivery, Import, Invitation, Webhook

from .world import Team

PEOPLE = "Email,Name,Team,Desk\nann@acme.example,Ann,Sales,4\nbo@acme.example,Bo,sales,\nnobody,,,\n"


@pytest.fixture
def team(db: None) -> Team:
    return Team()


@pytest.fixture
def hana(team: Team) -> Client:
    return team.browser("hana")


def path(team: Team, name: str, **more: Any) -> str:
    return reverse(f"invite:{name}", kwargs={"company": team.company.pk, **more})


def uploaded(team: Team, hana: Client, text: str = PEOPLE) -> Import:
    file = SimpleUploadedFile("people.csv", text.encode())
    answer = hana.post(path(team, "upload"), {"file": file})
    row = Import.objects.latest("created")
    assert answer["Location"] == path(team, "import", pk=row.pk)
    return row


def confirmed(team: Team, text: str = PEOPLE, *, invites: bool = True) -> Import:
    row = imports.look(team.company, csvs.rows(text.encode()))
    assert imports.confirm(row, row.mapping, invites=invites, by=team.user("hana"))
    return row


def people(team: Team) -> list[tuple[str, str, str, dict[str, str]]]:
    asked = team.company.members.filter(user=None).order_by("email")
    return [(one.email[:2], one.name, str(one.department or ""), one.fields) for one in asked]


def test_a_file_becomes_people(team: Team, hana: Client) -> None:
    row = uploaded(team, hana)
    where = path(team, "import", pk=row.pk)
    page = hana.get(where).content.decode()
    assert "Row 4: “nobody” is not an email address." in page
    said = {f"column_{number}": use for number, use in row.mapping.items()} | {"invites": "on"}
    look = hana.post(where, said | {"look": "1", "column_1": ""}, headers={"HX-Request": "true"})
    assert "<b>ann@acme.example</b>" in look.content.decode()
    assert "<html" not in look.content.decode()
    assert not Invitation.objects.exists()

    hana.post(where, said)
    assert hana.get(path(team, "progress", pk=row.pk) + "?seen=0").status_code == 204
    tasks.import_rows.fn(str(row.pk))
    assert "HX-Refresh" in hana.get(path(team, "progress", pk=row.pk)).headers
    assert people(team) == [("an", "Ann", "Sales", {"Desk": "4"}), ("bo", "Bo", "Sales", {})]
    assert Invitation.objects.count() == 2
    row.refresh_from_db()
    assert (row.rows, row.total, row.added, row.changed) == ([], 3, 2, 0)
    assert [number for number, _sentence in row.errors] == [4]
    assert "Row" in hana.get(where).content.decode()
    team.company.refresh_from_db()
    assert team.company.columns == ["Desk"]
    assert AuditEntry.objects.get().what == "import.confirmed"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [({"column_0": ""}, "column that holds the email"), ({"column_3": "name"}, "Only one column")],
)
def test_columns_that_make_no_sense_are_asked_again(
    team: Team, hana: Client, chosen: dict[str, str], words: str
) -> None:
    row = uploaded(team, hana)
    said = {f"column_{number}": use for number, use in row.mapping.items()}
    assert words in hana.post(path(team, "import", pk=row.pk), said | chosen).content.decode()
    row.refresh_from_db()
    assert row.confirmed_at is None


def test_a_file_that_is_none_is_refused_on_the_page(team: Team, hana: Client) -> None:
    huge = SimpleUploadedFile("people.csv", b"a@acme.example\n" * 3_500_000)  # 50 MB
    answer = hana.post(path(team, "upload"), {"file": huge})
    assert (answer.status_code, Import.objects.count()) == (422, 0)
    assert "larger than 10 MB" in answer.content.decode()


def test_again_it_changes_what_it_says_and_invites_nobody_twice(team: Team) -> None:
    imports.work(confirmed(team).pk)
    again = confirmed(team, "Email,Name,Team,Desk,Floor\nANN@acme.example,Anna,,5,2\nbo@acme.example,,,,\n")
    imports.work(again.pk)
    again.refresh_from_db()
    assert (again.added, again.changed) == (0, 1)
    assert people(team)[0] == ("an", "Anna", "Sales", {"Desk": "5", "Floor": "2"})
    assert people(team)[1] == ("bo", "Bo", "Sales", {})
    assert Invitation.objects.count() == 2


def test_who_was_only_listed_is_invited_by_the_next_file(team: Team) -> None:
    imports.work(confirmed(team, invites=False).pk)
    assert not Invitation.objects.exists()
    imports.work(confirmed(team).pk)
    assert Invitation.objects.count() == 2


class Killed(BaseException):
    pass


class Dying:
    """Before the third chunk's invitations are written, after its people were."""

    left = 3

    def __call__(self, execute: Any, sql: str, *more: Any) -> Any:
        if sql.startswith('INSERT INTO "accounts_invitation"'):
            self.left -= 1
            if not self.left:
                raise Killed
        return execute(sql, *more)


def test_interrupted_it_goes_on_where_it_was(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "CHUNK", 10)
    Webhook.objects.create(company=team.company, url="https://a.example", events=["member.invited"])
    rows = "".join(f"p{number}@acme.example\n" for number in range(35))
    row = confirmed(team, f"email\n{rows}p1@acme.example\n")
    with pytest.raises(Killed), connection.execute_wrapper(Dying()):
        imports.work(row.pk)
    row.refresh_from_db()
    assert (row.done, row.added, len(people(team)), Invitation.objects.count()) == (20, 20, 20, 20)
    imports.work(row.pk)  # its lease has not run out
    assert len(people(team)) == 20
    with time_machine.travel(datetime.now(UTC) + imports.LEASE + timedelta(seconds=1)):
        tasks.sweep()
        imports.work(row.pk)
    row.refresh_from_db()
    assert (row.done, row.added, len(row.errors)) == (36, 35, 1)
    assert Invitation.objects.count() == Delivery.objects.count() == 35
    assert row.nudged_at
    assert row.finished_at


def test_a_stale_worker_takes_no_chunk_twice(team: Team) -> None:
    row = confirmed(team)
    stale = Import.objects.select_related("company").get(pk=row.pk)
    imports.work(row.pk)
    assert not imports._taken(stale, list(columns.people(stale.rows, stale.mapping)))
    assert Import.objects.get().added == 2


def test_a_list_that_nobody_confirmed_goes_after_a_day(team: Team) -> None:
    row = imports.look(team.company, [["email"], ["ann@acme.example"]])
    imports.forget(timezone.now())
    assert Import.objects.filter(pk=row.pk).exists()
    imports.forget(timezone.now() + timedelta(days=1, minutes=1))
    assert not Import.objects.exists()


def test_pasted_addresses_are_shown_first(team: Team, hana: Client) -> None:
    said = {"text": "Ann <ann@acme.example>, hana@example.com\nnobody"}
    page = hana.post(path(team, "paste"), said).content.decode()
    assert ["“nobody”" in page, "on the list already" in page, "Invite 2 people" in page] == [True] * 3
    assert not Invitation.objects.exists()
    answer = hana.post(path(team, "paste"), said | {"confirmed": "1"}, follow=True)
    assert "1 person is invited. 1 was on the list already." in answer.content.decode()
    assert Invitation.objects.get().member.name == "Ann"


def test_dates_of_a_file_are_the_peoples_own(team: Team) -> None:
    imports.work(confirmed(team, "email,deadline\nann@acme.example,2027-03-31\n").pk)
    assert team.company.members.get(user=None).due == date(2027, 3, 31)
