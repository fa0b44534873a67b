"""AES-256-GCM over bytes that are bound to their place."""

from __future__ import annotations

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

NONCE = 12  # bytes, random: 2³² files under one key stay safe (NIST SP 800-38D, 8.3)


class Damaged(ValueError):
    """What is stored is not what was sealed there."""


def seal(key: bytes, data: bytes, place: str) -> bytes:
    """Encrypt; only the same key at the same ``place`` opens it."""
    nonce = os.urandom(NONCE)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed. Raises Damaged when a bit has changed, or it came from another place or key."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE], sealed[NONCE:], place.encode())
    except (InvalidTag, ValueError):
        raise Damaged(f"{place} was altered, or it is not what was stored there. Restore it.") from None
