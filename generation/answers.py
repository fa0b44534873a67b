"""A mail from staff to who asked something."""

from __future__ import annotations

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string


def mail(address: str, title: str, text: str) -> None:
    """Sent in this moment, so that staff sees when it cannot be. Raises OSError."""
    words = {"title": title, "text": text}
    message = EmailMultiAlternatives(title, render_to_string("emails/account.txt", words), to=[address])
    message.attach_alternative(render_to_string("emails/account.html", words), "text/html")
    message.send()
