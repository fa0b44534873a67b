"""The sign-up form, which says that a password is not needed."""

from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.utils.translation import gettext_lazy as _


class SignupForm(forms.SignupForm):  # type: ignore[misc]
    """allauth's, with a sentence instead of the list of password rules; those answer when one is broken."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _(
            "At least 8 characters. Leave it empty to sign in with codes by email."
        )
