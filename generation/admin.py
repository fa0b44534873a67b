"""Shoots and letters as staff sees them: how far, why not further, no picture and no name."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from accounts.staff import Reading, site

from . import look_admin
from .alarms import alarms
from .models import Letter, Shoot, ShootEvent

__all__ = ["look_admin"]  # its pages register themselves
site.alarms = alarms


class Events(admin.TabularInline):  # type: ignore[type-arg]
    """The history of a shoot."""

    model = ShootEvent
    fields = readonly_fields = ("at", "old", "new", "claim", "note")
    can_delete, extra, max_num = False, 0, 0

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Shoot, site=site)
class ShootAdmin(Reading):
    """Where it stands; its person is a number here, to be looked up among the users where that is needed."""

    list_display = ("id", "kind", "status", "failure", "created", "submitted_at", "ready_at", "starts")
    list_filter = ("status", "kind", "failure")
    search_fields = ("id", "subject__id")
    inlines = (Events,)
    fields = (
        *("id", "kind", "subject_id", "status", "failure", "claim", "starts", "claimed_until"),
        *("looks", "asked", "round", "progress", "drawn", "redo_of", "guarantee", "timings"),
        *("created", "submitted_at", "ready_at", "purged_at"),
        *("inputs_until", "headshots_until", "inputs_gone_at"),
    )


@admin.register(Letter, site=site)
class LetterAdmin(Reading):
    """What was sent about which shoot, and when; not to whom."""

    list_display = ("shoot_id", "about", "created", "sent_at")
    list_filter = ("about",)
    fields = ("shoot_id", "about", "round", "created", "sent_at")
