"""Files that say of themselves that a model made them: by XMP, or by a signed C2PA manifest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from io import BytesIO
from pathlib import Path

import c2pa
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from PIL import Image

from generation.engine import intake, marking, photos

GOOD = Path(__file__).parent.parent / "photos" / "person-3-0.jpg"
TERMS = "http://cv.iptc.org/newscodes/digitalsourcetype/"
CURVE = ec.SECP256R1()


def certificate(
    subject: str, key: ec.EllipticCurvePrivateKey, issuer: str, by: ec.EllipticCurvePrivateKey
) -> bytes:
    """One link of an ES256 chain, PEM: a root where subject and issuer are the same, else a signer's leaf."""
    root, now = subject == issuer, datetime.now(UTC)
    names = [
        x509.Name(
            [
                x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Test"),
                x509.NameAttribute(NameOID.COMMON_NAME, common),
            ]
        )
        for common in (subject, issuer)
    ]
    usage = [not root, False, False, False, False, root, False, False, False]  # sign, or issue certificates
    builder = (
        x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=9))
        .add_extension(x509.BasicConstraints(root, None), critical=True)
        .add_extension(x509.KeyUsage(*usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if not root:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(by, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)


@cache
def signer() -> c2pa.Signer:
    root, leaf = ec.generate_private_key(CURVE), ec.generate_private_key(CURVE)
    chain = certificate("signer", leaf, "root", root) + certificate("root", root, "root", root)

    def sign(data: bytes) -> bytes:
        pair = utils.decode_dss_signature(leaf.sign(data, ec.ECDSA(hashes.SHA256())))
        return b"".join(number.to_bytes(32, "big") for number in pair)

    return c2pa.Signer.from_callback(sign, c2pa.C2paSigningAlg.ES256, chain.decode())


@cache
def signed(term: str, kind: str = "JPEG") -> bytes:
    """A good photo whose manifest says by which kind of source it was created."""
    created = {"action": "c2pa.created", "digitalSourceType": TERMS + term}
    manifest = {
        "claim_generator_info": [{"name": "test", "version": "1"}],
        "assertions": [{"label": "c2pa.actions", "data": {"actions": [created]}}],
    }
    context = c2pa.Context(c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}}))
    plain, marked = BytesIO(), BytesIO()
    Image.open(GOOD).save(plain, kind)
    plain.seek(0)
    c2pa.Builder(manifest, context).sign(signer(), intake.MANIFEST_TYPES[kind], plain, marked)
    return marked.getvalue()


def test_the_signature_is_a_real_one() -> None:
    data = signed("trainedAlgorithmicMedia")
    assert c2pa.Reader("image/jpeg", BytesIO(data)).get_validation_state() == "Valid"
    spoiled = data[:-200] + bytes([data[-200] ^ 1]) + data[-199:]
    assert c2pa.Reader("image/jpeg", BytesIO(spoiled)).get_validation_state() == "Invalid"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_signed_picture_of_a_model_is_refused(kind: str) -> None:
    photo = intake.open_photo(signed("trainedAlgorithmicMedia", kind))
    assert photo.ai_made
    given = photos.judge(photo)
    assert not given.accepted
    assert [reason.code for reason in given.reasons] == ["ai_made"]


@pytest.mark.parametrize("term", ["digitalCapture", "humanEdits"])
def test_a_signed_picture_of_a_camera_passes(term: str) -> None:
    photo = intake.open_photo(signed(term))
    assert not photo.ai_made
    assert photos.judge(photo).accepted


def test_a_torn_manifest_does_not_refuse_a_photo() -> None:
    data = signed("digitalCapture")
    at = data.index(b"c2pa")
    assert not intake.open_photo(data[: at + 40] + bytes(60) + data[at + 100 :]).ai_made


@pytest.mark.parametrize("source", ["trainedAlgorithmicMedia", "digitalCapture"])
def test_xmp_marks_a_picture_too(source: str) -> None:
    stream = BytesIO()
    xmp = marking.XMP.replace(b"trainedAlgorithmicMedia", source.encode())
    Image.open(GOOD).save(stream, "JPEG", xmp=xmp)
    assert intake.open_photo(stream.getvalue()).ai_made is (source == "trainedAlgorithmicMedia")


def test_our_own_pictures_are_marked() -> None:
    assert intake.open_photo(marking.jpeg(Image.open(GOOD))).ai_made
