"""Content Credentials with this installation's own signer, which lives in the key store."""

from __future__ import annotations

from functools import cache

from accounts import keys

from .engine import credentials
from .engine.signer import Signer

NAME = "Headshots"  # what readers of Content Credentials show as the signer
KEY = "installation/pictures"


@cache
def signer() -> Signer:
    """Loaded once per process, made at the installation's first use of it."""
    return Signer.from_pem(keys.create(KEY, lambda: Signer.create(NAME).pem()))


def signed(data: bytes) -> bytes:
    """The picture with this installation's mark; nothing may write it again afterwards."""
    return credentials.signed(data, signer())


def check(data: bytes) -> credentials.Checked:
    """Whether the picture was made here. Raises BadInput for what is no picture."""
    return credentials.check(data, [signer().chain])
