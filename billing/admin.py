"""Money as staff sees it: every order with its history, and the way to give money back."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User
from accounts.staff import Correcting, Reading, site

from . import gateway, orders, wording
from .forms import RefundForm
from .models import Entry, Event, MoneyBack, Order, Reconciliation, Refund
from .wording import CENTS, money

ORDER = re.compile(r"(?<=rder )[0-9a-f-]{36}")  # in a sentence of the reconciliation


class _Rows(admin.TabularInline):  # type: ignore[type-arg]
    """Rows of an order that nobody writes by hand."""

    can_delete, extra, max_num = False, 0, 0

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class Refunds(_Rows):
    model = Refund
    fields = readonly_fields = ("stripe_id", "sum", "reason", "by", "at")

    @admin.display(description="amount")
    def sum(self, refund: Refund) -> str:
        return money(refund.amount, refund.order.currency)


class Owed(_Rows):
    model = MoneyBack
    fields = readonly_fields = ("reason", "created", "done_at")


class Events(_Rows):
    model = Event
    fields = readonly_fields = ("stripe_id", "type", "about", "received", "done_at")


@admin.register(Order, site=site)
class OrderAdmin(Correcting):
    """An order as Stripe's answers made it; only money back is given from here."""

    list_display = ("created", "owner", "company", "what", "state", "sum", "back", "wrong", "id")
    list_display_links = ("created", "id")
    list_filter = (
        *("status", "disputed", ("wrong", admin.EmptyFieldListFilter)),
        *(("wanted_back_at", admin.EmptyFieldListFilter), "currency", "created"),
    )
    list_select_related = ("owner", "company")
    search_fields = ("id", "owner__email", "company__name", "payment_intent", "invoice")
    actions = ("leave_it",)
    inlines = (Owed, Refunds, Events)
    fields = (
        *("id", "owner", "company", "what", "state", "wanted_back_at", "wrong"),
        *("list_price", "sum", "back", "kept_by_bank", "give_back"),
        *("session", "payment_intent", "subscription", "invoice"),
        *("created", "paid_at", "asked_at", "journal"),
    )
    readonly_fields = fields

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Not by hand: the verbs write it."""
        return False

    @admin.action(description="Leave the money that was asked back, having told why", permissions=["refund"])
    def leave_it(self, request: HttpRequest, chosen: QuerySet[Order]) -> None:
        for order in chosen.exclude(wanted_back_at=None):
            orders.keep(order)
            self.log_change(request, order, "nothing goes back of what was asked for")
            _record(request, "order.left", order)

    def has_refund_permission(self, request: HttpRequest) -> bool:
        return super().has_change_permission(request)

    @admin.display(description="what")
    def what(self, order: Order) -> str:
        return wording.title(order)

    @admin.display(description="state", ordering="status")
    def state(self, order: Order) -> str:
        """As the buyer reads it: disputes and refunds are not in the status alone."""
        word, _colour = wording.STATES[wording.state(order)]
        return str(word)

    @admin.display(description="list price")
    def list_price(self, order: Order) -> str:
        return money(order.amount, order.currency)

    @admin.display(description="paid", ordering="paid")
    def sum(self, order: Order) -> str:
        return money(order.paid, order.currency) if order.paid_at else "–"

    @admin.display(description="refunded", ordering="refunded")
    def back(self, order: Order) -> str:
        return money(order.refunded, order.currency) if order.refunded else "–"

    @admin.display(description="withheld by the bank")
    def kept_by_bank(self, order: Order) -> str:
        return money(order.withheld, order.currency) if order.withheld else "–"

    @admin.display(description="refund")
    def give_back(self, order: Order) -> str:
        if order.left <= 0:
            return "–"
        address = reverse("admin:billing_order_refund", args=[order.pk])
        return format_html('<a class="button" href="{}">{}</a>', address, _("Give money back"))

    @admin.display(description="journal")
    def journal(self, order: Order) -> SafeString:
        """Its lines, the credits' among them."""
        lines = Entry.objects.filter(order_id=order.pk).values_list("at", "why", "account", "amount", "unit")
        cells = ((f"{at:%Y-%m-%d %H:%M:%S}", why, where, f"{n:+}", unit) for at, why, where, n, unit in lines)
        rows = format_html_join("", "<tr>" + "<td>{}</td>" * 5 + "</tr>", cells)
        return format_html("<table>{}</table>", rows)

    def get_urls(self) -> list[URLPattern]:
        refund = self.admin_site.admin_view(self.refund)
        name = "billing_order_refund"
        return [path("<path:object_id>/refund/", refund, name=name), *super().get_urls()]

    def refund(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Asks how much and why, then does it, once for each sum that the form was opened at."""
        order = get_object_or_404(self.get_queryset(request), pk=object_id)
        if not super().has_change_permission(request, order):
            raise PermissionDenied
        begun = {"amount": f"{order.left / CENTS:.2f}", "seen": order.refunded}
        form = RefundForm(request.POST or None, initial=begun, order=order)
        if request.method == "POST" and (
            self._done_before(request, order) or (form.is_valid() and self._refunded(request, order, form))
        ):
            return redirect("admin:billing_order_change", order.pk)
        shown = {**self.admin_site.each_context(request), "title": _("Give money back"), "opts": self.opts}
        return TemplateResponse(request, "billing/refund.html", {**shown, "order": order, "form": form})

    def _done_before(self, request: HttpRequest, order: Order) -> bool:
        """Whether money went back since the form was opened: by a first click, or somebody else's."""
        if request.POST.get("seen") == str(order.refunded):
            return False
        known = {"back": money(order.refunded, order.currency)}
        words = _("Nothing was refunded now: %(back)s had gone back already when you sent the form.")
        messages.warning(request, f"{words % known} {_('If more is due, open it again.')}")
        return True

    def _refunded(self, request: HttpRequest, order: Order, form: RefundForm) -> bool:
        said = form.cleaned_data
        assert isinstance(request.user, User)
        key = f"{order.refunded}-{said['amount']}-{said['reason']}"  # of two clicks at once too
        try:
            orders.refund(order, said["amount"], reason=said["reason"], key=key, by=request.user)
        except (orders.Refused, gateway.Refused) as error:
            form.add_error(None, str(error))
            order.refresh_from_db()  # the page says what has gone back meanwhile
        except gateway.Unavailable:
            form.add_error(None, _("Stripe cannot be reached now. Send the form again: it counts once."))
        else:
            amount = money(said["amount"], order.currency)
            note = f"refund of {amount}: {said['reason']} {said['note']}".rstrip()
            self.log_change(request, order, note)
            _record(request, "order.refunded", order, said["reason"])
            messages.success(request, _("%(amount)s went back.") % {"amount": amount})
            return True
        return False


def _record(request: HttpRequest, what: str, order: Order, reason: str = "") -> None:
    """In the log that nobody changes; its buyer may read it where they bought for themselves."""
    assert isinstance(request.user, User)
    subject = None if order.company_id else order.owner
    audit.record(request.user, what, f"{order.pk} {reason}".rstrip(), subject=subject)


@admin.register(Entry, site=site)
class EntryAdmin(Reading):
    """The journal, line by line."""

    list_display = ("at", "why", "account", "amount", "unit", "order_id", "credit_id")
    list_filter = ("why", "account", "unit")
    search_fields = ("order_id", "credit_id", "movement")


@admin.register(Event, site=site)
class EventAdmin(Reading):
    """What Stripe told us, and whether anybody has acted on it."""

    list_display = ("stripe_id", "type", "about", "order_id", "parked", "received", "done_at")
    list_filter = ("parked", "type", ("done_at", admin.EmptyFieldListFilter))
    search_fields = ("stripe_id", "about", "order__id")


class Differing(admin.SimpleListFilter):
    """Days that somebody has to look into."""

    title, parameter_name = "differences", "differing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", "Some"), ("no", "None")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.exclude(differences=[])
        return queryset.filter(differences=[]) if self.value() == "no" else queryset


@admin.register(Reconciliation, site=site)
class ReconciliationAdmin(Reading):
    """Our books against Stripe's, day by day."""

    list_display = ("day", "differing", "done_at")
    list_filter = (Differing, ("done_at", admin.EmptyFieldListFilter))
    ordering = ("-day",)
    fields = readonly_fields = ("day", "done_at", "sentences")

    @admin.display(description="differences")
    def differing(self, row: Reconciliation) -> int:
        return len(row.differences)

    @admin.display(description="differences")
    def sentences(self, row: Reconciliation) -> str:
        """One a line, each order in them a link to its page."""
        return format_html_join(mark_safe("<br>"), "{}", ((_linked(one),) for one in row.differences)) or "–"


def _linked(sentence: str) -> SafeString:
    def link(found: re.Match[str]) -> str:
        address = reverse("admin:billing_order_change", args=[found[0]])
        return format_html('<a href="{}">{}</a>', address, found[0])

    return mark_safe(ORDER.sub(link, escape(sentence)))
