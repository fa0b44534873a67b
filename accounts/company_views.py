"""A company's pages: opening one, its settings, departments and domains, its admins, its log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from allauth.account.decorators import verified_email_required
from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from . import audit, companies, domains
from .company_forms import (
    AdminForm,
    CompanyForm,
    DepartmentForm,
    DomainForm,
    RoleForm,
    SettingsForm,
)
from .doors import for_admins, for_owners
from .models import ADMINS, Member, Role, User

LINES = 50  # of the log on one page


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """The person's companies; whoever administers the only one is led to its board.

    So the navigation can link here without a query on every page.
    """
    assert isinstance(request.user, User)
    seats = list(companies.of(request.user))
    if len(seats) == 1 and seats[0].administers:
        return redirect(f"{seats[0].company_id}/")  # its board is another app's page
    return render(request, "company/companies.html", {"seats": seats})


@verified_email_required  # type: ignore[untyped-decorator]
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Whoever opens a company owns it."""
    form = CompanyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        assert isinstance(request.user, User)
        try:
            company = companies.create(request.user, form.cleaned_data["name"])
            return redirect("company:settings", company.pk)
        except companies.TooMany as error:
            form.add_error(None, str(error))
    return render(request, "company/new.html", {"form": form})


@for_admins
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, seat: Member) -> HttpResponse:
    """What a company may decide, and where to go for the rest."""
    form = SettingsForm(request.POST or None, instance=seat.company)
    if request.method == "POST" and form.is_valid():
        companies.change(seat.company, by=seat.user, **form.cleaned_data)
        messages.success(request, _("The settings are saved."))
        return redirect("company:settings", seat.company_id)
    if form.errors:
        seat.company.refresh_from_db()  # the form has changed it in memory
    proven_ones = seat.company.domains.filter(verified_at__isnull=False)
    counts = {"departments": seat.company.departments.count(), "domains": proven_ones.count()}
    return _page(request, seat, "settings", form=form, **counts)


@for_admins
@require_http_methods(["GET", "POST"])
def departments(request: HttpRequest, seat: Member) -> HttpResponse:
    """All of them, and a form for one more."""
    form = DepartmentForm(request.POST or None)
    if _done(form, lambda name: companies.add_department(seat.company, name, by=seat.user)):
        return redirect("company:departments", seat.company_id)
    return _page(request, seat, "departments", form=form, departments=seat.company.departments.all())


@for_admins
@require_POST
def rename_department(request: HttpRequest, seat: Member, department: int) -> HttpResponse:
    row = get_object_or_404(seat.company.departments, pk=department)
    form = DepartmentForm(request.POST)
    if not _done(form, lambda name: companies.rename_department(row, name, by=seat.user)):
        _say(request, form)
    return redirect("company:departments", seat.company_id)


@for_admins
@require_POST
def remove_department(request: HttpRequest, seat: Member, department: int) -> HttpResponse:
    companies.remove_department(get_object_or_404(seat.company.departments, pk=department), by=seat.user)
    return redirect("company:departments", seat.company_id)


@for_admins
@require_http_methods(["GET", "POST"])
def domain_list(request: HttpRequest, seat: Member) -> HttpResponse:
    """All of them, each with the record that proves it, and a form for one more."""
    form = DomainForm(request.POST or None)
    if _done(form, lambda name: domains.claim(seat.company, name, by=seat.user)):
        return redirect("company:domains", seat.company_id)
    rows = [(domain, domains.record(domain)) for domain in seat.company.domains.order_by("name")]
    return _page(request, seat, "domains", form=form, domains=rows)


@for_admins
@require_POST
def verify_domain(request: HttpRequest, seat: Member, domain: int) -> HttpResponse:
    """Ask the name servers now."""
    row = get_object_or_404(seat.company.domains, pk=domain)
    try:
        domains.verify(row, by=seat.user)
    except domains.NotProven as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("%s is proven.") % row)
    return redirect("company:domains", seat.company_id)


@for_admins
@require_POST
def remove_domain(request: HttpRequest, seat: Member, domain: int) -> HttpResponse:
    domains.drop(get_object_or_404(seat.company.domains, pk=domain), by=seat.user)
    return redirect("company:domains", seat.company_id)


@for_admins
@require_safe
def people(request: HttpRequest, seat: Member) -> HttpResponse:
    """Who administers the company."""
    return _people(request, seat, AdminForm())


@for_owners
@require_POST
def add_admin(request: HttpRequest, seat: Member) -> HttpResponse:
    """Name a member an admin, by their address; whether they have accepted yet is nobody's business."""
    form = AdminForm(request.POST)

    def named(email: str) -> None:
        member = seat.company.members.filter(email=email, left_at=None).first()
        if member is None:
            raise companies.Refused(_("Nobody in the company has this address. Invite them first."))
        if not member.administers:
            companies.set_role(member, Role.ADMIN, by=seat.user)

    if _done(form, named):
        return redirect("company:people", seat.company_id)
    return _people(request, seat, form)


@for_owners
@require_POST
def set_role(request: HttpRequest, seat: Member, member: UUID) -> HttpResponse:
    """Of somebody who administers: more, less, or nothing."""
    row = get_object_or_404(seat.company.members, pk=member, left_at=None, role__in=ADMINS)
    form = RoleForm(request.POST)
    if not _done(form, lambda role: companies.set_role(row, Role(role), by=seat.user)):
        _say(request, form)
    if row.pk == seat.pk and form.is_valid():
        return redirect("company:companies")
    return redirect("company:people", seat.company_id)


@for_admins
@require_safe
def log(request: HttpRequest, seat: Member) -> HttpResponse:
    """What was done in the company, the newest first."""
    page = Paginator(audit.of(seat.company), LINES).get_page(request.GET.get("page"))
    return _page(request, seat, "audit", page=page, lines=audit.in_words(page.object_list))


def _people(request: HttpRequest, seat: Member, form: AdminForm) -> HttpResponse:
    admins = seat.company.members.filter(left_at=None, role__in=ADMINS).order_by("-role", "name", "email")
    return _page(request, seat, "people", form=form, admins=admins, owns=seat.role == Role.OWNER)


def _page(request: HttpRequest, seat: Member, template: str, **context: Any) -> HttpResponse:
    return render(request, f"company/{template}.html", {"company": seat.company, "seat": seat, **context})


def _done(form: forms.Form, verb: Callable[[Any], object]) -> bool:
    """Whether the form was sent, its one field fits, and the verb did it; otherwise the form says why not."""
    if not form.is_valid():
        return False
    (value,) = form.cleaned_data.values()
    try:
        verb(value)
    except companies.Refused as error:
        form.add_error(None, str(error))
        return False
    return True


def _say(request: HttpRequest, form: forms.Form) -> None:
    """What is wrong with a form that the page does not show again."""
    for errors in form.errors.values():
        messages.error(request, str(errors[0]))
