"""Times are shown in the viewer's own time zone: the account's, or what the browser said in a cookie."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "time_zone"
ZONES = zoneinfo.available_timezones()  # once: it reads some 600 files, 5 ms and more


def time_zone(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        # Only the cookie: asking the account would cost every anonymous page a session query.
        name = request.COOKIES.get(COOKIE, "")
        if name in ZONES:
            timezone.activate(zoneinfo.ZoneInfo(name))
        else:
            timezone.deactivate()
        return get_response(request)

    return middleware
