"""A person asks our staff, about one of their shoots or anything."""

from __future__ import annotations

from uuid import UUID

from allauth.core.internal import ratelimit
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from .. import questions
from ..models import Shoot
from ..request_forms import HelpForm


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and what was asked before with its answers."""
    shoot = _shoot(request)
    form = HelpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        if not ratelimit.consume(
            request, app="generation", action="ask", config=questions.RATES, user=request.user
        ):
            return render(request, "429.html", status=429)
        questions.ask(request.user, form.cleaned_data["words"], shoot)
        return redirect(f"{reverse('generation:ask')}?sent")
    shown = {"form": form, "shoot": shoot, "asked": questions.of(request.user), "sent": "sent" in request.GET}
    return render(request, "generation/ask.html", shown, status=422 if form.errors else 200)


def _shoot(request: HttpRequest) -> Shoot | None:
    """The person's own that the address names; another's is none."""
    try:
        number = UUID(request.POST.get("shoot") or request.GET.get("shoot") or "")
    except ValueError:
        return None
    return Shoot.objects.visible_to(request.user).filter(pk=number).first()
