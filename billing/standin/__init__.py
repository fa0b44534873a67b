"""A small stateful double of Stripe's API for tests and `make demo`; it refuses to load beside real money."""

from __future__ import annotations

import os

_KEY = os.environ.get("STRIPE_SECRET_KEY", "")
_PRODUCTION = "DATABASE_URL" in os.environ and "STRIPE_STANDIN" not in os.environ
if _KEY.startswith(("sk_live", "rk_live")) or _PRODUCTION:
    raise ImportError(
        "The Stripe stand-in is for tests and demos: it does not load where STRIPE_SECRET_KEY is a live key, "
        "or where DATABASE_URL is set and STRIPE_STANDIN is not."
    )

from billing.standin.forms import ApiError  # noqa: E402
from billing.standin.server import StandIn  # noqa: E402
from billing.standin.store import API_VERSION  # noqa: E402

__all__ = ["API_VERSION", "ApiError", "StandIn"]
