"""What people write to staff."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Takedown


class TakedownForm(forms.ModelForm):  # type: ignore[type-arg]
    """Which picture, what is wrong, and where to answer."""

    class Meta:
        model = Takedown
        fields = ("which", "words", "email")
        widgets = {"which": forms.TextInput(), "words": forms.Textarea({"rows": 5})}
        help_texts = {
            "which": _(
                "Its address or number on this site, or where you saw it: the page, and whom it shows."
            ),
            "words": _("For example: it shows me and I did not agree; it is used to deceive."),
            "email": _("Only to tell you what we decided. It is deleted with our answer."),
        }


class DecisionForm(forms.Form):
    """Why staff decided as it did."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("Stays in the audit log; no names. Its person reads it."),
        widget=forms.TextInput({"size": 80}),
    )


class HideForm(forms.Form):
    """Which picture a report means."""

    which = forms.CharField(
        label=_("Address or number"),
        max_length=300,
        help_text=_("Of a headshot, of a company's copy, or of a shoot with all its headshots."),
        widget=forms.TextInput({"size": 80}),
    )


class HelpForm(forms.Form):
    """A question in the person's own words."""

    words = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea({"rows": 6}),
    )


class AnswerForm(forms.Form):
    """Staff's answer, as it is mailed."""

    text = forms.CharField(
        label=_("Answer"), max_length=4000, widget=forms.Textarea({"rows": 10, "cols": 80})
    )
