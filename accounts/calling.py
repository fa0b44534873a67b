"""Calling addresses that others gave us: public ones only, resolved once, no redirects, little time."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

SECONDS = 10.0  # for everything after the look-up of the name
MOST = 64 * 1024  # bytes of the answer that are read
NAT64 = ipaddress.ip_network("64:ff9b::/96")


class Refused(Exception):
    """This address is not called; the sentence says why."""


class Unreachable(Exception):
    """No answer from there; the sentence is for the delivery log."""


@dataclass(frozen=True)
class Place:
    """Where to connect, fixed by one look-up, so that no later answer of the DNS leads elsewhere."""

    secure: bool
    host: str
    port: int
    address: str
    path: str


def at_home() -> bool:
    """Whether the site is one machine's own, which may call itself and its neighbours."""
    return str(settings.SITE_URL).startswith("http://localhost")


def resolve(url: str) -> Place:
    """Raises Refused for what is not public https, Unreachable where the name is not known."""
    local = at_home()
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Refused(_("This is not the address of a page.")) from None
    if parts.scheme != "https" and not (local and parts.scheme == "http"):
        raise Refused(_("Give an address that begins with https://."))
    if not url.isascii() or parts.username or parts.password or not parts.hostname:
        raise Refused(_("Give an address in plain letters with a host and without a password in it."))
    found = _look_up(parts.hostname, port)
    if not local and not all(map(public, found)):
        raise Refused(_("This address leads into a private network. Give one that is reached from anywhere."))
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme == "https", parts.hostname, port, found[0], path)


def _look_up(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):  # the latter for a label that is too long
        raise Unreachable(_("The name of this host is not known; check its spelling.")) from None
    return [str(address[0]) for *_about, address in found]


def public(address: str) -> bool:
    """Whether it is reached from anywhere. IPv6 that wraps an IPv4 address is not, whatever it wraps."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address) and (ip.ipv4_mapped or ip.sixtofour or ip.teredo or ip in NAT64):
        return False
    return ip.is_global and not ip.is_multicast


def post(url: str, body: bytes, headers: Mapping[str, str]) -> int:
    """The status of the answer. Raises Refused or Unreachable."""
    place = resolve(url)
    try:
        sock = _connected(place)
    except OSError as error:
        raise Unreachable(_why(error)) from None
    # A timeout of the socket begins anew with each byte; this one ends it all.
    end = threading.Timer(SECONDS, _hang_up, [sock])
    end.start()
    try:
        return _asked(place, sock, body, {**headers, "User-Agent": "Headshots"})
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(_why(error if end.is_alive() else TimeoutError())) from None
    finally:
        end.cancel()
        sock.close()


def _connected(place: Place) -> socket.socket:
    plain = socket.create_connection((place.address, place.port), SECONDS)
    if not place.secure:
        return plain
    context = ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=place.host, do_handshake_on_connect=False)


def _asked(place: Place, sock: socket.socket, body: bytes, headers: Mapping[str, str]) -> int:
    if isinstance(sock, ssl.SSLSocket):
        sock.do_handshake()
    kind = http.client.HTTPSConnection if place.secure else http.client.HTTPConnection
    connection = kind(place.host, place.port)
    connection.sock = sock
    connection.request("POST", place.path, body, headers)
    answer = connection.getresponse()
    answer.read(MOST)
    return answer.status


def _hang_up(sock: socket.socket) -> None:
    with suppress(OSError):  # it has ended by itself
        sock.shutdown(socket.SHUT_RDWR)


def _why(error: Exception) -> str:
    match error:
        case TimeoutError():
            return _("No answer within 10 seconds.")
        case ConnectionRefusedError():
            return _("The connection was refused.")
        case ssl.SSLError():
            return _("The certificate or the encryption was not accepted.")
    return _("The connection broke off.")
