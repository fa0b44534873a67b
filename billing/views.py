"""The pages of money: the price list, the way to Stripe's page and back, and what was bought."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.models import User

from . import buying, gateway, ledger, orders, pricing, wording
from .forms import BuyForm, InvoiceForm
from .models import Customer, MoneyBack, Order, Status

log = logging.getLogger(__name__)
WATCHED = timedelta(hours=1)  # a page that is left open for longer stops asking
Go = Callable[[HttpRequest, Order, dict[str, Any]], HttpResponse]


def who(request: HttpRequest) -> User:
    """Behind the sign-in."""
    assert isinstance(request.user, User)
    return request.user


def own(request: HttpRequest, order: UUID) -> Order:
    """The person's own order; anybody else's is not there."""
    return get_object_or_404(Order, owner=who(request), pk=order)


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
        mine = Order.objects.filter(owner=request.user, pk=request.GET["order"])
    except ValidationError:
        return None
    return mine.filter(status=Status.OPEN).first()


def _draft(request: HttpRequest) -> Any:
    """The shoot that waits for a credit: the one that was last looked over without any, or the newest."""
    drafts = who(request).shoots.filter(status="draft", kind="shoot", release__withdrawn_at=None)
    last = request.session.get("draft")
    return (last and drafts.filter(pk=last).first()) or drafts.first()


def _list(request: HttpRequest, wish: pricing.Wish, status: int = 200, **shown: Any) -> HttpResponse:
    return render(request, "billing/prices.html", {**pricing.page(wish), **shown}, status=status)


@require_POST
def buy(request: HttpRequest) -> HttpResponse:
    """To the page at Stripe where it is paid. Without scripts the same form asks what a quantity costs."""
    if "price" in request.POST:
        return redirect(pricing.address(request.POST.dict()))
    if not request.user.is_authenticated:
        return _sign_up(request)
    return _order(request, BuyForm(request.POST), _to_stripe, invoice=False)


@require_POST
def buy_by_invoice(request: HttpRequest) -> HttpResponse:
    """Companies pay credits by transfer."""
    if not request.user.is_authenticated:
        return _sign_up(request)
    return _order(request, InvoiceForm(request.POST), _to_mail, invoice=True)


def _sign_up(request: HttpRequest) -> HttpResponse:
    """And from there back to the price list, with what was chosen."""
    asked = pricing.address(request.POST.dict())
    return redirect(f"{reverse('account_signup')}?{urlencode({'next': asked})}")


def _order(request: HttpRequest, form: BuyForm, go: Go, *, invoice: bool) -> HttpResponse:
    """Form, order, onwards; or the price list with what is in the way."""
    if not form.is_valid():
        return _again(request, str(next(iter(form.errors.values()))[0]))
    said = form.cleaned_data
    wanted = (said["package"], said["quantity"], said["currency"], said["again"])
    try:
        return go(request, buying.begin(who(request), *wanted, invoice=invoice), said)
    except orders.Refused as error:
        return _again(request, str(error))
    except gateway.Refused as error:
        log.warning("Stripe refused an order: %s", error)  # in its words, which are for the operator
        return _again(request, _("Stripe did not accept this order, and nothing was charged."))
    except gateway.Unavailable as error:
        log.warning("Stripe cannot be asked: %s", error)
        return render(request, "billing/unavailable.html", {"said": said, "invoice": invoice}, status=503)


def _again(request: HttpRequest, sentence: str) -> HttpResponse:
    wish = pricing.wish(pricing.of_form(request.POST.dict()))
    return _list(request, wish, 422, sentence=sentence)


def _to_stripe(request: HttpRequest, order: Order, said: dict[str, Any]) -> HttpResponse:
    if order.session and order.status == Status.OPEN:
        orders.settle(order)  # its page may have been paid or have expired since the first click
    own_page = reverse("billing:order", args=[order.pk])
    if order.status != Status.OPEN:
        return redirect(own_page)
    back = request.build_absolute_uri(own_page)
    prices = request.build_absolute_uri(reverse("billing:prices"))
    success = f"{back}?back=1&session={{CHECKOUT_SESSION_ID}}"
    address = orders.pay(order, success=success, cancel=f"{prices}?order={order.pk}")
    return HttpResponseRedirect(address, status=303)


def _to_mail(request: HttpRequest, order: Order, said: dict[str, Any]) -> HttpResponse:
    if order.status == Status.OPEN:
        orders.pay_by_invoice(order, purchase_order=said["purchase_order"])
    return redirect("billing:order", order=order.pk)


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
    state, young = wording.state(order), timezone.now() - order.created < WATCHED
    user = who(request)
    return {
        "order": order,
        "state": state,
        "away": away,
        "owed": MoneyBack.objects.filter(order=order).first(),
        "watched": "back" in request.GET and state in ("open", "pending") and young,
        "free": ledger.unspent(user).filter(order=order).count(),
        "spent": order.credits.filter(shoot__isnull=False).count(),
        "credits": ledger.unspent(user).count(),
        "draft": _draft(request),
        "fresh": uuid4(),
        "seen": f"{state}.{int(away)}",
    }


@login_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Everything the person bought."""
    user = who(request)
    shown = {
        "orders": Order.objects.filter(owner=user),
        "credits": ledger.unspent(user).count(),
        "customer": Customer.objects.filter(owner=user).first(),
    }
    return render(request, "billing/orders.html", shown)


@login_required
@require_POST
def portal(request: HttpRequest) -> HttpResponse:
    """To Stripe's own page with invoices, cards and plan; for whom Stripe knows."""
    customer = get_object_or_404(Customer, owner=who(request))
    try:
        address = gateway.portal(customer, back=request.build_absolute_uri(reverse("billing:orders")))
    except (gateway.Unavailable, gateway.Refused) as error:
        log.warning("portal: %s", error)
        messages.error(request, _("Stripe's page cannot be reached now; try again in a minute."))
        return redirect("billing:orders")
    return HttpResponseRedirect(address, status=303)
