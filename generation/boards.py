"""How far a company is: its members with what it may know of each, and nothing else of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    Func,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    TextChoices,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Concat, Lower, NullIf
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Company, Member

from .models import WORKING, Portrait, Shoot, Status

# Never read for a page, file or program of the company: what is not there cannot slip out.
THEIRS = ("refused_at", "reminded_at", "joined_at")


class State(TextChoices):
    """All that a company knows of how far somebody is. Refusing looks like not having answered."""

    INVITED = "invited", _("invited")
    IN_PROGRESS = "in-progress", _("in progress")
    RELEASED = "released", _("released")


ORDERS: dict[str, tuple[Any, ...]] = {
    "name": ("called",),
    "department": (F("department__name").asc(nulls_last=True), "called"),
    "due": (F("until").asc(nulls_last=True), "called"),
    "released": (F("released_on").desc(nulls_last=True), "called"),
}


class Values(Func):
    """The values of a JSON object as one text, without its keys."""

    output_field = CharField()
    template = "(SELECT string_agg(value, ' ') FROM jsonb_each_text(%(expressions)s))"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(SELECT group_concat(value, ' ') FROM json_each(%(expressions)s))"
        return self.as_sql(compiler, connection, template=template, **more)


def standing() -> QuerySet[Portrait]:
    """Portraits that companies have: released by their subjects, and not taken back."""
    return Portrait.objects.filter(made_at__isnull=False, released_at__isnull=False, ended_at=None)


def members(company: Company) -> QuerySet[Member]:
    """Everybody with a place in the company, each with ``state``, ``called``, ``until``, ``released_on``.

    A released portrait stands until its subject releases another or takes it back, also after everybody
    was asked again.
    """
    theirs = standing().filter(member=OuterRef("pk"))
    submitted = Shoot.objects.filter(
        member=OuterRef("pk"), submitted_at__isnull=False, status__in=(*WORKING, Status.READY)
    )
    return (
        Member.objects.filter(company=company, left_at=None)
        .defer(*THEIRS)
        .annotate(
            state=Case(
                When(Exists(theirs), then=Value(State.RELEASED.value)),
                When(Exists(submitted), then=Value(State.IN_PROGRESS.value)),
                default=Value(State.INVITED.value),
            ),
            called=Lower(Coalesce(NullIf("name", Value("")), "email", output_field=CharField())),
            until=Coalesce("due", Value(company.due, DateField()), output_field=DateField()),
            released_on=Subquery(theirs.order_by("-released_at").values("released_at")[:1]),
        )
    )


def with_portraits(found: QuerySet[Member]) -> QuerySet[Member]:
    """The same with ``department`` and the list ``standing`` at hand, the main portrait first."""
    return found.select_related("department").prefetch_related(
        Prefetch("portraits", standing().order_by("place"), to_attr="standing")
    )


def counts(company: Company) -> dict[str, int]:
    """Members in each state, and those whose day has passed."""
    everybody: QuerySet[Any] = members(company)
    grouped = everybody.values("state").annotate(members=Count("pk"), late=Count("pk", filter=_late()))
    rows = {row["state"]: row for row in grouped}
    found = {state.value: rows.get(state, {}).get("members", 0) for state in State}
    return {**found, "overdue": sum(row["late"] for row in rows.values())}


def _late() -> Q:
    return Q(until__lt=timezone.localdate()) & ~Q(state=State.RELEASED)


@dataclass(frozen=True)
class Wanted:
    """Which members are looked for, and in which order."""

    words: str = ""
    state: str = ""
    department: int | None = None
    overdue: bool = False
    order: str = "name"

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> Self:
        """From an address; what it cannot mean is passed over."""
        state, department = asked.get("state", ""), asked.get("department", "")
        order = asked.get("order", "")
        return cls(
            words=asked.get("words", "").replace("\0", "").strip()[:100],
            state=state if state in State.values else "",
            department=int(department) if department.isdecimal() and len(department) < 19 else None,
            overdue="overdue" in asked,
            order=order if order in ORDERS else "name",
        )

    @property
    def some(self) -> bool:
        """Whether anybody may be left out."""
        return bool(self.words or self.state or self.department or self.overdue)

    def among(self, found: QuerySet[Member]) -> QuerySet[Member]:
        """Those that are wanted; the last thing that orders is the row's id, so that pages never overlap."""
        if self.words:
            parts = ("name", Value(" "), "email", Value(" "), Values("fields"))
            found = found.alias(text=Concat(*parts, output_field=CharField()))
            for word in self.words.split():
                found = found.filter(_has(word))
        if self.state:
            found = found.filter(Q(state=self.state))
        if self.department:
            found = found.filter(department=self.department)
        if self.overdue:
            found = found.filter(_late())
        return found.order_by(*ORDERS[self.order], "pk")


def _has(word: str) -> Q:
    """SQLite knows capitals of plain Latin letters alone, so other words are looked for in each spelling."""
    spellings = {word} if word.isascii() else {word, word.lower(), word.upper(), word.title()}
    return Q(*(Q(text__icontains=one) for one in sorted(spellings)), _connector=Q.OR)
