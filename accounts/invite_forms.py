"""Forms of the ways into a company."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from . import columns, csvs
from .models import Company, Department, Domain

USES = (
    ("", _("leave out")),
    (columns.EMAIL, _("email address")),
    (columns.FIRST, _("first name")),
    (columns.LAST, _("last name")),
    (columns.NAME, _("full name")),
    (columns.DEPARTMENT, _("department")),
    (columns.DUE, _("due date")),
    (columns.FIELD, _("a field of its own")),
)


class PasteForm(forms.Form):
    """Addresses as they come."""

    text = forms.CharField(
        label=_("Email addresses"),
        max_length=100_000,
        help_text=_(
            "One to a line, or separated by commas or semicolons. “Ann Miller &lt;ann@example.com&gt;” works."
        ),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "autocomplete": "off"}),
    )


class FileForm(forms.Form):
    """A CSV; cleaned, ``file`` is its rows."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Up to 10,000 rows. You say next what its columns are."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv"}),
        error_messages={"empty": _("The file is empty. Save the list as CSV again and choose that file.")},
    )

    def clean_file(self) -> list[list[str]]:
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            return csvs.rows(file.read(csvs.MOST_BYTES + 1))
        except csvs.BadFile as error:
            raise forms.ValidationError(str(error)) from None


class ColumnsForm(forms.Form):
    """What each column is."""

    invites = forms.BooleanField(
        label=_("Send the invitations at once"),
        required=False,
        help_text=_("Otherwise the people are only listed, and you import the file again to invite them."),
    )

    def __init__(self, data: Any = None, *, header: list[str], mapping: Mapping[str, str]) -> None:
        super().__init__(data, initial={"invites": True})
        self.columns = columns.names(header)
        for number, name in enumerate(self.columns):
            field = forms.ChoiceField(
                label=name, choices=USES, required=False, initial=mapping.get(str(number), "")
            )
            self.fields[f"column_{number}"] = field

    @property
    def mapping(self) -> dict[str, str]:
        uses = {str(n): self.cleaned_data.get(f"column_{n}", "") for n in range(len(self.columns))}
        return {number: use for number, use in uses.items() if use}

    def clean(self) -> None:
        chosen = [use for use in self.mapping.values() if use != columns.FIELD]
        if columns.EMAIL not in chosen:
            raise forms.ValidationError(_("Choose the column that holds the email addresses."))
        for use, name in USES:
            if chosen.count(use) > 1:
                raise forms.ValidationError(
                    _("Only one column can be the %(name)s. Choose which."), params={"name": name}
                )


class LinkForm(forms.Form):
    """A link for many."""

    domain = forms.ModelChoiceField(
        Domain.objects.none(),
        label=_("Who has an address of"),
        to_field_name="name",
        empty_label=None,
        error_messages={"invalid_choice": _("Choose one of your verified domains.")},
    )
    cap = forms.IntegerField(label=_("How many may join"), min_value=1, max_value=10_000)
    days = forms.TypedChoiceField(
        label=_("Ends"),
        coerce=int,
        choices=[(7, _("in a week")), (14, _("in two weeks")), (30, _("in 30 days")), (90, _("in 90 days"))],
        initial=14,
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=_("none")
    )

    def __init__(self, data: Any = None, *, company: Company) -> None:
        super().__init__(data, prefix="link")
        verified = company.domains.filter(verified_at__isnull=False).order_by("name")
        self.fields["domain"].queryset = verified  # type: ignore[attr-defined]
        self.fields["department"].queryset = company.departments.all()  # type: ignore[attr-defined]

    @property
    def expires_at(self) -> datetime:
        return timezone.now() + timedelta(days=self.cleaned_data["days"])
