"""Words of others in the spelling of our own."""

from __future__ import annotations

import re

from django import template
from django.template.defaultfilters import stringfilter
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
@stringfilter  # a label is translated only when it is shown
def sentence_case(title: str) -> str:
    """Such as "Sign in" for "Sign In": allauth capitalises every word of its headings and buttons."""
    return re.sub(r"(?<=\w[ -])[A-Z](?=[a-z])", lambda capital: capital[0].lower(), title)


@register.filter
def ticked(words: str) -> SafeString:
    """What stands between backticks, as in a docstring, is code."""
    return mark_safe(re.sub("`([^`]+)`", r"<code>\1</code>", escape(words)))


@register.filter
def breakable(path: str) -> SafeString:
    """A long path goes on in the next line after a slash, not in the middle of a word."""
    return mark_safe(escape(path).replace("/", "/<wbr>"))
