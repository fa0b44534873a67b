"""The pretended engine in a worker whose wall clock is wrong by as many seconds as a file says.

Whatever reads the time through Django's ``timezone.now`` reads it wrong, as if this host's clock had been
set. Time that passes (``time.monotonic``) passes as ever, as it does there.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from django.utils import timezone

from .engine import Checker, Resident

__all__ = ["Checker", "Resident"]
OFFSET, right = Path(os.environ.get("CLOCK", "/nowhere")), timezone.now


def wrong() -> datetime:
    return right() + timedelta(seconds=float(OFFSET.read_text() or 0) if OFFSET.is_file() else 0)


timezone.now = wrong
