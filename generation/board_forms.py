"""What admins fill in on the board's pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Department, Member

from . import exports, naming
from .engine.types import BadInput


class MemberForm(forms.Form):
    """What the company says of a member: a department, a day, and whatever columns its lists brought."""

    department = forms.ModelChoiceField(
        Department.objects.none(), label=_("Department"), required=False, empty_label=_("None")
    )
    due = forms.DateField(
        label=_("Due date"), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any, member: Member) -> None:
        super().__init__(data, initial={"department": member.department_id, "due": member.due})
        self.columns = {f"column-{number}": str(name) for number, name in enumerate(member.company.columns)}
        choice = self.fields["department"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = member.company.departments.all()
        if day := member.company.due:
            like_all = _("Left empty it is {day}, as for everybody.").format(day=date_format(day))
            self.fields["due"].help_text = like_all
        for field, name in self.columns.items():
            self.fields[field] = forms.CharField(
                label=name, required=False, max_length=200, initial=member.fields.get(name, "")
            )

    def said(self) -> dict[str, str]:
        """The columns' values."""
        return {name: self.cleaned_data[field] for field, name in self.columns.items()}


class PicturesForm(forms.Form):
    """Which files, and what they are called."""

    pattern = forms.CharField(label=_("File names"), max_length=200, initial=naming.DEFAULT)
    sizes = forms.MultipleChoiceField(label=_("Sizes"), widget=forms.CheckboxSelectMultiple, initial=["full"])
    approved = forms.BooleanField(label=_("Only approved ones"), required=False)

    def __init__(self, data: Any, company: Any) -> None:
        super().__init__(data)
        self.company = company
        choice = self.fields["sizes"]
        assert isinstance(choice, forms.MultipleChoiceField)
        choice.choices = list(exports.sizes(company).items())

    def clean_pattern(self) -> str:
        pattern: str = self.cleaned_data["pattern"]
        try:
            naming.check(pattern, self.company.columns)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from None
        return pattern
