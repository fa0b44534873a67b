"""The catalogue as staff keeps it: versions, drafts with their pictures, publishing and retiring."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.templatetags.static import static
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.staff import Correcting, site

from . import fairness, look_desk, look_pictures, media, tasks
from .engine.looks import turn_words
from .engine.types import Direction
from .failures import Refused
from .look_form import LookForm, begun_from
from .models import CatalogueLook, LookDraft
from .tone_charts import charts
from .tones import MEASURES

VERBS = {"publish": look_desk.publish, "retire": look_desk.retire, "discard": look_desk.discard}
HERE = "admin:generation_cataloguelook"


@admin.register(CatalogueLook, site=site)
class LookAdmin(Correcting):
    """Every version; its place in the list is set by hand, all else by verbs."""

    list_display = ("key", "name", "state", "place", "desk")
    fields = ("key", "name", "state", "place", "desk")
    readonly_fields = ("key", "name", "state", "desk")
    change_list_template = "looks/list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogueLook]:
        return look_desk.catalogue().select_related("draft")

    @admin.display(description="state")
    def state(self, look: CatalogueLook) -> str:
        return state(look)

    @admin.display(description="pictures")
    def desk(self, look: CatalogueLook) -> SafeString:
        return format_html('<a href="{}">{}</a>', reverse(f"{HERE}_desk", args=[look.pk]), _("Open"))

    def get_urls(self) -> list[URLPattern]:
        pages = {"desk": self.desk_page, "picture": self.picture, "next": self.next_version}
        return [
            path("draft/", self.admin_site.admin_view(self.new), name="generation_cataloguelook_draft"),
            path(
                "fairness/",
                self.admin_site.admin_view(self.board),
                name="generation_cataloguelook_fairness",
            ),
            *(
                path(
                    f"<path:object_id>/{name}/",
                    self.admin_site.admin_view(page),
                    name=f"generation_cataloguelook_{name}",
                )
                for name, page in pages.items()
            ),
            *super().get_urls(),
        ]

    def desk_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One version with its pictures, and what can be done with it."""
        look = self._look(request, object_id)
        if request.method == "POST":
            return self._done(request, look)
        draft = LookDraft.objects.filter(look=look).first()
        shown = {
            "look": look,
            "state": state(look),
            "is_draft": bool(draft and draft.published_at is None),
            "waiting": draft is not None and look_pictures.undrawn().filter(pk=draft.pk).exists(),
            "pictures": _pictures(look, draft),
            "figures": (figures := fairness.of([look]).get(look.pk)),
            "charts": charts(figures.tones) if figures else [],
        }
        return self._page(request, "looks/desk.html", look.name, shown)

    def _done(self, request: HttpRequest, look: CatalogueLook) -> HttpResponse:
        verb, key = VERBS.get(request.POST.get("verb", "")), look.key
        if verb is None:
            raise Http404
        try:
            verb(look, _who(request))
        except Refused as error:
            messages.error(request, str(error))
            return redirect(f"{HERE}_desk", look.pk)
        said = {
            look_desk.publish: _("%(look)s is offered from now on."),
            look_desk.retire: _("%(look)s is not offered any more."),
            look_desk.discard: _("The draft %(look)s is gone."),
        }
        messages.success(request, said[verb] % {"look": key})
        return redirect(f"{HERE}_changelist")

    def board(self, request: HttpRequest) -> HttpResponse:
        """Every look that is offered, or will be, by skin tone."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        looks = [look for look in self.get_queryset(request) if look.offered or state(look) == _("draft")]
        known = fairness.of(looks)
        rows = [(look, state(look), known.get(look.pk)) for look in looks]
        shown = {
            "rows": [(look, said, of, charts(of.tones) if of else []) for look, said, of in rows],
            "margins": [measure for measure in MEASURES if measure.margin is not None],
        }
        return self._page(request, "looks/fairness.html", _("Looks by skin tone"), shown)

    def picture(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """One of a draft's pictures, by the place of its direction."""
        draft = get_object_or_404(LookDraft, look=self._look(request, object_id))
        place = request.GET.get("place", "")
        if place not in map(str, draft.drawn):
            raise Http404
        return media.look_picture(request, draft, place)

    def new(self, request: HttpRequest) -> HttpResponse:
        return self._draft(request, {})

    def next_version(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return self._draft(request, begun_from(self._look(request, object_id)))

    def _draft(self, request: HttpRequest, begun: dict[str, Any]) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        form = LookForm(request.POST or None, initial=begun)
        if request.method == "POST" and form.is_valid():
            try:
                draft = look_desk.draft(form.chosen(), _who(request))
            except Refused as error:
                form.add_error(None, str(error))
            else:
                tasks.nudge_look(draft)
                return redirect(f"{HERE}_desk", draft.look_id)
        return self._page(request, "looks/draft.html", _("A new version of a look"), {"form": form})

    def _look(self, request: HttpRequest, object_id: str) -> CatalogueLook:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if not object_id.isdecimal():
            raise Http404
        return get_object_or_404(self.get_queryset(request), pk=object_id)

    def _page(self, request: HttpRequest, page: str, title: str, shown: dict[str, Any]) -> HttpResponse:
        around = {**self.admin_site.each_context(request), "title": title, "opts": self.opts}
        return TemplateResponse(request, page, {**around, **shown})


def state(look: CatalogueLook) -> str:
    draft: LookDraft | None = getattr(look, "draft", None)
    if draft and draft.published_at is None:
        return _("draft")
    return _("offered") if look.offered else _("not offered")


def _pictures(look: CatalogueLook, draft: LookDraft | None) -> list[tuple[str, str]]:
    """Address and words of each direction; no address where no picture passed the gate."""
    named = {"slug": look.slug, "version": look.version}
    if draft is None and fairness.is_shipped(look):
        return [(static(f"img/looks/{look.slug}.webp"), _("As it was shipped"))]
    if draft is None or draft.drawn_at is None:
        return [(reverse("generation:look_sketch", kwargs=named), _("The sketch that the model is shown"))]
    address, shown = reverse(f"{HERE}_picture", args=[look.pk]), set(draft.drawn)
    words = [", ".join(turn_words(Direction(**one))) for one in look.data["directions"]]
    return [(f"{address}?place={place}" if place in shown else "", said) for place, said in enumerate(words)]


def _who(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
