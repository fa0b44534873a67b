"""The installation signs receipts with one Ed25519 key, made at first use."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from . import keys

KEY = "installation/receipts"


def canonical(payload: Mapping[str, object]) -> str:
    """The one text of a payload: keys sorted, no spaces, no escapes that JSON does not need."""
    return json.dumps(payload, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sign(payload: Mapping[str, object]) -> tuple[str, str]:
    """The canonical text, and its signature in base64."""
    text = canonical(payload)
    return text, base64.b64encode(_key().sign(text.encode())).decode()


def verify(text: str, signature: str) -> bool:
    """Whether this installation signed exactly this text."""
    return verifier()(text, signature)


def verifier() -> Callable[[str, str], bool]:
    """``verify`` for many texts: the key is asked for once."""
    key = _key().public_key()

    def verify(text: str, signature: str) -> bool:
        try:
            key.verify(base64.b64decode(signature, validate=True), text.encode())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True

    return verify


def public_key() -> str:
    """PEM, for whoever wants to verify without us."""
    return _key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def _key() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(keys.create(KEY))
