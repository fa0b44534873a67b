"""From a form to Stripe's page or an invoice: the same way at the price list and at a company's page."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User

from . import buying, gateway, orders, pricing, wording
from .forms import BuyForm, InvoiceForm
from .models import Customer, Order, Status

log = logging.getLogger(__name__)
WATCHED = timedelta(hours=1)  # a page that is left open for longer stops asking
Again = Callable[[str], HttpResponse]  # the page of the counter, with what is in the way
Go = Callable[["Counter", HttpRequest, Order, dict[str, Any]], HttpResponse]


@dataclass(frozen=True)
class Counter:
    """Where somebody buys: for themselves from the price list, or for a company at its page."""

    company: Company | None = None

    @property
    def home(self) -> str:
        return self._address("credits" if self.company else "prices")

    @property
    def buy(self) -> str:
        return self._address("buy")

    @property
    def invoice(self) -> str:
        return self._address("buy_by_invoice")

    def order(self, order: UUID) -> str:
        return self._address("order", order=order)

    def news(self, order: UUID) -> str:
        return self._address("order_news", order=order)

    def _address(self, page: str, **more: object) -> str:
        if self.company is None:
            return reverse(f"billing:{page}", kwargs=more)
        return reverse(f"company_money:{page}", kwargs={"company": self.company.pk, **more})


def who(request: HttpRequest) -> User:
    """Behind the sign-in."""
    assert isinstance(request.user, User)
    return request.user


def buy(request: HttpRequest, counter: Counter, again: Again) -> HttpResponse:
    """To the page at Stripe where it is paid. Without scripts the same form asks what a quantity costs."""
    if "price" in request.POST:
        return redirect(pricing.address(request.POST.dict(), counter.home))
    return _order(request, counter, again, BuyForm(request.POST), _to_stripe, invoice=False)


def buy_by_invoice(request: HttpRequest, counter: Counter, again: Again) -> HttpResponse:
    """Companies pay credits by transfer."""
    return _order(request, counter, again, InvoiceForm(request.POST), _to_mail, invoice=True)


def _order(
    request: HttpRequest, counter: Counter, again: Again, form: BuyForm, go: Go, *, invoice: bool
) -> HttpResponse:
    """Form, order, onwards; or the counter's page with what is in the way."""
    if not form.is_valid():
        return again(str(next(iter(form.errors.values()))[0]))
    said = form.cleaned_data
    wanted = (said["package"], said["quantity"], said["currency"], said["again"])
    try:
        order = buying.begin(who(request), *wanted, company=counter.company, invoice=invoice)
        return go(counter, request, order, said)
    except orders.Refused as error:
        return again(str(error))
    except gateway.Refused as error:
        log.warning("Stripe refused an order: %s", error)  # in its words, which are for the operator
        return again(_("Stripe did not accept this order, and nothing was charged."))
    except gateway.Unavailable as error:
        log.warning("Stripe cannot be asked: %s", error)
        shown = {"said": said, "counter": counter, "invoice": invoice}
        return render(request, "billing/unavailable.html", shown, status=503)


def _to_stripe(counter: Counter, request: HttpRequest, order: Order, said: dict[str, Any]) -> HttpResponse:
    if order.session and order.status == Status.OPEN:
        orders.settle(order)  # its page may have been paid or have expired since the first click
    own_page = counter.order(order.pk)
    if order.status != Status.OPEN:
        return redirect(own_page)
    back, home = (request.build_absolute_uri(page) for page in (own_page, counter.home))
    success = f"{back}?back=1&session={{CHECKOUT_SESSION_ID}}"
    address = orders.pay(order, success=success, cancel=f"{home}?{urlencode({'order': order.pk})}")
    return HttpResponseRedirect(address, status=303)


def _to_mail(counter: Counter, request: HttpRequest, order: Order, said: dict[str, Any]) -> HttpResponse:
    if order.status == Status.OPEN:
        orders.pay_by_invoice(order, purchase_order=said["purchase_order"])
    return redirect(counter.order(order.pk))


def shown(request: HttpRequest, counter: Counter, order: Order, *, away: bool) -> dict[str, Any]:
    """What is known of the order now; ``away``: Stripe could not be asked."""
    state, young = wording.state(order), timezone.now() - order.created < WATCHED
    return {
        "counter": counter,
        "order": order,
        "state": state,
        "away": away,
        "news": counter.news(order.pk),
        "watched": "back" in request.GET and state in ("open", "pending") and young,
        "fresh": uuid4(),
        "seen": f"{state}.{int(away)}",
    }


def portal(request: HttpRequest, customer: Customer, back: str) -> HttpResponse:
    """To Stripe's own page with a customer's invoices, cards and plan."""
    try:
        address = gateway.portal(customer, back=request.build_absolute_uri(back))
    except (gateway.Unavailable, gateway.Refused) as error:
        log.warning("portal: %s", error)
        messages.error(request, _("Stripe's page cannot be reached now; try again in a minute."))
        return redirect(back)
    return HttpResponseRedirect(address, status=303)
