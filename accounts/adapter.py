"""What allauth asks of us: addresses nobody forges, mails in our layout, second factors sealed."""

from __future__ import annotations

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.http import HttpRequest
from django.template.loader import render_to_string

from . import client, keys
from .sealing import seal, unseal

FACTORS = "installation/second-factors"


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's own ways, with an address that cannot be forged and mails in our layout."""

    def get_client_ip(self, request: HttpRequest) -> str:
        return client.address(request)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """allauth's text, framed as text and as HTML."""
        plain = super().render_mail(template_prefix, email, context, headers)
        words = {"title": plain.subject, "text": plain.body.strip()}
        mail = EmailMultiAlternatives(
            plain.subject, render_to_string("emails/account.txt", words), plain.from_email, plain.to
        )
        mail.attach_alternative(render_to_string("emails/account.html", words), "text/html")
        return mail


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """TOTP secrets and recovery seeds are sealed with a key that lies outside the database."""

    def encrypt(self, text: str) -> str:
        return base64.b64encode(seal(keys.create(FACTORS), text.encode(), FACTORS)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return unseal(keys.get(FACTORS), base64.b64decode(encrypted_text), FACTORS).decode()
