"""What was done in a company: appended, never changed, without names and without what members chose."""

from __future__ import annotations

from django.db.models import QuerySet

from .models import AuditEntry, Company, User


def note(company: Company, actor: User | None, what: str, about: object = "") -> None:
    """Append a line, in the transaction of what it tells of. ``actor`` None is the service itself."""
    AuditEntry.objects.create(
        company_id=company.pk, actor_id=actor.pk if actor else None, what=what, about=str(about)[:100]
    )


def of(company: Company) -> QuerySet[AuditEntry]:
    """The company's lines, the newest first."""
    return AuditEntry.objects.filter(company_id=company.pk)
