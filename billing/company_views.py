"""A company's money as its admins see it: totals of its credits, the ways to buy, and what was bought."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.doors import for_admins
from accounts.models import Member

from . import balance, buying, counter, ledger, orders, pricing
from .counter import Counter, who
from .models import Customer, Order, Status


def own(seat: Member, order: UUID) -> Order:
    """The company's own order; anybody else's is not there."""
    return get_object_or_404(orders.own(seat.company), pk=order)


@for_admins
@never_cache
@require_safe
def credits(request: HttpRequest, seat: Member) -> HttpResponse:
    """Whoever comes back from Stripe's page unpaid finds what they had chosen."""
    left = _left(request, seat)
    return _page(request, seat, pricing.wish(request.GET.dict(), left), unpaid=left)


def _left(request: HttpRequest, seat: Member) -> Order | None:
    """The order whose payment this admin broke off."""
    try:
        mine = orders.own(seat.company).filter(owner=who(request), status=Status.OPEN)
        return mine.filter(pk=request.GET["order"]).first() if "order" in request.GET else None
    except ValidationError:
        return None


def _page(
    request: HttpRequest, seat: Member, wish: pricing.Wish, status: int = 200, **more: Any
) -> HttpResponse:
    shown = {
        **pricing.page(wish),
        "company": seat.company,
        "seat": seat,
        "counter": Counter(seat.company),
        "balance": balance.balance(seat.company),
        "orders": orders.own(seat.company),
        "customer": Customer.objects.filter(company=seat.company).first(),
        **more,
    }
    return render(request, "billing/company_credits.html", shown, status=status)


def _again(request: HttpRequest, seat: Member, sentence: str) -> HttpResponse:
    wish = pricing.wish(pricing.of_form(request.POST.dict()))
    return _page(request, seat, wish, 422, sentence=sentence)


@for_admins
@require_POST
def buy(request: HttpRequest, seat: Member) -> HttpResponse:
    return counter.buy(request, Counter(seat.company), partial(_again, request, seat))


@for_admins
@require_POST
def buy_by_invoice(request: HttpRequest, seat: Member) -> HttpResponse:
    return counter.buy_by_invoice(request, Counter(seat.company), partial(_again, request, seat))


@for_admins
@require_POST
def portal(request: HttpRequest, seat: Member) -> HttpResponse:
    customer = get_object_or_404(Customer, company=seat.company)
    return counter.portal(request, customer, Counter(seat.company).home)


@for_admins
@never_cache
@require_safe
def order(request: HttpRequest, seat: Member, order: UUID) -> HttpResponse:
    mine = own(seat, order)
    heard = buying.ask(mine)
    return render(request, "billing/company_order.html", _truth(request, seat, mine, away=heard is False))


@for_admins
@never_cache
@require_GET
def news(request: HttpRequest, seat: Member, order: UUID) -> HttpResponse:
    """The changing part, for who came back from Stripe; 204 while nothing changed."""
    mine = own(seat, order)
    heard = buying.ask(mine)
    away = request.GET.get("away") == "1" if heard is None else not heard
    shown = _truth(request, seat, mine, away=away)
    if request.GET.get("seen") == shown["seen"] and shown["watched"]:
        return HttpResponse(status=204)
    return render(request, "billing/_order.html", shown)


def _truth(request: HttpRequest, seat: Member, order: Order, *, away: bool) -> dict[str, Any]:
    return {
        **counter.shown(request, Counter(seat.company), order, away=away),
        "company": seat.company,
        "seat": seat,
        "refundable": bool(order.left) and ledger.unspent_of(order).exists(),
    }


@for_admins
@require_POST
def want_back(request: HttpRequest, seat: Member, order: UUID) -> HttpResponse:
    """Staff decides, as the page says."""
    mine = own(seat, order)
    try:
        orders.want_back(mine, who(request))
        messages.success(request, _("Our staff has your request and writes to whoever ordered."))
    except orders.Refused as error:
        messages.error(request, str(error))
    return redirect("company_money:order", company=seat.company_id, order=mine.pk)
