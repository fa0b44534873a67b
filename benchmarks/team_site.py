"""The company that is measured: members by the thousand, two fifths of them finished, a fifth at it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from csv import writer
from datetime import timedelta
from io import StringIO

from django.utils import timezone

from accounts import csvs, imports
from accounts.models import Company, Member, Purpose, Release, Role, User
from generation import cast
from generation.models import Guarantee, Portrait, Shoot, Status

DEPARTMENTS = ("Sales", "Engineering", "Support", "Legal", "Design", "Finance")
FIRST = ("Ada", "Bela", "Chen", "Dana", "Elif", "Femi", "Goran", "Hugo", "Ines", "Jun", "Özlem", "Zoë")
LAST = ("Moreau", "Kis", "Wei", "Novak", "Demir", "Okoro", "Ilić", "Lind", "Duarte", "Sato", "Berg", "Graf")
# What people search for: parts of names, addresses and columns, few and many hits, and none.
WORDS = (
    "ber",
    "ada mor",
    "elif.demir.77",
    "özlem",
    "oslo",
    "desk-12",
    "nobody",
    "n",
    "sales chen",
    "zoë graf 4",
)
ALL_AT = ("Oslo", "Porto", "Zürich")
PLAIN = str.maketrans("öëć", "oec")  # of addresses


def people(count: int) -> bytes:
    """A spreadsheet's CSV of them; the same people each time."""
    dice, out = random.Random(count), StringIO()
    table = writer(out, delimiter=";")
    table.writerow(["E-mail", "Name", "Department", "Desk", "Place"])
    for number in range(count):
        first, last = dice.choice(FIRST), dice.choice(LAST)
        address = f"{first}.{last}.{number}@example.com".lower().translate(PLAIN)
        place = dice.choice(DEPARTMENTS), f"desk-{number}", dice.choice(ALL_AT)
        table.writerow([address, f"{first} {last} {number}", *place])
    return out.getvalue().encode("utf-8-sig")


def take_in(company: Company, data: bytes, by: User) -> None:
    """From the file to invited members of a company with a proven domain, as pages and worker do it."""
    name = f"{company.pk}.example"
    company.domains.get_or_create(name=name, defaults={"token": "t", "verified_at": timezone.now()})
    row = imports.look(company, csvs.rows(data))
    imports.confirm(row, row.mapping, invites=True, by=by)
    imports.work(row.pk)


def fill(company: Company, count: int, by: User) -> None:
    """Everybody by an import, and then the work of many."""
    take_in(company, people(count), by)
    Company.objects.filter(pk=company.pk).update(due=timezone.localdate() - timedelta(days=1))
    members = list(company.members.filter(role=Role.MEMBER).order_by("created", "email"))
    assert len(members) == count
    _release(members[: 2 * count // 5])
    _shoot(members[2 * count // 5 : 3 * count // 5])


def _release(members: Sequence[Member]) -> None:
    """One to three pictures each; their files are not asked for."""
    now, consent = timezone.now(), cast.release(None, Purpose.RELEASE)
    measures = {"backdrop": 0.8, "head_height": 0.62, "eye_line": 0.44, "tilt": 0.5}
    Portrait.objects.bulk_create(
        (
            Portrait(
                member=member,
                place=place,
                brand_version=1,
                measures=measures,
                made_at=now,
                released_at=now,
                released_under=consent,
            )
            for number, member in enumerate(members)
            for place in range(1, 2 + number % 3)
        ),
        batch_size=1000,
    )


def _shoot(members: Sequence[Member]) -> None:
    """Submitted and ready, nothing released."""
    now, text = timezone.now(), cast.text()
    releases = Release.objects.bulk_create(
        (Release(text=text, is_subject=True, is_adult=True, given_at=now) for _member in members),
        batch_size=1000,
    )
    Shoot.objects.bulk_create(
        (
            Shoot(
                member=member,
                release=release,
                status=Status.READY,
                guarantee=Guarantee.CREDIT,
                submitted_at=now,
            )
            for member, release in zip(members, releases, strict=True)
        ),
        batch_size=1000,
    )
