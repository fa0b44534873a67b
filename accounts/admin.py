"""Accounts as staff sees them."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from .models import AuditCheck, AuditEntry, AuditSeal, User
from .staff import Correcting, Reading, site


@admin.register(User, site=site)
class UserAdmin(Correcting):
    """Who may sign in, and who is staff; accounts are deleted by their people, with everything in them."""

    list_display = ("email", "name", "joined", "last_login", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff")
    search_fields = ("email", "name")
    fields = ("id", "email", "name", "joined", "last_login", "is_active", "is_staff")

    def get_readonly_fields(self, request: object, obj: object = None) -> tuple[str, ...]:
        always = ("id", "email", "name", "joined", "last_login")
        return always if request.user.is_superuser else (*always, "is_staff")  # type: ignore[attr-defined]


@admin.register(AuditEntry, site=site)
class AuditAdmin(Reading):
    """The audit log, by ids as it is kept, under what its last check found."""

    list_display = ("id", "at", "what", "about", "actor_id", "subject_id", "company_id")
    list_filter = ("at", "what")
    search_fields = ("=id", "what", "actor_id", "subject_id", "company_id", "about")
    search_help_text = "By an id of a person, company, order or shoot."
    fields = list_display
    show_full_result_count = False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        last, seal = AuditCheck.objects.first(), AuditSeal.objects.last()
        return super().changelist_view(request, {**(extra_context or {}), "check": last, "seal": seal})
