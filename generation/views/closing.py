"""The end of a company, by an owner who proved once more who they are."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.company_forms import CloseForm
from accounts.doors import for_owners
from accounts.models import Member
from accounts.proving import proven

from .. import seats


@for_owners
@require_http_methods(["GET", "POST"])
@proven
def close(request: HttpRequest, seat: Member) -> HttpResponse:
    """Its name, typed once more."""
    form = CloseForm(request.POST or None, company=seat.company)
    if request.method == "POST" and form.is_valid():
        seats.close(seat.company, by=seat.user)
        messages.success(request, _("%s is closed.") % seat.company)
        return redirect("company:companies")
    return render(request, "company/close.html", {"company": seat.company, "seat": seat, "form": form})
