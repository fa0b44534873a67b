"""Whether this host's clock is right, by the database's: what goes for good must not go by a wrong one."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.db import connection
from django.utils import timezone

log = logging.getLogger(__name__)
APART = timedelta(minutes=1)  # hosts that ask the same time servers are milliseconds apart


def agrees() -> bool:
    """On SQLite there is but one clock."""
    if connection.vendor == "sqlite":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        apart: timedelta = abs(cursor.fetchone()[0] - timezone.now())
    if apart > APART:
        log.error("this host's clock is %s away from the database's; nothing is swept until it is set", apart)
    return apart <= APART
