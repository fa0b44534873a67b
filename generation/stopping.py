"""Whether this worker has been asked to end."""

from __future__ import annotations

import threading

_asked = threading.Event()
ask = _asked.set
stopping = _asked.is_set
