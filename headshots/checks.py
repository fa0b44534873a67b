"""System checks: combinations of settings that would lose data, leak pictures or lie."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, register


@register()
def keys(**_: Any) -> list[Error]:
    if settings.MASTER_KEY:
        return []
    return [Error("MASTER_KEY is missing: pictures could not be encrypted. Set it.", id="headshots.E001")]


@register()
def debug(**_: Any) -> list[Error]:
    if not settings.DEBUG or settings.EMBEDDED:
        return []
    return [Error("DEBUG is on with a real database. Unset DEBUG.", id="headshots.E002")]
