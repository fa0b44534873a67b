"""Pages on which admins ask people to join: pasted addresses, a CSV, a link for many."""

from __future__ import annotations

from io import BytesIO
from uuid import UUID

import qrcode
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from qrcode.image.svg import SvgPathImage

from . import addresses, imports, invitations, limits, links
from .doors import for_admins
from .invite_forms import ColumnsForm, FileForm, LinkForm, PasteForm
from .models import Import, InviteLink, Member

MOST_PASTED = 500  # people; more are a CSV
MOST_SHOWN = 8  # rows and problems of a preview
LATELY = 5  # imports that the page lists


@require_safe
@for_admins
def invite(request: HttpRequest, seat: Member) -> HttpResponse:
    """Every way in."""
    return _ways(request, seat)


def _ways(
    request: HttpRequest,
    seat: Member,
    *,
    paste: PasteForm | None = None,
    file: FileForm | None = None,
    link: LinkForm | None = None,
) -> HttpResponse:
    company = seat.company
    shown = {
        "seat": seat,
        "company": company,
        "paste": paste or PasteForm(),
        "file": file or FileForm(),
        "link": link or LinkForm(company=company),
        "domains": company.domains.filter(verified_at__isnull=False).exists(),
        "now": timezone.now(),
        "links": [(one, _address(one)) for one in _open_links(company.pk)],
        "imports": company.imports.defer("rows", "errors").order_by("-created")[:LATELY],
    }
    bad = any(form and form.errors for form in (paste, file, link))
    return render(request, "invite/invite.html", shown, status=422 if bad else 200)


def _open_links(company: UUID) -> list[InviteLink]:
    mine = InviteLink.objects.filter(company=company, revoked_at=None)
    return list(mine.select_related("department").order_by("-created"))


def _address(link: InviteLink) -> str:
    return f"{settings.SITE_URL}{reverse('invite:join', args=[link.token])}"


@require_POST
@for_admins
def paste(request: HttpRequest, seat: Member) -> HttpResponse:
    """First what was understood; then, confirmed, the invitations."""
    form = PasteForm(request.POST)
    if not form.is_valid():
        return _ways(request, seat, paste=form)
    people, problems = addresses.pasted(form.cleaned_data["text"])
    if len(people) > MOST_PASTED:
        form.add_error("text", _("These are more than 500 people. Save the list as CSV and upload that."))
        return _ways(request, seat, paste=form)
    if people and "confirmed" in request.POST:
        try:
            asked = invitations.invite(seat.company, people, by=seat.user)
        except limits.TooMany as error:
            form.add_error("text", str(error))
            return _ways(request, seat, paste=form)
        messages.success(request, _said(asked.added, len(people)))
        return redirect("invite:invite", company=seat.company_id)
    known = set(
        seat.company.members.filter(left_at=None, email__in=[one.email for one in people]).values_list(
            "email", flat=True
        )
    )
    shown = {"people": people, "known": known, "problems": problems, "paste": form}
    return render(request, "invite/paste.html", {"seat": seat, "company": seat.company, **shown})


def _said(added: int, number: int) -> str:
    invited = ngettext("%(n)s person is invited.", "%(n)s people are invited.", added) % {"n": added}
    if before := number - added:
        stood = ngettext("%(n)s was on the list already.", "%(n)s were on the list already.", before)
        return f"{invited} {stood % {'n': before}}"
    return invited


@require_POST
@for_admins
def upload(request: HttpRequest, seat: Member) -> HttpResponse:
    form = FileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _ways(request, seat, file=form)
    row = imports.look(seat.company, form.cleaned_data["file"])
    return redirect("invite:import", company=seat.company_id, pk=row.pk)


@require_http_methods(["GET", "POST"])
@for_admins
def one_import(request: HttpRequest, seat: Member, pk: UUID) -> HttpResponse:
    """What its columns are, then how far it is, then what came of it."""
    row = get_object_or_404(Import, pk=pk, company=seat.company_id)
    if row.confirmed_at:
        return render(request, "invite/import.html", _named(seat, row))
    form = ColumnsForm(request.POST or None, header=row.rows[0], mapping=row.mapping)
    if form.is_valid() and "look" not in request.POST:
        try:
            imports.confirm(row, form.mapping, invites=form.cleaned_data["invites"], by=seat.user)
        except limits.TooMany as error:
            messages.error(request, str(error))
        return redirect("invite:import", company=seat.company_id, pk=pk)
    part = "_preview" if request.htmx else "columns"  # type: ignore[attr-defined]
    return render(request, f"invite/{part}.html", _named(seat, row) | _columns(form, row))


def _named(seat: Member, row: Import) -> dict[str, object]:
    return {"seat": seat, "company": seat.company, "import": row}


def _columns(form: ColumnsForm, row: Import) -> dict[str, object]:
    """Each column with what stands in its first rows, and who the rows would be."""
    mapping = row.mapping if not form.is_bound else form.mapping if form.is_valid() else {}
    people, errors, good = imports.preview(row.rows, mapping, MOST_SHOWN) if mapping else ([], [], 0)
    samples = [[line[n] for line in row.rows[1:4] if line[n:]] for n in range(len(form.columns))]
    return {
        "form": form,
        "columns": [(form[f"column_{n}"], sample) for n, sample in enumerate(samples)],
        "people": people,
        "errors": errors,
        "good": good,
        "bad": row.total - good,
    }


@require_safe
@for_admins
def progress(request: HttpRequest, seat: Member, pk: UUID) -> HttpResponse:
    """The changing part; 204 when nothing changed since ``seen``, the page anew when it is done."""
    row = get_object_or_404(Import.objects.defer("rows"), pk=pk, company=seat.company_id)
    if row.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true"})
    if request.GET.get("seen") == str(row.done):
        return HttpResponse(status=204)
    return render(request, "invite/_progress.html", _named(seat, row))


@require_POST
@for_admins
def forget(request: HttpRequest, seat: Member, pk: UUID) -> HttpResponse:
    """Of an import that nobody confirmed, nothing is kept."""
    Import.objects.filter(pk=pk, company=seat.company_id, confirmed_at=None).delete()
    messages.success(request, _("The list is deleted; nobody was invited."))
    return redirect("invite:invite", company=seat.company_id)


@require_POST
@for_admins
def make_link(request: HttpRequest, seat: Member) -> HttpResponse:
    form = LinkForm(request.POST, company=seat.company)
    if not form.is_valid():
        return _ways(request, seat, link=form)
    links.make(
        seat.company,
        domain=form.cleaned_data["domain"],
        cap=form.cleaned_data["cap"],
        expires_at=form.expires_at,
        department=form.cleaned_data["department"],
        by=seat.user,
    )
    messages.success(request, _("The link is made. Pass it on as you like."))
    return redirect(reverse("invite:invite", args=[seat.company_id]) + "#links")


@require_POST
@for_admins
def revoke_link(request: HttpRequest, seat: Member, link: int) -> HttpResponse:
    links.revoke(get_object_or_404(InviteLink, pk=link, company=seat.company_id), by=seat.user)
    messages.success(request, _("The link lets nobody in any more. Who joined by it stays."))
    return redirect(reverse("invite:invite", args=[seat.company_id]) + "#links")


@require_safe
@for_admins
def code(request: HttpRequest, seat: Member, link: int) -> HttpResponse:
    """The link as a picture to scan."""
    mine = get_object_or_404(InviteLink, pk=link, company=seat.company_id, revoked_at=None)
    drawn = BytesIO()
    qrcode.make(_address(mine), image_factory=SvgPathImage, border=0).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@require_POST
@for_admins
def resend(request: HttpRequest, seat: Member, member: UUID) -> HttpResponse:
    """The same answer whatever the person did: it must not tell whether they came."""
    mine = get_object_or_404(Member, pk=member, company=seat.company_id, left_at=None)
    try:
        invitations.resend(mine, by=seat.user)
        messages.success(request, _("If they have not joined yet, a new mail is on its way to them."))
    except limits.TooMany as error:
        messages.error(request, str(error))
    return _back(request, seat)


@require_POST
@for_admins
def revoke(request: HttpRequest, seat: Member, member: UUID) -> HttpResponse:
    mine = get_object_or_404(Member, pk=member, company=seat.company_id, left_at=None)
    invitations.revoke(mine, by=seat.user)
    messages.success(request, _("If they have not joined yet, their invitation opens nothing any more."))
    return _back(request, seat)


def _back(request: HttpRequest, seat: Member) -> HttpResponse:
    to = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(to, {request.get_host()}, require_https=request.is_secure())
    return redirect(to if ours else reverse("invite:invite", args=[seat.company_id]))
