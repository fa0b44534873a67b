"""Consent receipts with the fields of ISO/IEC TS 27560, and the envelope in which every receipt leaves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.urls import reverse

from . import keys, signing
from .models import Purpose, Release, User

SCHEMA = "ISO/IEC TS 27560:2023"
PSEUDONYMS = "installation/pseudonyms"
FACE = ("photos of the face", "measurements of the face (biometric data)")


@dataclass(frozen=True)
class Facts:
    """What a receipt says about a purpose; the text of that purpose says the same in plain words."""

    service: str
    data: tuple[str, ...]
    retention: str
    recipients: tuple[str, ...] = ()


FACTS = {
    Purpose.HEADSHOTS: Facts(
        "headshots made of the subject",
        (*FACE, "the learned identity (biometric data)", "headshots"),
        "photos, measurements and identity until 7 days after the headshots are ready, or where a company"
        " asked for them as many days as it set, 30 at the most; headshots 90 days or as chosen; unsubmitted"
        " shoots 24 hours",
    ),
    Purpose.TRY: Facts("a free try with one selfie", (*FACE, "pictures of the try"), "1 hour"),
    Purpose.KEEP_LONGER: Facts(
        "more looks and a redo without new photos",
        (*FACE, "the learned identity (biometric data)"),
        "30 days longer than without this consent",
    ),
    Purpose.RELEASE: Facts(
        "pictures that the subject chose, given to the company that asked for them",
        ("chosen pictures of the face",),
        "until the subject takes them back, replaces them or leaves the company",
        recipients=("the subject's company",),
    ),
}


def of_release(release: Release) -> dict[str, Any]:
    """What the installation signs when a release is given."""
    text, facts = release.text, FACTS[Purpose(release.text.purpose)]
    given = release.given_at.isoformat(timespec="seconds")
    return {
        "schema_version": SCHEMA,
        "type": "consent receipt",
        "record_id": str(release.id),
        "pii_principal_id": pseudonym(release.user) if release.user else f"release:{release.id}",
        "language": text.locale,
        "consent_type": "explicit",
        "collection_method": "ticked by the subject on this site, nothing pre-ticked",
        "confirmed": ["the pictures show myself", "I am 18 or older"],
        "notice": {
            "version": text.version,
            "sha256": text.sha256,
            "url": settings.SITE_URL + text_url(text.purpose, text.version, text.locale),
        },
        "purposes": [
            {
                "purpose": text.purpose,
                "service": facts.service,
                "lawful_basis": "consent (GDPR Art. 6(1)(a) and 9(2)(a))",
                "pii_information": [{"pii_type": one, "special_category": True} for one in facts.data],
                "retention_period": facts.retention,
                "storage_locations": "machines run by the controller",
                "recipient_third_parties": list(facts.recipients),
                "withdrawal_method": settings.SITE_URL + reverse("accounts:consents"),
            }
        ],
        "parties": [controller()],
        "events": [{"event_type": "explicit", "event_state": "given", "event_time": given}],
    }


def controller() -> dict[str, str]:
    """Who answers for the data."""
    return {
        "party_role": "controller",
        "party_name": settings.OPERATOR,
        "party_email": parseaddr(settings.DEFAULT_FROM_EMAIL)[1],
        "party_url": settings.SITE_URL,
    }


def text_url(purpose: str, version: int, locale: str) -> str:
    return reverse("accounts:consent_text", args=[purpose, version, locale])


def pseudonym(user: User) -> str:
    """The same for all receipts of one person; who it is, nobody tells without our key store."""
    return "subject:" + hashlib.sha256(keys.create(PSEUDONYMS) + user.pk.bytes).hexdigest()[:32]


def envelope(text: str, signature: str) -> str:
    """A signed text as the JSON file that a person keeps."""
    return json.dumps({"receipt": json.loads(text), "signature": signature}, indent=2, ensure_ascii=False)


def checked(pasted: str) -> dict[str, Any] | None:
    """The receipt in an envelope that this installation signed; None where it is not ours or altered."""
    try:
        content = json.loads(pasted)
        receipt, signature = content["receipt"], content["signature"]
        text = signing.canonical(receipt)
        return receipt if isinstance(receipt, dict) and signing.verify(text, str(signature)) else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
