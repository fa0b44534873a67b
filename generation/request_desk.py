"""What people ask of staff, and the buttons that answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.staff import Reading, site

from . import flags, questions, takedowns
from .failures import Refused
from .models import Flag, HelpRequest, Takedown
from .request_forms import AnswerForm, DecisionForm, HideForm

Words = str | Promise


@dataclass(frozen=True)
class Deed:
    """A button on a row's page: what it asks, and the verb that gets the answer."""

    title: Words
    help: Words
    form: type[forms.Form]
    verb: Callable[[Any, User, str], None]


class Desk(Reading):
    """Rows with a page for each deed; ``possible`` says which there are for a row."""

    deeds: dict[str, Deed] = {}

    def possible(self, row: Any) -> tuple[str, ...]:
        raise NotImplementedError

    def waiting(self) -> int:
        number: int = self.model._default_manager.filter(closed_at=None).count()
        return number

    @admin.display(description=gettext_lazy("what can be done"))
    def to_do(self, row: Any) -> SafeString | str:
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_act"
        buttons = [
            (reverse(name, args=[row.pk, word]), self.deeds[word].title) for word in self.possible(row)
        ]
        return format_html_join(" ", '<a class="button" href="{}">{}</a>', buttons) or "–"

    @admin.display(description=gettext_lazy("waits"), ordering="created")
    def age(self, row: Any) -> str:
        return "–" if row.closed_at else timesince(row.created, timezone.now() + timedelta(seconds=1))

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_act"
        act = path("<uuid:object_id>/do/<slug:word>/", self.admin_site.admin_view(self.act), name=name)
        return [act, *super().get_urls()]

    def act(self, request: HttpRequest, object_id: UUID, word: str) -> HttpResponse:
        row = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not admin.ModelAdmin.has_change_permission(self, request, row):
            raise PermissionDenied
        if word not in self.possible(row):
            raise Http404
        deed, back = self.deeds[word], reverse(self._change(), args=[row.pk])
        form = deed.form(request.POST or None, initial={"which": getattr(row, "which", "")})
        if request.method == "POST" and form.is_valid():
            assert isinstance(request.user, User)
            try:
                deed.verb(row, request.user, next(iter(form.cleaned_data.values())))
                messages.success(request, _("Done: %(what)s.") % {"what": deed.title})
                return redirect(back)
            except Refused as error:
                form.add_error(None, str(error))
            except OSError:  # of the mail server's
                form.add_error(None, _("The mail could not be sent, so this is still open. Try again later."))
        shown = {"title": deed.title, "help": deed.help, "opts": self.opts, "form": form, "back": back}
        context = {**self.admin_site.each_context(request), **shown, "row": row}
        return TemplateResponse(request, "staff/decide.html", context)

    def _change(self) -> str:
        return f"admin:{self.opts.app_label}_{self.opts.model_name}_change"


@admin.register(Takedown, site=site)
class TakedownAdmin(Desk):
    """Reports of pictures, the open ones first; nothing here shows the picture."""

    list_display = ("created", "age", "hidden_at", "outcome", "short")
    list_filter = (
        ("closed_at", admin.EmptyFieldListFilter),
        ("hidden_at", admin.EmptyFieldListFilter),
        "outcome",
    )
    search_fields = ("id", "which", "email", "shoot__id")
    ordering = (F("closed_at").asc(nulls_first=True), "created")
    fields = (
        *("id", "created", "age", "which", "words", "email", "to_do"),
        *("shoot_id", "headshot_id", "portrait_id", "hidden_at", "outcome", "reason", "closed_at"),
    )
    readonly_fields = fields
    deeds = {
        "hide": Deed(
            gettext_lazy("Hide"),
            gettext_lazy("Nobody is shown the picture until it is decided; its person reads why."),
            HideForm,
            takedowns.hide,
        ),
        "restore": Deed(
            gettext_lazy("Show again, and close"),
            gettext_lazy("There is nothing wrong with it, or no such picture is here."),
            DecisionForm,
            takedowns.restore,
        ),
        "remove": Deed(
            gettext_lazy("Delete for good"),
            gettext_lazy(
                "Its files are deleted and cannot be brought back. Where all of a shoot is hidden, the shoot"
                " goes with photos and identity; money goes back only from its order's page."
            ),
            DecisionForm,
            takedowns.remove,
        ),
    }

    def possible(self, row: Takedown) -> tuple[str, ...]:
        if row.closed_at:
            return ()
        return ("restore", "remove") if row.hidden_at else ("hide", "restore")

    @admin.display(description=gettext_lazy("which"))
    def short(self, row: Takedown) -> str:
        return row.which[:60]


@admin.register(HelpRequest, site=site)
class HelpAdmin(Desk):
    """Questions, the open ones first."""

    list_display = ("created", "age", "closed_at", "short")
    list_filter = (("closed_at", admin.EmptyFieldListFilter),)
    search_fields = ("id", "user__email", "shoot__id")
    ordering = (F("closed_at").asc(nulls_first=True), "created")
    fields = ("id", "created", "age", "user_id", "the_shoot", "words", "to_do", "answer", "closed_at")
    readonly_fields = fields
    deeds = {
        "answer": Deed(
            gettext_lazy("Answer by mail"),
            gettext_lazy("It is mailed at once, stands on the person's page, and closes the question."),
            AnswerForm,
            questions.answer,
        )
    }

    def possible(self, row: HelpRequest) -> tuple[str, ...]:
        return () if row.closed_at else ("answer",)

    @admin.display(description=gettext_lazy("question"))
    def short(self, row: HelpRequest) -> str:
        return row.words[:60]

    @admin.display(description=gettext_lazy("shoot"))
    def the_shoot(self, row: HelpRequest) -> str:
        if row.shoot_id is None:
            return "–"
        address = reverse("admin:generation_shoot_change", args=[row.shoot_id])
        return format_html('<a href="{}">{}</a>', address, row.shoot_id)


@admin.register(Flag, site=site)
class FlagAdmin(Desk):
    """What looks like misuse; dismissed with a reason, or acted on where its person or company is."""

    list_display = ("created", "what", "count", "user_id", "company", "closed_at")
    list_filter = (("closed_at", admin.EmptyFieldListFilter), "what")
    ordering = (F("closed_at").asc(nulls_first=True), "-created")
    fields = ("id", "what", "count", "user_id", "company", "created", "to_do", "reason", "closed_at")
    readonly_fields = fields
    deeds = {
        "dismiss": Deed(
            gettext_lazy("Dismiss"),
            gettext_lazy("It is told again after a week at the earliest."),
            DecisionForm,
            flags.dismiss,
        )
    }

    def possible(self, row: Flag) -> tuple[str, ...]:
        return () if row.closed_at else ("dismiss",)
