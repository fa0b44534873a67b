"""Forms of a company's settings and people."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import domains
from .models import Company, Role


class OneLine(forms.CharField):
    """Text without line breaks, each run of spaces as one: it stands in mails' subjects and in papers."""

    def to_python(self, value: object) -> str:
        return " ".join(str(super().to_python(value)).split())


class CompanyForm(forms.Form):
    """A company to open."""

    name = OneLine(
        label=_("Name of the company"),
        max_length=100,
        help_text=_("As its people know it: it stands in their invitations."),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class SettingsForm(forms.ModelForm):  # type: ignore[type-arg]
    """What ``companies.change`` sets."""

    name = OneLine(label=_("Name"), max_length=100)
    inputs_days = forms.IntegerField(
        label=_("Days that photos are kept"),
        min_value=0,
        max_value=30,
        help_text=_(
            "0 to 30 days after a member's gallery is ready: their photos, the measurements and the learned"
            " identity. 0: gone when the shoot is ready and its automatic redo is decided. A brand that you"
            " change later can be redrawn without new photos only while the identity is there."
        ),
    )

    class Meta:
        model = Company
        fields = ("name", "due", "reminders", "inputs_days")
        help_texts = {
            "due": _("Until when everybody should have released a headshot. It stands in invitations."),
        }
        labels = {"reminders": _("Remind members by email until they have released a headshot")}
        widgets = {"due": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_due(self) -> date | None:
        due: date | None = self.cleaned_data["due"]
        if due and "due" in self.changed_data and due < timezone.localdate():
            raise forms.ValidationError(_("This day is over. Choose a later one, or none."))
        return due


class DepartmentForm(forms.Form):
    """A department to add or rename."""

    name = OneLine(label=_("Name of the department"), max_length=100)


class DomainForm(forms.Form):
    """An e-mail domain to claim."""

    name = forms.CharField(
        label=_("Domain"),
        max_length=253,
        help_text=_("What follows the @ in your email addresses, such as example.com."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def clean_name(self) -> str:
        return domains.normal(self.cleaned_data["name"])


class AdminForm(forms.Form):
    """The member who becomes an admin."""

    email = forms.EmailField(
        label=_("Their email address"), widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class RoleForm(forms.Form):
    """What a member is to be."""

    role = forms.ChoiceField(choices=Role.choices)


class CloseForm(forms.Form):
    """The company's name, typed once more."""

    name = OneLine(
        label=_("Type the company's name to close it"), widget=forms.TextInput(attrs={"autocomplete": "off"})
    )

    def __init__(self, data: Any = None, *, company: Company) -> None:
        super().__init__(data)
        self.company = company

    def clean_name(self) -> None:
        if self.cleaned_data["name"] != " ".join(self.company.name.split()):
            raise forms.ValidationError(_("This is not the company's name: it is “%s”.") % self.company)
