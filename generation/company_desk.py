"""Companies as staff sees them: how large, how paid, whose domains, and one way to end them; no members."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import Company, User
from accounts.staff import site
from billing import ledger
from billing.models import Order
from billing.packages import PACKAGES, Kind

from . import seats
from .request_desk import Deed, Desk
from .request_forms import DecisionForm

PLANS = [key for key, package in PACKAGES.items() if package.kind == Kind.PLAN]


def close(company: Company, by: User, reason: str) -> None:
    """As an owner would; the reason stands in the installation's log."""
    audit.record(by, "company.ended", f"{company.pk} {reason}")
    seats.close(company, by=by)


@admin.register(Company, site=site)
class CompanyAdmin(Desk):
    """Looked at, and closed where it has to be."""

    list_display = ("name", "created", "people", "credits_left", "proven", "closed_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "created")
    search_fields = ("=id", "name", "domains__name")
    ordering = ("-created",)
    fields = (
        *("id", "name", "created", "closed_at", "to_do", "people", "proven", "asked_domains"),
        *("credits_left", "plan", "inputs_days", "reminders", "due", "cycle"),
    )
    readonly_fields = fields
    deeds = {
        "close": Deed(
            gettext_lazy("Close the company"),
            gettext_lazy(
                "No page, invitation, link or token of it opens any more, and it keeps no picture of anybody."
                " Its members keep their accounts and shoots. This cannot be undone."
            ),
            DecisionForm,
            close,
        )
    }

    def possible(self, row: Company) -> tuple[str, ...]:
        return () if row.closed_at else ("close",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Company]:
        there = Count("members", filter=Q(members__left_at=None), distinct=True)
        rows: QuerySet[Company] = super().get_queryset(request).annotate(people_=there)
        return rows.prefetch_related("domains")

    @admin.display(description=gettext_lazy("members"), ordering="people_")
    def people(self, row: Company) -> int:
        count: int = getattr(row, "people_", 0)
        return count

    @admin.display(description=gettext_lazy("credits left"))
    def credits_left(self, row: Company) -> int:
        return ledger.unspent(row).count()

    @admin.display(description=gettext_lazy("proven domains"))
    def proven(self, row: Company) -> str:
        return ", ".join(one.name for one in row.domains.all() if one.verified_at) or "–"

    @admin.display(description=gettext_lazy("domains it says are its own"))
    def asked_domains(self, row: Company) -> str:
        return ", ".join(one.name for one in row.domains.all() if not one.verified_at) or "–"

    @admin.display(description=gettext_lazy("plan"))
    def plan(self, row: Company) -> str:
        plans = Order.objects.filter(company=row, package_key__in=PLANS, paid_at__isnull=False)
        return ", ".join(f"{one.quantity} × {one.package_key}" for one in plans) or "–"
