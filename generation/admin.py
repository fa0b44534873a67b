"""Letters as staff sees them, and staff's pages that are no table; shoots and looks have their own files."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.staff import Page, Reading, site

from . import budget_desk, company_desk, look_admin, manifest_desk, request_desk, shoot_desk
from .alarms import alarms
from .models import Letter

__all__ = ["company_desk", "look_admin", "request_desk", "shoot_desk"]  # their pages register themselves
site.alarms = alarms
site.pages += [
    Page("tries", _("Free tries"), budget_desk.page),
    Page("models", _("Models"), manifest_desk.page),
]


@admin.register(Letter, site=site)
class LetterAdmin(Reading):
    """What was sent about which shoot, and when; not to whom."""

    list_display = ("shoot_id", "about", "created", "sent_at")
    list_filter = ("about",)
    fields = ("shoot_id", "about", "round", "created", "sent_at")
