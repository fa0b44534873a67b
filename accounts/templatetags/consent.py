"""Consent texts as HTML: headings, lists and paragraphs are all that they hold."""

from __future__ import annotations

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


@register.filter
def prose(body: str) -> SafeString:
    """The blocks of a text, which empty lines part."""
    return mark_safe("\n".join(_block(block) for block in body.strip().split("\n\n")))


def _block(block: str) -> SafeString:
    if block.startswith("## "):
        return format_html("<h3>{}</h3>", block[3:])
    if block.startswith("# "):
        return format_html("<h2>{}</h2>", block[2:])
    if block.startswith("- "):
        items = [(line[2:],) for line in block.split("\n")]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{}</li>", items))
    return format_html("<p>{}</p>", block)
