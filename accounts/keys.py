"""The key store: secrets under names, wrapped by the master key, kept apart from the database and its backup.

A destroyed key leaves an empty entry behind, so that a late writer cannot make it again. Nothing is cached: a
copy in some process would outlive the key.
"""

from __future__ import annotations

import re
import secrets
import uuid
from collections.abc import Callable, Iterator

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from .files import Place, place
from .sealing import seal, unseal

NAME = re.compile(r"[a-z0-9-]+(/[a-z0-9-]+)+")  # shoot/<uuid>/inputs
KEY = 32  # bytes, AES-256
IDENT = 8  # bytes before each entry that tell which master key wrapped it


class Missing(LookupError):
    """There never was such a thing."""


class Gone(LookupError):
    """It was destroyed for good."""


def fresh() -> bytes:
    return secrets.token_bytes(KEY)


def new(prefix: str) -> str:
    """Make a data key under a random name; returns the name."""
    name = f"{prefix}/{uuid.uuid4()}"
    create(name)
    return name


def create(name: str, make: Callable[[], bytes] = fresh) -> bytes:
    """The secret of that name, made now where there is none; of several makers the first counts."""
    try:
        return get(name)
    except Missing:
        ident, wrapping = _master()
        _store().put_once(name, ident + seal(wrapping, make(), name))
        return get(name)


def get(name: str) -> bytes:
    """The secret. Raises Missing where none was made, Gone where it was destroyed."""
    entry = _store().get(_checked(name))
    if entry is None:
        raise Missing(f"There is no key {name}.")
    if not entry:
        raise Gone(f"The key {name} was destroyed; what it protected cannot be read any more.")
    ident, wrapping = _master()
    if entry[:IDENT] != ident:
        raise ImproperlyConfigured(
            f"The key {name} was made under another MASTER_KEY. Set MASTER_KEY to that one, "
            "or KEYS_URL to the place of this one's keys."
        )
    return unseal(wrapping, entry[IDENT:], name)


def destroy(name: str) -> None:
    """Destroy the secret and every version of it, for good; no harm in doing it twice or too early."""
    _store().bury(_checked(name))


def is_destroyed(name: str) -> bool:
    """Also of what never held a secret and was only noted as ended, by ``destroy``."""
    return _store().get(_checked(name)) == b""


def names() -> Iterator[str]:
    """Of all entries, destroyed ones included."""
    return (name for name in _store().names() if NAME.fullmatch(name))


def _store() -> Place:
    return place("keys")


def _checked(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ValueError(f"{name!r} is no name for a key.")
    return name


def _master() -> tuple[bytes, bytes]:
    """A public fingerprint of the master key, and the key derived from it that wraps the entries."""
    secret: str = settings.MASTER_KEY
    if not secret:
        raise ImproperlyConfigured(
            "Set MASTER_KEY to a long random secret; it protects every stored picture."
        )
    return _wrapping(secret)


def _wrapping(secret: str) -> tuple[bytes, bytes]:
    return _derived(secret, b"headshots master key", IDENT), _derived(secret, b"headshots key store", KEY)


def rewrap(name: str, old: str) -> bool:
    """Wrap an entry of the master key ``old`` under the present one; False where there is nothing to do.

    To be asked while web and workers stand still: a key that is destroyed at this moment would come back.
    """
    entry = _store().get(_checked(name))
    (ident, wrapping), (was_ident, was) = _master(), _wrapping(old)
    if not entry or entry[:IDENT] == ident:
        return False
    if entry[:IDENT] != was_ident:
        raise ImproperlyConfigured(f"The key {name} was made under neither of the two master keys.")
    _store().replace(name, ident + seal(wrapping, unseal(was, entry[IDENT:], name), name))
    return True


def _derived(secret: str, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=purpose).derive(secret.encode())
