"""A company's data protection papers, written from how this installation is configured at this moment."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company

from .periods import DAY, PERIODS, in_words

PAPERS = ("agreement", "processing")  # articles 28 and 30 of the GDPR
FIXED = ("draft", "own", "failed", "headshots", "import", "told")  # periods that no company sets
S3, SMTP = "storages.backends.s3.S3Storage", "django.core.mail.backends.smtp.EmailBackend"
STRIPE = "Stripe (https://stripe.com)"


@dataclass(frozen=True)
class Paper:
    """Markdown of headings, lists and paragraphs; the version changes with words and configuration."""

    body: str
    version: str


def write(name: str, company: Company) -> Paper:
    """One of ``PAPERS`` as it stands today."""
    written = render_to_string(f"papers/{name}.md", {"company": company, **facts(company)})
    body = re.sub(r"\n{3,}", "\n\n", written.strip())  # included parts end in lines of their own
    version = hashlib.sha256(body.encode()).hexdigest()[:12]
    day = timezone.now().date().isoformat()
    return Paper(f"{body}\n\n{_('Version %s, written on %s.') % (version, day)}\n", version)


def facts(company: Company) -> dict[str, Any]:
    """What the papers say of this installation; no secret of it is among them."""
    return {
        "operator": settings.OPERATOR,
        "address": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "site": settings.SITE_URL,
        "encrypted": settings.SITE_URL.startswith("https://"),
        "model": _("the embedded preview model") if settings.MODEL == "understudy" else _model(),
        "database": _database(),
        "pictures": _place(settings.STORAGES["default"]),
        "keys": _place(settings.STORAGES["keys"]),
        "processors": _processors(),
        "inputs": _inputs(company),
        "periods": [(PERIODS[name], in_words(PERIODS[name].length)) for name in FIXED],
    }


def _model() -> str:
    """The folder's own name: where it lies is nobody's business."""
    return Path(settings.MODEL).name


def _database() -> str:
    if "sqlite" in settings.DATABASES["default"]["ENGINE"]:
        return _("SQLite, in a file on the operator's machine")
    return "PostgreSQL"


def _place(storage: dict[str, Any]) -> str:
    if storage["BACKEND"] != S3:
        return _("in a folder of the operator's machines")
    return _("in a private S3 bucket at %s") % _bucket_host(storage)


def _bucket_host(storage: dict[str, Any]) -> str:
    return urlsplit(storage["OPTIONS"].get("endpoint_url", "https://s3.amazonaws.com")).hostname or ""


def _processors() -> list[str]:
    """Whoever else gets to touch something, as far as the configuration tells."""
    found = []
    hosts = {_bucket_host(one) for one in settings.STORAGES.values() if one["BACKEND"] == S3}
    found += [
        _("%s: storage of pictures and keys, of pictures only in encrypted form") % host
        for host in sorted(hosts)
    ]
    if settings.EMAIL_BACKEND == SMTP:
        found.append(
            _("%s: mail server; addresses of members and what is mailed to them") % settings.EMAIL_HOST
        )
    if settings.STRIPE_SECRET_KEY:
        found.append(
            _("%s: payments; who orders and the company's billing data, nothing of members") % STRIPE
        )
    return found


def _inputs(company: Company) -> str:
    what = PERIODS["inputs"].what
    if company.inputs_days == 0:
        return _("%s: gone when the shoot is ready and its automatic redo is decided") % what
    return f"{what}: {in_words(company.inputs_days * DAY)} {PERIODS['inputs'].begins}"
