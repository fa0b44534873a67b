"""Where a mail's link or a link for many leads: what is asked, signing in, joining."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from . import invitations, links
from .invitations import Closed, OtherAddress, Unknown
from .models import Company, Member, User
from .posting import page


@never_cache
@require_http_methods(["GET", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """The invitation of one address."""
    try:
        member = invitations.find(token).member
    except Closed as error:
        return _closed(request, error)
    user = request.user
    right = isinstance(user, User) and invitations.holds(user, member.email)
    wanted = {
        "company": member.company,
        "due": member.due or member.company.due,
        "address": masked(member.email),
        "right": right,
    }
    return _join(request, invitations.accept, token, wanted)


@never_cache
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A link for many."""
    try:
        link = links.find(token)
    except Closed as error:
        return _closed(request, error)
    right = isinstance(request.user, User) and bool(links.addresses(request.user, link))
    wanted = {"company": link.company, "domain": link.domain, "right": right}
    return _join(request, links.join, token, wanted)


def _join(
    request: HttpRequest, verb: Callable[[str, User], Member], token: str, wanted: Mapping[str, object]
) -> HttpResponse:
    """GET changes nothing, so that a scanner that follows links spoils none."""
    if request.method == "POST":
        if not isinstance(request.user, User):
            return redirect_to_login(request.path)
        try:
            return redirect(page(verb(token, request.user)))
        except Closed as error:
            return _closed(request, error)
        except OtherAddress:
            pass
    company = wanted["company"]
    assert isinstance(company, Company)
    shown = {"due": company.due, **wanted, "next": urlencode({"next": request.path})}
    return render(request, "invite/join.html", shown, status=403 if request.method == "POST" else 200)


def _closed(request: HttpRequest, error: Closed) -> HttpResponse:
    status = 404 if isinstance(error, Unknown) else 410
    return render(request, "invite/closed.html", {"sentence": str(error)}, status=status)


def masked(email: str) -> str:
    """Enough for its owner to know it by: a link may have been passed on."""
    local, _at, domain = email.partition("@")
    return f"{local[0]}…@{domain}"
