"""A reader that is not of our making confirms our pictures, and finds the byte that was altered."""

from __future__ import annotations

import pytest
from PIL import Image

from generation.engine import marking
from generation.engine.credentials import signed
from generation.engine.signer import Signer
from tests.npm import needs_node
from tests.other_reader import Read, altered

pytestmark = needs_node


@pytest.mark.parametrize("kind", ["jpg", "png"])
def test_our_picture_is_valid_and_an_altered_one_is_not(read: Read, kind: str) -> None:
    image = Image.effect_noise((320, 320), 60).convert("RGB")
    plain = marking.jpeg(image) if kind == "jpg" else marking.transparent(image.convert("RGBA"))
    data = signed(plain, Signer.create("Headshots"))
    ours, other, none = read(
        {f"ours.{kind}": data, f"altered.{kind}": altered(data), "plain": plain}
    ).values()
    assert ours["valid"]
    assert "claimSignature.validated" in ours["codes"]
    assert ours["source"] == marking.SOURCE_TYPE
    assert not other["valid"]
    assert "assertion.dataHash.mismatch" in other["codes"]
    assert none == {"found": False}
