"""A company's brand: set by its admins, shown by examples, and brought to whoever is finished."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.doors import for_admins
from accounts.models import Department, Member

from .. import brands, catalogue, examples, media, renewing, tasks, vault
from ..brand_form import BrandForm
from ..models import Brand, Renewal


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def brand(request: HttpRequest, seat: Member) -> HttpResponse:
    """The company's own; with how far the renewal of finished members is."""
    more = {
        "departments": _departments(seat),
        "stale": renewing.stale(seat.company).count(),
        "renewal": Renewal.objects.filter(company=seat.company, finished_at=None).first(),
    }
    return _page(request, seat, None, more)


@require_http_methods(["GET", "HEAD", "POST"])
@for_admins
def department(request: HttpRequest, seat: Member, department: int) -> HttpResponse:
    """One department's, which wins over the company's in everything."""
    row = get_object_or_404(Department, pk=department, company=seat.company)
    return _page(request, seat, row, {"own": brands.own(seat.company, row)})


def _page(
    request: HttpRequest, seat: Member, department: Department | None, more: dict[str, Any]
) -> HttpResponse:
    shown = brands.of(seat.company, department)
    form = BrandForm(request.POST or None, brand=shown)
    if request.method == "POST" and form.is_valid():
        tasks.nudge_examples(brands.change(seat.company, department, request.user, form.chosen()))
        messages.success(request, _("The brand is saved. It holds for every shoot that begins from now on."))
        return redirect(request.path)
    context = {
        "seat": seat,
        "company": seat.company,
        "department": department,
        "brand": shown,
        "form": form,
        "examples": _examples(shown),
        "waiting": examples.waiting(shown),
        **more,
    }
    page = "brand/examples.html" if request.htmx else "brand/brand.html"
    return render(request, page, context)


def _departments(seat: Member) -> list[tuple[Department, bool]]:
    """Each with whether it has a brand of its own."""
    return [(one, hasattr(one, "brand")) for one in seat.company.departments.select_related("brand")]


def _examples(shown: Brand) -> list[tuple[str, str]]:
    """Address and words of each outfit's picture: its example, or the sketch where none could be drawn."""
    found = []
    for key in shown.looks:
        slug, _at, version = key.partition("@")
        named = {"slug": slug, "version": int(version)}
        drawn = vault.exists(shown.pk, "brands", brands.example_file(key))
        address = (
            reverse("brand:example", kwargs={"company": shown.company_id, **named})
            if drawn
            else reverse("generation:look_sketch", kwargs=named)
        )
        found.append((address, catalogue.look(key).name))
    return found


@require_safe
@for_admins
def example(request: HttpRequest, seat: Member, slug: str, version: int) -> HttpResponse:
    key = f"{slug}@{version}"
    for one in Brand.objects.filter(company=seat.company):
        if key in one.looks:
            return media.example(request, one, brands.example_file(key))
    raise Http404


@require_POST
@for_admins
def remove(request: HttpRequest, seat: Member, department: int) -> HttpResponse:
    row = get_object_or_404(Department, pk=department, company=seat.company)
    brands.remove(seat.company, row, request.user)
    messages.success(request, _("%(department)s goes by the company's brand.") % {"department": row.name})
    return redirect("brand:brand", company=seat.company_id)


@require_POST
@for_admins
def renew(request: HttpRequest, seat: Member) -> HttpResponse:
    """Bring the brand to whoever had released before it changed."""
    if renewal := renewing.begin(seat.company, request.user):
        tasks.nudge_renewal(renewal)
    return redirect("brand:brand", company=seat.company_id)
