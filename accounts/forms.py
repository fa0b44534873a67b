"""Forms of the account pages and the consent form; nothing is ever pre-ticked."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from . import consent
from .models import ConsentText, Purpose, Release, User


class ConsentForm(forms.Form):
    """One purpose, shown with its whole text; include ``consent/form.html`` inside the page's own form.

    ``form.give(user)`` signs the release after ``is_valid()``; user is None for a free try.
    """

    text = forms.CharField(widget=forms.HiddenInput)  # sha256 of what was shown
    is_subject = forms.BooleanField(
        label=_("This is me: every picture that I upload shows myself"),
        error_messages={
            "required": _("Tick that the pictures show yourself; only you can release your own face.")
        },
    )
    is_adult = forms.BooleanField(
        label=_("I am 18 or older"),
        error_messages={"required": _("Tick that you are 18 or older; we make no headshots of minors.")},
    )

    def __init__(self, data: Any = None, *, purpose: str, **more: Any) -> None:
        self.purpose = purpose
        self.shown = consent.current(purpose, get_language() or consent.FALLBACK)
        super().__init__(data, initial={"text": self.shown.sha256}, **more)
        if purpose == Purpose.RELEASE:
            self.fields["is_subject"].label = _("This is me: every picture above shows myself")

    def clean_text(self) -> ConsentText:
        if self.cleaned_data["text"] != self.shown.sha256:
            self.data = {**dict(self.data.items()), "text": self.shown.sha256}
            raise forms.ValidationError(
                _("The text was renewed meanwhile. Please read the present one and agree again.")
            )
        return self.shown

    def give(self, user: User | None) -> Release:
        """Sign. Raises consent.NotGiven when the text changed in this very moment."""
        return consent.give(
            purpose=self.purpose,
            user=user,
            is_subject=self.cleaned_data["is_subject"],
            is_adult=self.cleaned_data["is_adult"],
            locale=self.shown.locale,
            text=self.cleaned_data["text"],
        )


class NameForm(forms.ModelForm):  # type: ignore[type-arg]
    """How the person is called on pages and in mails."""

    class Meta:
        model = User
        fields = ("name",)
        labels = {"name": _("Your name")}
        help_texts = {"name": _("Only you see it. You may leave it empty.")}
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}


class ReceiptForm(forms.Form):
    """A receipt to verify."""

    receipt = forms.CharField(
        label=_("The receipt"),
        max_length=20_000,
        help_text=_("Paste the whole content of the JSON file."),
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
    )


class CodeForm(forms.Form):
    """The code that was mailed to somebody who has no password."""

    code = forms.CharField(
        label=_("Code from the email"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


class TokenForm(forms.Form):
    """What a new API token is for."""

    name = forms.CharField(
        label=_("What is it for?"),
        max_length=60,
        help_text=_("A name by which you will know it again, such as the program that uses it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
