"""The installation's pictures are known again by every process of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PIL import Image

from generation import marks
from generation.engine import marking
from generation.engine.credentials import Checked
from tests.stores import Stores


@pytest.fixture(autouse=True)
def _fresh_signer() -> Iterator[None]:
    marks.signer.cache_clear()
    yield
    marks.signer.cache_clear()


def test_a_signed_picture_is_known_again_after_a_restart(stores: Stores) -> None:
    picture = marks.signed(marking.jpeg(Image.new("RGB", (64, 64), "teal")))
    marks.signer.cache_clear()
    assert marks.check(picture) == Checked.INTACT
    altered = bytearray(picture)
    altered[-20] ^= 1
    assert marks.check(bytes(altered)) == Checked.ALTERED
    assert marks.check(marking.jpeg(Image.new("RGB", (64, 64), "teal"))) == Checked.UNKNOWN
