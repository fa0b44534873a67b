"""When a database, store or disk is away: which errors say so, and writes that wait until it is back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from django.db import InterfaceError, OperationalError, close_old_connections, transaction
from django.db.models import F
from django.utils import timezone

from .engine.process import ChildFailed
from .models import WORKING, Shoot
from .stopping import stopping

log = logging.getLogger(__name__)
PAUSE = 1.0  # seconds between two attempts
FULL = "No space left on device"  # as the engine's own process says it, in Python's words and in Rust's


def away(error: BaseException) -> bool:
    """Whether the fault lies with what we work on, not with what was worked at: waiting mends it."""
    if isinstance(error, ChildFailed):
        return FULL in error.trace
    if isinstance(error, OperationalError | InterfaceError | OSError):
        return True
    return any(
        kind.__module__.startswith("botocore.") for kind in type(error).__mro__
    )  # S3, where it is used


def wait_out(shoot: Shoot, claim: int) -> None:
    """Work that met an outage has lost no start by it, even if another worker has it by now."""
    since = Shoot.objects.filter(pk=shoot.pk, claim__gte=claim, status__in=WORKING)
    with transaction.atomic():
        since.filter(starts__gt=0).update(starts=F("starts") - 1)
        since.filter(claim=claim).update(claimed_until=None, nudged_at=timezone.now())


def persist(write: Callable[[], object]) -> None:
    """Do it as soon as it can be done; nothing else could be written meanwhile, so this thread may wait."""
    while True:
        try:
            write()
            return
        except Exception as error:
            close_old_connections()  # a broken one is never mended
            if not away(error):
                raise
            if stopping():
                log.error("not written before the end: %s", error)
                return
        time.sleep(PAUSE)
