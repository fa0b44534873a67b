"""The list of shoots, a new one, and the one address of each."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from ..models import Shoot


@login_required
def shoots(request: HttpRequest) -> HttpResponse:
    """Everything the person has."""
    return render(request, "generation/shoots.html", {"shoots": Shoot.objects.visible_to(request.user)})
