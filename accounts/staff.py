"""The staff's own pages: for staff who signed in with a second factor, and never with anybody's pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.views import redirect_to_login
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, reverse

from . import audit
from .factors import second_factor, to_second_factor
from .models import User

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Page(NamedTuple):
    """One of staff's pages that is no table; ``view`` gets what every page shows beside the request."""

    name: str  # in its address, too
    title: StrOrPromise
    view: Callable[[HttpRequest, dict[str, Any]], HttpResponse]


class StaffSite(admin.AdminSite):
    """Django's, without its own sign-in: that one knows neither limits nor second factors."""

    site_header = site_title = index_title = "Headshots"
    alarms: Callable[[], list[str]] = list  # what every page shows on top; set by who knows the work

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.pages: list[Page] = []  # added by the apps that have them

    def get_urls(self) -> list[Any]:
        """The pages' addresses before those of the tables."""
        own = [
            path(f"{page.name}/", self.admin_view(self._shown(page)), name=page.name) for page in self.pages
        ]
        return [*own, *super().get_urls()]

    def _shown(self, page: Page) -> Callable[[HttpRequest], HttpResponse]:
        def view(request: HttpRequest) -> HttpResponse:
            return page.view(request, {**self.each_context(request), "title": page.title})

        return view

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        shown = {"alarms": self.alarms() if self.has_permission(request) else [], "staff_pages": self.pages}
        return super().each_context(request) | shown

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """Django's, with the number of rows that wait for somebody behind the tables that know it."""
        apps = super().get_app_list(request, app_label)
        for table in (table for app in apps for table in app["models"]):
            waiting = getattr(self._registry[table["model"]], "waiting", None)
            if waiting and (number := waiting()):
                table["name"] = f"{table['name']} ({number})"
        return apps

    def has_permission(self, request: HttpRequest) -> bool:
        return super().has_permission(request) and second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Where Django leads whoever may not in: to what they lack."""
        user, to = request.user, reverse("admin:index")
        if not user.is_authenticated:
            return redirect_to_login(to)
        if not user.is_staff:
            raise Http404
        return to_second_factor(request, to)


site = StaffSite(name="admin")


class Reading(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows that staff looks at; what changes them are the verbs."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class Correcting(Reading):
    """Rows of which staff changes a field or two."""

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return admin.ModelAdmin.has_change_permission(self, request, obj)

    def log_change(self, request: HttpRequest, obj: Model, message: Any) -> LogEntry:
        """By the row's id: what Django would write, a name or an address, would outlive the account."""
        assert isinstance(request.user, User)
        about = obj if isinstance(obj, User) else None
        audit.record(request.user, "staff.changed", f"{obj._meta.label} {obj.pk}", subject=about)
        return LogEntry.objects.create(
            user_id=str(request.user.pk),
            content_type=ContentType.objects.get_for_model(obj),
            object_id=str(obj.pk),
            object_repr=str(obj.pk),
            action_flag=CHANGE,
            change_message=message,
        )
