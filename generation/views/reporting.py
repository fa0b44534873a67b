"""Anybody reports a picture: one form, no account."""

from __future__ import annotations

from allauth.core.internal import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import takedowns
from ..request_forms import TakedownForm


@never_cache
@require_http_methods(["GET", "POST"])
def picture(request: HttpRequest) -> HttpResponse:
    """The form; the answer is the same whether a picture was found or not, so that nobody learns from it."""
    if request.method == "GET":
        form = TakedownForm(initial={"which": request.GET.get("which", "")[:300]})
        return render(request, "generation/report.html", {"form": form, "sent": "sent" in request.GET})
    form = TakedownForm(request.POST)
    if not form.is_valid():
        return render(request, "generation/report.html", {"form": form}, status=422)
    if not ratelimit.consume(request, app="generation", action="takedown", config=takedowns.RATES):
        return render(request, "429.html", status=429)
    takedowns.ask(**form.cleaned_data)
    return redirect(f"{reverse('generation:report_picture')}?sent")
