"""Consent, verb by verb: which text is current, a signed yes to it, and the withdrawal of that yes.

A text is a file ``consents/<purpose>-<version>.<locale>.md`` with a line in ``consents/SHA256SUMS``.
New words are a new version: a published file that was changed is refused.
"""

from __future__ import annotations

import hashlib
import re
import uuid
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from . import audit, receipts, signing
from .models import ConsentText, Purpose, Release, User

FOLDER = Path(__file__).resolve().parent / "consents"
NAME = re.compile(r"(?P<purpose>[a-z_]+)-(?P<version>[1-9][0-9]*)\.(?P<locale>[a-z]{2}(-[a-z]+)?)\.md")
FALLBACK = "en"


class NotGiven(Exception):
    """A release that was not really given; the message says what is missing."""


def current(purpose: str, locale: str) -> ConsentText:
    """The newest text of a purpose in that language, in English where it was not translated."""
    versions = {version: path for version, path in _files(purpose, locale)}
    if not versions:
        versions = {version: path for version, path in _files(purpose, FALLBACK)}
    version = max(versions)
    return _published(versions[version])


def give(
    *, purpose: str, user: User | None, is_subject: bool, is_adult: bool, locale: str, text: ConsentText
) -> Release:
    """The subject's own signed yes to exactly the text that was shown. Raises NotGiven with a sentence."""
    if is_subject is not True:
        raise NotGiven(_("Tick that the pictures show yourself; only you can release your own face."))
    if is_adult is not True:
        raise NotGiven(_("Tick that you are 18 or older; we make no headshots of minors."))
    if text != current(purpose, locale):
        raise NotGiven(_("The text was renewed meanwhile. Please read the present one and agree again."))
    now = timezone.now()
    release = Release(id=uuid.uuid4(), user=user, text=text, is_subject=True, is_adult=True, given_at=now)
    release.receipt, release.signature = signing.sign(receipts.of_release(release))
    with transaction.atomic():
        release.save(force_insert=True)
        audit.record(user, "consent.given", purpose, subject=user)
    return release


def withdraw(release: Release) -> bool:
    """Record that the yes is taken back; the first time counts. What follows is ``leaving``'s."""
    with transaction.atomic():
        first = Release.objects.filter(pk=release.pk, withdrawn_at=None).update(withdrawn_at=timezone.now())
        if first:
            audit.record(release.user, "consent.withdrawn", release.text.purpose, subject=release.user)
    release.refresh_from_db(fields=["withdrawn_at"])
    return bool(first)


def standing(user: User, purpose: str) -> Release | None:
    """The user's newest release for a purpose that was not withdrawn."""
    mine = user.releases.filter(text__purpose=purpose, withdrawn_at=None)
    return mine.select_related("text").order_by("-given_at").first()


def texts() -> list[Path]:
    """Every published text."""
    return sorted(path for path in FOLDER.iterdir() if NAME.fullmatch(path.name))


def _files(purpose: str, locale: str) -> list[tuple[int, Path]]:
    named = [(NAME.fullmatch(path.name), path) for path in texts()]
    return [
        (int(name["version"]), path)
        for name, path in named
        if name and name["purpose"] == Purpose(purpose).value and name["locale"] == locale
    ]


def _published(path: Path) -> ConsentText:
    """The row of a text, made at its first use."""
    name = NAME.fullmatch(path.name)
    assert name is not None
    data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if f"{digest}  {path.name}" not in (FOLDER / "SHA256SUMS").read_text().splitlines():
        raise Changed(path.name)
    with transaction.atomic():
        row, _made = ConsentText.objects.get_or_create(
            purpose=name["purpose"],
            version=int(name["version"]),
            locale=name["locale"],
            defaults={"body": data.decode(), "sha256": digest},
        )
    if row.sha256 != digest:
        raise Changed(path.name)
    return row


class Changed(Exception):
    """A published text is not what people agreed to any more."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"The consent text {name} was changed after it was published. Restore it and publish the new"
            " words as the next version, with its line in SHA256SUMS (sha256sum *.md > SHA256SUMS)."
        )
