"""A shoot as staff sees it: how far, why not further, what was done about it; no picture and no name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import User
from accounts.staff import Reading, site

from . import picture_desk, staffing, tasks
from .failures import Refused
from .forms import ReasonForm
from .models import Lost, Shoot, ShootEvent, Status

Verb = Callable[[Shoot, User, str], None]
Words = str | Promise
# By the code of the log: the address, the verb, its button and what it does.
VERBS: dict[str, tuple[str, Verb, Words, Words]] = {
    staffing.AGAIN: (
        "again",
        staffing.start_again,
        gettext_lazy("Start again"),
        gettext_lazy(
            "What hangs goes on from its last step with its starts counted from nought. What failed begins"
            " anew: the credit that went back is spent again, and its person is told by mail."
        ),
    ),
    staffing.ASIDE: (
        "aside",
        staffing.take_aside,
        gettext_lazy("Take aside"),
        gettext_lazy(
            "The work on it ends within seconds, its credit goes back and its person is told by mail. It can"
            " be started again for a day; then its photos are deleted."
        ),
    ),
    staffing.BACK: (
        "back",
        staffing.credit_back,
        gettext_lazy("Credit back"),
        gettext_lazy(
            "Its credit goes back to whom it came from. The headshots stay; further rounds of it are over."
        ),
    ),
}


class Events(admin.TabularInline):  # type: ignore[type-arg]
    """The history of a shoot."""

    model = ShootEvent
    fields = readonly_fields = ("at", "old", "new", "words", "claim")
    can_delete, extra, max_num = False, 0, 0

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    @admin.display(description=gettext_lazy("what happened"))
    def words(self, event: ShootEvent) -> str:
        return str(staffing.EVENTS.get(event.note, event.note)) or "–"


@admin.register(Shoot, site=site)
class ShootAdmin(Reading):
    """Where it stands; its person is a number here, to be looked up among the users where that is needed."""

    list_display = ("id", "kind", "status", "failure", "created", "submitted_at", "ready_at", "starts")
    list_filter = ("status", "kind", "failure")
    search_fields = ("id", "subject__id")
    inlines = (Events,)
    fields = (
        *("id", "why", "to_do", "done", "kind", "subject_id", "status", "failure"),
        *("claim", "starts", "claimed_until"),
        *("looks", "asked", "round", "progress", "drawn", "redo_of", "guarantee", "timings"),
        *("created", "submitted_at", "ready_at", "purged_at"),
        *("inputs_until", "headshots_until", "inputs_gone_at"),
    )
    readonly_fields = fields

    @admin.display(description=gettext_lazy("where it stands"))
    def why(self, shoot: Shoot) -> str:
        return staffing.why(shoot)

    @admin.display(description=gettext_lazy("what can be done"))
    def to_do(self, shoot: Shoot) -> SafeString | str:
        buttons = [(self._address(shoot, VERBS[can][0]), VERBS[can][2]) for can in staffing.possible(shoot)]
        if shoot.subject_id and shoot.status != Status.PURGED:
            address = reverse("admin:generation_shoot_pictures", args=[shoot.pk])
            buttons.append((address, gettext_lazy("Open pictures")))
        return format_html_join(" ", '<a class="button" href="{}">{}</a>', buttons) or "–"

    @admin.display(description=gettext_lazy("what staff did"))
    def done(self, shoot: Shoot) -> SafeString | str:
        told = audit.in_words(staffing.lines(shoot))
        shown = ((f"{line.at:%Y-%m-%d %H:%M}", line.who, line.what) for line in told)
        return format_html_join("", "{} {} {}<br>", shown) or "–"

    def get_urls(self) -> list[URLPattern]:
        act, pictures = self.admin_site.admin_view(self.act), self.admin_site.admin_view(self.pictures)
        return [
            path("<uuid:object_id>/do/<slug:word>/", act, name="generation_shoot_act"),
            path("<uuid:object_id>/pictures/", pictures, name="generation_shoot_pictures"),
            *super().get_urls(),
        ]

    def pictures(self, request: HttpRequest, object_id: UUID) -> HttpResponse:
        """Single pictures, for a reason."""
        shoot = self._for_a_deed(request, object_id)
        return picture_desk.page(request, shoot, {**self.admin_site.each_context(request), "opts": self.opts})

    def _for_a_deed(self, request: HttpRequest, object_id: UUID) -> Shoot:
        shoot: Shoot = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not admin.ModelAdmin.has_change_permission(self, request, shoot):
            raise PermissionDenied
        return shoot

    def act(self, request: HttpRequest, object_id: UUID, word: str) -> HttpResponse:
        """Asks for the reason, then does it."""
        shoot = self._for_a_deed(request, object_id)
        found = [verb for verb in VERBS.values() if verb[0] == word]
        if not found:
            raise Http404
        _word, verb, title, help_text = found[0]
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self._did(request, shoot, verb, form):
            messages.success(request, _("Done: %(what)s.") % {"what": title})
            return redirect("admin:generation_shoot_change", shoot.pk)
        shown = {"title": title, "opts": self.opts, "shoot": shoot, "form": form, "help": help_text}
        context = {**self.admin_site.each_context(request), **shown, "why": staffing.why(shoot)}
        return TemplateResponse(request, "staff/act.html", context)

    def _did(self, request: HttpRequest, shoot: Shoot, verb: Verb, form: ReasonForm) -> bool:
        assert isinstance(request.user, User)
        try:
            verb(shoot, request.user, form.cleaned_data["reason"])
        except Refused as error:
            form.add_error(None, str(error))
            return False
        except Lost:
            form.add_error(None, _("The shoot changed in this moment. Look where it stands, and send again."))
            shoot.refresh_from_db()
            return False
        tasks.nudge(shoot)
        return True

    def _address(self, shoot: Shoot, word: str) -> str:
        return reverse("admin:generation_shoot_act", args=[shoot.pk, word])
