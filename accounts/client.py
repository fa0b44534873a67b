"""The address a request came from; what a client writes into its own headers is not believed."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest

NOWHERE = "0.0.0.0"  # a web server behind a socket names no address: all its clients share the limits


def address(request: HttpRequest) -> str:
    """The client's IP address: the socket's, or what the outermost of ``settings.PROXIES`` proxies saw."""
    seen = [request.META.get("REMOTE_ADDR", "")]
    if settings.PROXIES:
        # Each proxy appends whom it saw; whatever a client claimed stands further left.
        chain = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        seen = [*chain[-settings.PROXIES :][:1], *seen] if len(chain) >= settings.PROXIES else seen
    return next((found for text in seen if (found := _parsed(text))), NOWHERE)


def _parsed(text: str) -> str:
    """An address without port and brackets; an IPv4 address in IPv6 clothes is that IPv4 address."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ipaddress.ip_address(bare.partition("%")[0])
    except ValueError:
        return ""
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)
