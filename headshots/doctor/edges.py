"""Where it meets others: its own address as people see it, mail, Stripe, the monitor, the operator's name."""

from __future__ import annotations

import smtplib
import socket
import ssl
import time
from collections.abc import Iterator
from email.message import Message
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.smtp import EmailBackend
from django.http.request import validate_host

from .findings import Said, ok, warn, wrong

PATIENCE = 10.0  # seconds for a page, a server, a handshake
ONCE = ("content-security-policy", "x-content-type-options", "x-frame-options", "strict-transport-security")
TOKEN = 20  # characters below which a secret can be guessed
RENEW = 14  # days before its end that a certificate should be renewed by


class _Stay(HTTPRedirectHandler):
    """A redirect is an answer to look at."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _ask(path: str) -> tuple[int, Message]:
    try:
        with build_opener(_Stay).open(Request(f"{settings.SITE_URL}{path}"), timeout=PATIENCE) as answer:
            return answer.status, answer.headers
    except HTTPError as error:
        return error.code, error.headers


def site() -> Iterator[Said]:
    """What stands in the settings, then what SITE_URL itself answers."""
    address = urlsplit(settings.SITE_URL)
    host, local = address.hostname or "", address.hostname in ("localhost", "127.0.0.1", "::1")
    if not validate_host(host, settings.ALLOWED_HOSTS):
        yield wrong(f"SITE_URL's host {host} is not in ALLOWED_HOSTS: every page answers 400. Add it.")
    if "*" in settings.ALLOWED_HOSTS:
        yield wrong("ALLOWED_HOSTS is *: forged hosts are believed. Name yours.")
    if address.scheme != "https" and not local:
        yield wrong("SITE_URL is http://: passwords and pictures travel in the open. Give it TLS.")
    if address.scheme == "https" and not settings.PROXIES:
        words = "PROXIES is 0: behind a proxy everybody has its address, and limits by address hit all"
        yield wrong(f"{words}. Set it to the number of your proxies.")
    try:
        status, headers = _ask("/")
    except (URLError, OSError, HTTPException) as error:
        reason = getattr(error, "reason", error)
        yield warn(f"{settings.SITE_URL} cannot be asked from here ({reason}). Ask it from outside.")
        return
    yield from _answered(status, headers)
    if _ask("/metrics")[0] == 200:
        yield wrong("/metrics opens to anybody; close it at the proxy and set METRICS_TOKEN.")


def _answered(status: int, headers: Message) -> Iterator[Said]:
    if status in (301, 302, 307, 308) and headers.get("Location", "").startswith(f"{settings.SITE_URL}/"):
        yield wrong("The site redirects to itself: let the proxy set X-Forwarded-Proto to $scheme.")
    elif status == 400:
        yield wrong("The site answers 400: let the proxy pass the Host header on as it came.")
    elif status in (502, 503, 504):
        yield wrong(f"The proxy answers {status}: no web process runs where the proxy looks.")
    elif status != 200:
        yield wrong(f"{settings.SITE_URL}/ answers {status}; the web process's log says why.")
    else:
        yield ok(f"{settings.SITE_URL} answers.")
        yield from _headers(headers)


def _headers(headers: Message) -> Iterator[Said]:
    """The site sets them itself; a proxy that adds its own makes browsers ignore or mix them."""
    for name in ONCE:
        times = len(headers.get_all(name, []))
        if times > 1:
            yield wrong(f"{name} comes {times} times: take it out of the proxy, the site sets it.")
        if not times and (name != ONCE[-1] or settings.SITE_URL.startswith("https://")):
            yield wrong(f"{name} does not arrive: the proxy drops it, or another site answers.")


def certificate() -> Iterator[Said]:
    address = urlsplit(settings.SITE_URL)
    if address.scheme != "https":
        yield ok("No TLS at SITE_URL.")
        return
    host = address.hostname or ""
    try:
        with (
            socket.create_connection((host, address.port or 443), timeout=PATIENCE) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as shaken,
        ):
            told, version = shaken.getpeercert() or {}, shaken.version()
    except ssl.SSLCertVerificationError as error:
        yield wrong(f"Browsers refuse the certificate of {host}: {error.verify_message}. Replace it.")
        return
    except OSError as error:
        yield warn(f"{host} cannot be reached from here ({error}). Ask it from outside.")
        return
    days = (ssl.cert_time_to_seconds(str(told["notAfter"])) - time.time()) / 86_400
    if days < RENEW:
        yield warn(f"The certificate ends in {days:.0f} days. Renew it.")
    else:
        yield ok(f"{version}; the certificate is good for {days:.0f} days.")


def mail() -> Iterator[Said]:
    """Say hello and sign in; no mail is sent."""
    server = get_connection()
    if not isinstance(server, EmailBackend):
        say = ok if settings.EMBEDDED else warn
        yield say("Mail goes into files, nobody gets any. EMAIL_URL names a mail server.")
        return
    server.timeout = PATIENCE
    where = f"{server.host}:{server.port}"
    try:
        server.open()
    except smtplib.SMTPAuthenticationError:
        yield wrong(f"{where} refuses the user and password of EMAIL_URL.")
        return
    except (smtplib.SMTPException, OSError) as error:
        yield wrong(f"The mail server {where} does not answer ({error}). Check EMAIL_URL and the firewall.")
        return
    server.close()
    if not (server.use_tls or server.use_ssl or server.host in ("localhost", "127.0.0.1")):
        yield warn(f"Mail to {where} travels in the open: use smtp+tls:// in EMAIL_URL.")
    yield ok(f"{where} takes mail.")


def stripe() -> Iterator[Said]:
    """The shape of the keys; ``check_stripe`` asks the account."""
    key = settings.STRIPE_SECRET_KEY
    if not key:
        yield warn("Nothing can be bought: STRIPE_SECRET_KEY is not set.")
        return
    if not key.startswith(("sk_test_", "rk_test_", "sk_live_", "rk_live_")):
        yield wrong("STRIPE_SECRET_KEY is no secret key: take one that begins with sk_ or rk_.")
        return
    if bad := [one for one in settings.STRIPE_WEBHOOK_SECRETS if not one.startswith("whsec_")]:
        yield wrong(f"{len(bad)} of STRIPE_WEBHOOK_SECRETS begin without whsec_: copy the signing secret.")
    if "_live_" in key and not settings.SITE_URL.startswith("https://"):
        yield wrong("A live key needs a site with TLS: set SITE_URL to https://.")
    kind = "live" if "_live_" in key else "test"
    yield ok(f"Keys are set ({kind}); manage.py check_stripe asks the account.")


def metrics() -> Iterator[Said]:
    if not settings.METRICS_TOKEN:
        yield warn("Nobody can watch: set METRICS_TOKEN and let Prometheus ask /metrics.")
    elif len(settings.METRICS_TOKEN) < TOKEN:
        yield wrong(f"METRICS_TOKEN can be guessed: take {TOKEN} random characters or more.")
    else:
        yield ok("A token opens them.")


def operator() -> Iterator[Said]:
    if settings.OPERATOR == "The operator of this site":
        yield warn("Consents name nobody: set OPERATOR to your name and postal address.")
    if settings.DEFAULT_FROM_EMAIL.rstrip(">").endswith("@localhost"):
        yield warn("Mail comes from localhost and will be refused: set DEFAULT_FROM_EMAIL.")
