"""Forms of a company's page for programs."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .company_tokens import SCOPES
from .hooks import EVENTS


class CompanyTokenForm(forms.Form):
    """What a token of a company is for, and what it opens."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=60,
        help_text=_("A name by which you will know it again, such as the program that uses it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one, or the token opens nothing.")},
    )


class WebhookForm(forms.Form):
    """Where a company wants to be told, and of what."""

    url = forms.URLField(
        label=_("Address"),
        max_length=500,
        assume_scheme="https",
        help_text=_("Of your own server, beginning with https://. It is called with POST."),
        widget=forms.URLInput(attrs={"autocomplete": "off", "placeholder": "https://"}),
    )
    events = forms.MultipleChoiceField(
        label=_("What do you want to be told?"),
        choices=list(EVENTS.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Tick at least one, or you are told nothing.")},
    )
