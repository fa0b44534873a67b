"""A browser's own long description in the few words that a person recognises."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext as _

register = template.Library()

# The first word found counts: every browser claims to be others too.
BROWSERS = {"Firefox": "Firefox", "Edg": "Edge", "OPR": "Opera", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Macintosh": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


@register.filter
def browser(description: str) -> str:
    """Such as "Chrome, Windows"."""
    found = [
        next((name for word, name in words.items() if word in description), "")
        for words in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found)) or _("Unknown browser")
