"""The pages of money: the price list, the way to Stripe's page and back, and what was bought."""

from __future__ import annotations

from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.doors import administered

from . import buying, counter, ledger, orders, pricing
from .counter import Counter, who
from .models import Customer, MoneyBack, Order, Status

OWN = Counter()  # for oneself


def own(request: HttpRequest, order: UUID) -> Order:
    """The person's own order; anybody else's is not there."""
    return get_object_or_404(orders.own(who(request)), pk=order)


@require_safe
def prices(request: HttpRequest) -> HttpResponse:
    """For everybody. Whoever comes back from Stripe's page unpaid finds what they had chosen."""
    left = _left(request)
    draft = _draft(request) if left else None
    return _list(request, pricing.wish(request.GET.dict(), left), left=left, draft=draft)


def _left(request: HttpRequest) -> Order | None:
    """The order whose payment was broken off."""
    if not request.user.is_authenticated or not request.GET.get("order"):
        return None
    try:
        return orders.own(who(request)).filter(pk=request.GET["order"], status=Status.OPEN).first()
    except ValidationError:
        return None


def _draft(request: HttpRequest) -> Any:
    """The shoot that waits for a credit: the one that was last looked over without any, or the newest."""
    drafts = who(request).shoots.filter(status="draft", kind="shoot", member=None, release__withdrawn_at=None)
    last = request.session.get("draft")
    return (last and drafts.filter(pk=last).first()) or drafts.first()


def _list(request: HttpRequest, wish: pricing.Wish, status: int = 200, **shown: Any) -> HttpResponse:
    page = {**pricing.page(wish), "counter": OWN, "companies": administered(request.user), **shown}
    return render(request, "billing/prices.html", page, status=status)


@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated and "price" not in request.POST:
        return _sign_up(request)
    return counter.buy(request, OWN, partial(_again, request))


@require_POST
def buy_by_invoice(request: HttpRequest) -> HttpResponse:
    if not request.user.is_authenticated:
        return _sign_up(request)
    return counter.buy_by_invoice(request, OWN, partial(_again, request))


def _sign_up(request: HttpRequest) -> HttpResponse:
    """And from there back to the price list, with what was chosen."""
    asked = pricing.address(request.POST.dict(), OWN.home)
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': asked})}")


def _again(request: HttpRequest, sentence: str) -> HttpResponse:
    wish = pricing.wish(pricing.of_form(request.POST.dict()))
    return _list(request, wish, 422, sentence=sentence)


@login_required
@never_cache
@require_safe
def order(request: HttpRequest, order: UUID) -> HttpResponse:
    mine = own(request, order)
    heard = buying.ask(mine)
    return render(request, "billing/order.html", _truth(request, mine, away=heard is False))


@login_required
@never_cache
@require_GET
def news(request: HttpRequest, order: UUID) -> HttpResponse:
    """The changing part, for who came back from Stripe; 204 while nothing changed."""
    mine = own(request, order)
    heard = buying.ask(mine)
    away = request.GET.get("away") == "1" if heard is None else not heard
    shown = _truth(request, mine, away=away)
    if request.GET.get("seen") == shown["seen"] and shown["watched"]:
        return HttpResponse(status=204)
    return render(request, "billing/_order.html", shown)


def _truth(request: HttpRequest, order: Order, *, away: bool) -> dict[str, Any]:
    """What is known of the order now; ``away``: Stripe could not be asked."""
    user = who(request)
    return {
        **counter.shown(request, OWN, order, away=away),
        "owed": MoneyBack.objects.filter(order=order).first(),
        "free": ledger.unspent_of(order).count(),
        "spent": order.credits.filter(shoot__isnull=False).count(),
        "credits": ledger.unspent(user).count(),
        "draft": _draft(request),
    }


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Everything the person bought."""
    user = who(request)
    shown = {
        "orders": orders.own(user),
        "credits": ledger.unspent(user).count(),
        "customer": Customer.objects.filter(owner=user).first(),
    }
    return render(request, "billing/orders.html", shown)


@login_required
@require_POST
def portal(request: HttpRequest) -> HttpResponse:
    """To Stripe's own page with invoices, cards and plan; for whom Stripe knows."""
    customer = get_object_or_404(Customer, owner=who(request))
    return counter.portal(request, customer, reverse("billing:orders"))
