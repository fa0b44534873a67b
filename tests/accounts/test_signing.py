"""What the installation signed can be verified by anybody, to the byte."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from accounts import signing
from tests.stores import Stores


def test_the_text_is_canonical() -> None:
    assert signing.canonical({"b": [1, None], "a": {"ö": True}}) == '{"a":{"ö":true},"b":[1,null]}'
    with pytest.raises(ValueError, match="JSON"):
        signing.canonical({"a": float("nan")})


def test_what_was_signed_verifies_and_nothing_else(stores: Stores) -> None:
    text, signature = signing.sign({"what": "release", "given": "2026-11-22T10:00:00Z"})
    assert signing.verify(text, signature)
    assert not signing.verify(text.replace("10:00", "11:00"), signature)
    assert not signing.verify(text, signing.sign({"what": "other"})[1])
    for broken in ("", "no base64 \N{SNOWMAN}", signature[:-8]):
        assert not signing.verify(text, broken)


def test_the_public_key_verifies_without_us(stores: Stores) -> None:
    text, signature = signing.sign({"what": "release"})
    key = load_pem_public_key(signing.public_key().encode())
    assert isinstance(key, Ed25519PublicKey)
    key.verify(base64.b64decode(signature), text.encode())
