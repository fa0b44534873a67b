"""How a page gets at a place in a company: the person's own or nobody's."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404

from ... import membership

View = Callable[..., HttpResponseBase]


def for_member(view: View) -> View:
    """``view(request, seat, ...)`` for the very person whose place the address names; 404 for all others."""

    @login_required
    @wraps(view)
    def show(request: HttpRequest, member: UUID, **more: object) -> HttpResponseBase:
        seat = get_object_or_404(membership.seats(request.user), pk=member)
        return view(request, seat, **more)

    return show
