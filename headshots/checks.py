"""System checks: combinations of settings that would lose data, leak pictures or lie."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from generation import lab
from generation.engine import decoder, production
from generation.engine.types import BadModel

BUCKETS = "buckets"  # asked for by name, since it goes over the network
WORKER = "worker"  # what only a worker needs


@register()
def secrets(**_: Any) -> list[CheckMessage]:
    """Several hosts must share their secrets; each making its own would read nothing of the others'."""
    if settings.EMBEDDED:
        return []
    return [
        Error(f"{name} is missing. Set it to a long random secret, the same on every host.", id=code)
        for name, code in (("MASTER_KEY", "headshots.E001"), ("SECRET_KEY", "headshots.E005"))
        if not settings.GIVEN[name]
    ]


@register()
def debug(**_: Any) -> list[CheckMessage]:
    if not settings.DEBUG or (settings.EMBEDDED and not settings.SITE_URL.startswith("https://")):
        return []
    return [Error("DEBUG shows everybody the insides of a real site. Unset DEBUG.", id="headshots.E002")]


@register()
def keys_apart(**_: Any) -> list[CheckMessage]:
    """Who copies the files must not copy their keys with them."""
    if not settings.KEYS_URL.startswith(settings.STORAGE_URL.rstrip("/")):
        return []
    return [Error("KEYS_URL lies in STORAGE_URL. Give the keys a place of their own.", id="headshots.E003")]


@register()
def queue(**_: Any) -> list[CheckMessage]:
    if settings.EMBEDDED or settings.REDIS_URL:
        return []
    return [
        Warning(
            "Without REDIS_URL a worker hears of new work only when it looks, once a second.",
            id="headshots.W002",
        )
    ]


@register()
def isolation(**_: Any) -> list[CheckMessage]:
    if decoder.network_isolated():
        return []
    return [
        Warning(
            "The kernel lets us put no process into a network of its own, so uploads are decoded with one.",
            hint="Allow user namespaces, or run the web process where nothing can be reached.",
            id="headshots.W001",
        )
    ]


@register()
def payments(**_: Any) -> list[CheckMessage]:
    """Real money needs row locks, a real model, and ears."""
    found: list[CheckMessage] = []
    pretended = (
        settings.EMBEDDED or settings.DEBUG or settings.MODEL == "understudy" or settings.STRIPE_API_BASE
    )
    if settings.STRIPE_SECRET_KEY.startswith(("sk_live", "rk_live")) and pretended:
        words = "A live Stripe key takes real money, and this site has SQLite, DEBUG, the preview model or a"
        hint = "Use a test key, or set DATABASE_URL and MODEL and unset DEBUG and STRIPE_API_BASE."
        found.append(Error(f"{words} stand-in for Stripe.", hint=hint, id="headshots.E008"))
    if settings.STRIPE_SECRET_KEY and not settings.STRIPE_WEBHOOK_SECRETS:
        words = "Without STRIPE_WEBHOOK_SECRETS no event of Stripe's is believed; orders wait for our asking."
        found.append(Warning(words, id="headshots.W003"))
    return found


@register(BUCKETS)
def buckets(**_: Any) -> list[CheckMessage]:
    """Ask both buckets for their contents without a signature; a private one refuses."""
    found: list[CheckMessage] = []
    for alias in ("default", "keys"):
        options = settings.STORAGES[alias].get("OPTIONS", {})
        if bucket := options.get("bucket_name"):
            host = options.get("endpoint_url") or "https://s3.amazonaws.com"
            if _open_to_all(f"{host}/{bucket}/"):
                words = f"Anybody can list the bucket {bucket}. Make it private."
                found.append(Error(words, id="headshots.E004"))
    return found


@register(WORKER)
def model(**_: Any) -> list[CheckMessage]:
    """A folder without settings of its own is shot with SDXL's: not without a GPU, and not unpinned.

    Nor does anything but the understudy draw without a nudity gate.
    """
    if not settings.IN_WORKER or settings.ENGINE:
        return []
    found: list[CheckMessage] = []
    try:
        production.check_gate(lab.model_folder())
    except BadModel as error:
        found.append(Error(str(error), id="headshots.E009"))
    if (lab.model_folder() / "engine.json").is_file():
        return found
    if not lab.card():
        words = f"MODEL is {settings.MODEL}, of SDXL's size, and this worker sees no GPU."
        hint = "Start it on a host with one (docs/settings.md), or unset MODEL for the preview engine."
        found.append(Error(words, hint=hint, id="headshots.E006"))
    try:
        production.check(lab.model_folder())
    except BadModel as error:
        found.append(Error(str(error), id="headshots.E007"))
    return found


def _open_to_all(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except HTTPError:
        return False
    except URLError as error:
        raise OSError(f"{url} does not answer ({error.reason}); check the storage's address.") from error
