"""A picture that leaves is signed, and of any picture can be said whether it left here."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import BytesIO

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from PIL import Image

from generation.engine import intake, marking
from generation.engine.credentials import Checked, check, signed
from generation.engine.signer import Signer
from generation.engine.types import BadInput

OURS, OTHERS = Signer.create("Our studio"), Signer.create("Another studio")
KNOWN = [OURS.chain]
PLAIN = Image.effect_noise((320, 320), 60).convert("RGB")
SIGNED = signed(marking.jpeg(PLAIN), OURS)
WRITERS = {
    "JPEG": marking.jpeg,
    "WEBP": marking.webp,
    "PNG": lambda image: marking.transparent(image.convert("RGBA")),
}


def changed(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def manifest(data: bytes) -> dict[str, object]:
    with c2pa.Reader("image/jpeg", BytesIO(data)) as reader:
        active: dict[str, object] = reader.get_active_manifest()
        return active


@pytest.mark.parametrize("kind", WRITERS)
def test_a_signed_picture_is_intact(kind: str) -> None:
    plain = WRITERS[kind](PLAIN)
    data = signed(plain, OURS)
    assert check(data, KNOWN) is Checked.INTACT
    assert len(data) - len(plain) < 5000  # no thumbnail in it
    with Image.open(BytesIO(data)) as picture, Image.open(BytesIO(plain)) as before:
        assert picture.format == kind
        assert picture.tobytes() == before.tobytes()
        assert picture.info["xmp" if kind != "PNG" else "XML:com.adobe.xmp"]


def test_the_manifest_says_how_it_was_made_and_nothing_of_whom() -> None:
    active = manifest(SIGNED)
    assertions = {one["label"]: one["data"] for one in active["assertions"]}  # type: ignore[attr-defined]
    (action,) = assertions["c2pa.actions.v2"]["actions"]
    assert action == {"action": "c2pa.created", "digitalSourceType": marking.SOURCE_TYPE}
    assert active["claim_generator_info"][0]["name"] == "Headshots"  # type: ignore[index]
    assert set(active) <= {
        *("assertions", "claim_generator_info", "claim_version", "instance_id", "label", "signature_info")
    }


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_an_altered_byte_of_the_picture_is_reported(share: float) -> None:
    start = SIGNED.rindex(b"\xff\xda")  # the picture itself begins
    at = start + 20 + int(share * (len(SIGNED) - start - 22))
    assert check(changed(SIGNED, at), KNOWN) is Checked.ALTERED


@pytest.mark.parametrize("word", [b"trainedAlgorithmicMedia", b"Made with AI"])
def test_an_altered_word_of_the_mark_is_reported(word: bytes) -> None:
    assert check(changed(SIGNED, SIGNED.index(word)), KNOWN) is Checked.ALTERED


def test_a_mark_moved_to_another_picture_is_reported() -> None:
    other = marking.jpeg(PLAIN.rotate(90))
    start = SIGNED.index(b"\xff\xeb")  # APP11, where JPEG keeps a manifest
    segment = SIGNED[start : start + 2 + int.from_bytes(SIGNED[start + 2 : start + 4], "big")]
    assert b"c2pa.signature" in segment
    assert check(other[:2] + segment + other[2:], KNOWN) is Checked.ALTERED


def test_a_picture_worked_on_elsewhere_and_signed_there_is_altered() -> None:
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["ours"]}}
    claim = {
        "claim_generator_info": [{"name": "An editor"}],
        "assertions": [{"label": "c2pa.actions.v2", "data": {"actions": [opened]}}],
    }
    result = BytesIO()
    key = c2pa.C2paSignerInfo(b"es256", OTHERS.chain, OTHERS.key, None)
    with c2pa.Builder(claim) as builder:
        builder.add_ingredient({"relationship": "parentOf", "label": "ours"}, "image/jpeg", BytesIO(SIGNED))
        builder.sign(c2pa.Signer.from_info(key), "image/jpeg", BytesIO(marking.jpeg(PLAIN.rotate(1))), result)
    assert check(result.getvalue(), KNOWN) is Checked.ALTERED
    assert check(result.getvalue(), [Signer.create("Our studio").chain]) is Checked.UNKNOWN


def test_without_a_mark_nothing_is_claimed() -> None:
    again = BytesIO()
    with Image.open(BytesIO(SIGNED)) as picture:
        picture.save(again, "JPEG", xmp=picture.info["xmp"])
    for data in (again.getvalue(), marking.jpeg(PLAIN)):
        assert check(data, KNOWN) is Checked.UNKNOWN


def test_a_strangers_mark_is_not_ours() -> None:
    data = signed(marking.jpeg(PLAIN), OTHERS)
    assert check(data, KNOWN) is Checked.UNKNOWN
    assert check(data, []) is Checked.UNKNOWN
    assert check(data, [*KNOWN, OTHERS.chain]) is Checked.INTACT  # a key that was replaced stays known


def test_who_shares_our_authority_is_not_us() -> None:
    """An authority's root vouches for strangers too: only our own certificate makes a picture ours."""
    root = OURS.chain[OURS.chain.rindex(b"-----BEGIN") :]
    colleague = x509.load_pem_x509_certificates(OTHERS.chain)[0].public_bytes(serialization.Encoding.PEM)
    assert check(SIGNED, [colleague + root]) is Checked.UNKNOWN


def test_signing_twice_leaves_one_intact_mark() -> None:
    again = signed(SIGNED, OURS)
    assert check(again, KNOWN) is Checked.INTACT
    assert abs(len(again) - len(SIGNED)) < 100


@pytest.mark.parametrize("data", [b"", b"hello", b"%PDF-1.7", b"\xff\xd8"])
def test_what_is_no_picture_is_told_so(data: bytes) -> None:
    for ask in (lambda: check(data, KNOWN), lambda: signed(data, OURS)):
        with pytest.raises(BadInput, match="not a picture"):
            ask()


def test_random_damage_never_ends_in_a_fault_or_in_intact() -> None:
    """Damage to the mark alone may hit its padding, which means nothing; the picture is damaged with it."""
    dice = random.Random(7)
    start = SIGNED.rindex(b"\xff\xda") + 20
    for _ in range(300):
        data = bytearray(changed(SIGNED, dice.randrange(start, len(SIGNED))))
        for _ in range(dice.randint(1, 30)):
            data[dice.randrange(3, start)] ^= dice.randint(1, 255)
        assert check(bytes(data), KNOWN) is not Checked.INTACT
    for _ in range(60):
        assert check(SIGNED[: dice.randrange(3, len(SIGNED) - 1)], KNOWN) is not Checked.INTACT


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """An address on the net, and the paths that were asked for there."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/manifest.c2pa", asked
    server.shutdown()
    server.server_close()


def test_a_picture_cannot_make_us_call_an_address(elsewhere: tuple[str, list[str]]) -> None:
    address, asked = elsewhere
    result = BytesIO()
    key = c2pa.C2paSignerInfo(b"es256", OURS.chain, OURS.key, None)
    claim = {"claim_generator_info": [{"name": "x"}], "assertions": []}
    plain = BytesIO()
    PLAIN.save(plain, "JPEG")
    with c2pa.Builder(json.dumps(claim)) as builder:
        builder.set_intent(c2pa.C2paBuilderIntent.CREATE, c2pa.C2paDigitalSourceType.DIGITAL_CAPTURE)
        builder.set_no_embed()
        builder.set_remote_url(address)
        builder.sign(c2pa.Signer.from_info(key), "image/jpeg", plain, result)
    assert address.encode() in result.getvalue()
    assert check(result.getvalue(), KNOWN) is Checked.UNKNOWN
    assert not intake.open_photo(result.getvalue() + b"c2pa").ai_made
    assert asked == []


def test_a_signer_is_kept_as_one_pem() -> None:
    kept = Signer.from_pem(OURS.pem())
    assert kept == OURS
    assert check(signed(marking.jpeg(PLAIN), kept), KNOWN) is Checked.INTACT
    assert "PRIVATE" not in repr(OURS)
    assert b"PRIVATE" not in OURS.chain


def test_a_signer_that_cannot_sign_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        Signer.from_pem(OURS.chain)
    with pytest.raises(BadInput, match="own first"):
        Signer.from_pem(OURS.key + OTHERS.chain)
    wrong = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with pytest.raises(BadInput, match="P-256"):
        Signer.from_pem(wrong + OURS.chain)
