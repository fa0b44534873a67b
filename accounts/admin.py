"""Accounts as staff sees them."""

from __future__ import annotations

from django.contrib import admin

from .models import User
from .staff import Correcting, site


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
