"""The company that is measured: members by the thousand, two fifths of them finished, a fifth at it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from accounts.models import Company, Department, Member, Release
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


def fill(company: Company, count: int) -> None:
    """As an import leaves it, and then the work of many; the same people each time."""
    dice = random.Random(count)
    company.columns = ["Desk", "Place"]
    company.due = timezone.localdate() - timedelta(days=1)
    company.save(update_fields=["columns", "due"])
    departments = [Department.objects.create(company=company, name=name) for name in DEPARTMENTS]
    members = Member.objects.bulk_create(
        (_member(company, dice, number, departments) for number in range(count)), batch_size=1000
    )
    _release(members[: 2 * count // 5])
    _shoot(members[2 * count // 5 : 3 * count // 5])


def _member(company: Company, dice: random.Random, number: int, departments: Sequence[Department]) -> Member:
    first, last = dice.choice(FIRST), dice.choice(LAST)
    return Member(
        company=company,
        email=f"{first}.{last}.{number}@example.com".lower(),
        name=f"{first} {last} {number}",
        department=dice.choice(departments),
        fields={"Desk": f"desk-{number}", "Place": dice.choice(ALL_AT)},
    )


def _release(members: Sequence[Member]) -> None:
    """One to three pictures each; their files are not asked for."""
    now = timezone.now()
    measures = {"backdrop": 0.8, "head_height": 0.62, "eye_line": 0.44, "tilt": 0.5}
    Portrait.objects.bulk_create(
        (
            Portrait(
                member=member, place=place, brand_version=1, measures=measures, made_at=now, released_at=now
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
