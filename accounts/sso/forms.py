"""What an admin enters of their provider, and the address that somebody signs on with."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class AddressForm(forms.Form):
    """Whose company is looked for."""

    email = forms.EmailField(
        label=_("Your work email address"),
        widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True}),
    )


class OidcForm(forms.Form):
    """An OpenID provider."""

    kind = forms.CharField(widget=forms.HiddenInput, initial="oidc")
    issuer = forms.URLField(
        label=_("Issuer"),
        max_length=500,
        assume_scheme="https",
        help_text=_("What comes before /.well-known/openid-configuration."),
    )
    client_id = forms.CharField(label=_("Client ID"), max_length=200)
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    def keep_secret(self) -> None:
        """One is stored: none need be entered."""
        self.fields["secret"].required = False
        self.fields["secret"].help_text = _("Leave it empty to keep the one that is stored.")


class SamlForm(forms.Form):
    """A SAML provider."""

    kind = forms.CharField(widget=forms.HiddenInput, initial="saml")
    metadata = forms.CharField(
        label=_("Metadata of your provider"),
        max_length=200_000,
        help_text=_("The whole XML file, with one signing certificate in it."),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
    )
