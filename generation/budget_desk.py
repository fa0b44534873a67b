"""Staff's page of the free tries' budget: what today used, and the number to change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User

from . import budget
from .forms import ReasonForm


class BudgetForm(ReasonForm):
    """How many, and why."""

    a_day = forms.IntegerField(
        label=gettext_lazy("Free tries a day"),
        help_text=gettext_lazy("Of everybody together. Empty is no limit, 0 stops them."),
        min_value=0,
        max_value=1_000_000,
        required=False,
    )
    field_order = ("a_day", "reason")


def page(request: HttpRequest, shown: dict[str, Any]) -> HttpResponse:
    today = budget.today()
    form = BudgetForm(request.POST or None, initial={"a_day": today.a_day})
    form.fields["reason"].help_text = _("Without names; it stands in the log.")
    if request.method == "POST":
        if not (isinstance(request.user, User) and request.user.has_perm("generation.change_trybudget")):
            raise PermissionDenied
        if form.is_valid():
            budget.change(form.cleaned_data["a_day"], request.user, form.cleaned_data["reason"])
            messages.success(request, _("It holds from the next try on."))
            return redirect(request.path)
    return TemplateResponse(request, "staff/budget.html", {**shown, "today": today, "form": form})
