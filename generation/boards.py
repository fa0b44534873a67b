"""How far a company is: its members with what it may know of each, and nothing else of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from django.core.paginator import Page, Paginator
from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    ExpressionWrapper,
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
    IN_PROGRESS = "in_progress", _("in progress")
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
    """Portraits that companies have: made, released by their subjects, not taken back nor hidden."""
    return Portrait.objects.filter(released_at__isnull=False, ended_at=None, hidden_at=None)


def members(company: Company) -> QuerySet[Member]:
    """Everybody with a place in the company, as ``seen`` sees them."""
    return seen(company, Member.objects.filter(company=company, left_at=None))


def seen(company: Company, found: QuerySet[Member]) -> QuerySet[Member]:
    """The company's members with ``state``, ``called`` and ``until``, their due date.

    A released portrait stands until its subject releases another or takes it back, also after everybody
    was asked again.
    """
    theirs = standing().filter(member=OuterRef("pk"))
    return (
        with_state(found)
        .alias(released_on=Subquery(theirs.order_by("-released_at").values("released_at")[:1]))
        .annotate(
            called=Lower(Coalesce(NullIf("name", Value("")), "email", output_field=CharField())),
            until=Coalesce("due", Value(company.due, DateField()), output_field=DateField()),
        )
    )


def with_state(found: QuerySet[Member]) -> QuerySet[Member]:
    """Each with its ``state``, and without what the company may not know."""
    submitted = Shoot.objects.filter(
        member=OuterRef("pk"), submitted_at__isnull=False, status__in=(*WORKING, Status.READY)
    )
    return found.defer(*THEIRS).annotate(
        state=Case(
            When(Exists(standing().filter(member=OuterRef("pk"))), then=Value(State.RELEASED.value)),
            When(Exists(submitted), then=Value(State.IN_PROGRESS.value)),
            default=Value(State.INVITED.value),
        )
    )


def with_portraits(found: QuerySet[Member]) -> QuerySet[Member]:
    """The same with ``department`` and the list ``standing`` at hand, the main portrait first."""
    return found.select_related("department").prefetch_related(
        Prefetch("portraits", standing().order_by("place"), to_attr="standing")
    )


def counts(company: Company) -> dict[str, int]:
    """Members in each state, and those whose day has passed."""
    past: Any = ExpressionWrapper(_past(), BooleanField())
    everybody: QuerySet[Any] = members(company).annotate(past=past)
    rows = list(everybody.values_list("state", "past").annotate(Count("pk")))
    found = {state.value: sum(count for key, _past, count in rows if key == state) for state in State}
    return {**found, "overdue": sum(count for key, past, count in rows if past and key != State.RELEASED)}


def _past() -> Q:
    return Q(until__lt=timezone.localdate())


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
            found = found.filter(_past()).exclude(Q(state=State.RELEASED))
        return found.order_by(*ORDERS[self.order], "pk")


def _has(word: str) -> Q:
    """SQLite knows the capitals of plain Latin letters alone, so others are looked for in each spelling."""
    spellings = {_plain_lower(one) for one in (word, word.lower(), word.upper(), word.title())}
    return Q(*(Q(text__icontains=one) for one in sorted(spellings)), _connector=Q.OR)


def _plain_lower(word: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in word)


def page(company: Company, wanted: Wanted, number: str, size: int) -> Page[Member]:
    """One page; beyond the end it is the last. Ids alone are put in order, the rest is worked out for few."""
    ids: Any = wanted.among(members(company)).values_list("pk", flat=True)
    made: Page[Any] = Paginator(list(ids) if wanted.some else ids, size).get_page(number)  # looked for once
    few = Member.objects.filter(pk__in=list(made.object_list))  # else SQLite goes through the company again
    rows = {member.pk: member for member in with_portraits(seen(company, few))}
    made.object_list = [rows[pk] for pk in made.object_list]
    return made
