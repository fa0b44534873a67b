"""The key that signs pictures: a private key, its certificate, and the root that vouches for both."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .types import BadInput

# Pictures bear no trusted time stamp, so a mark is intact only while its certificate is valid.
YEARS = 25

# digitalSignature; contentCommitment, keyEncipherment, dataEncipherment, keyAgreement; keyCertSign; the rest
_LEAF_USE = (True, False, False, False, False, False, False, False, False)
_ROOT_USE = (False, False, False, False, False, True, False, False, False)


@dataclass(frozen=True)
class Signer:
    """An ES256 signer: PEM of the certificates, its own first, and of the private key (PKCS 8).

    The chain is public and is what ``credentials.check`` knows our pictures by: keep it for ever, also when
    the key is replaced.
    """

    chain: bytes
    key: bytes = field(repr=False)

    @classmethod
    def create(cls, name: str) -> Signer:
        """A new key under a new root of its own; the root's key is forgotten, so it never signs again.

        ``name`` (an organisation, no person) is what readers show as the signer, unknown to them.
        """
        root_key, leaf_key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = _certificate(f"{name} root", name, root_key, root_key, None)
        leaf = _certificate(name, name, leaf_key, root_key, root.subject)
        chain = leaf.public_bytes(Encoding.PEM) + root.public_bytes(Encoding.PEM)
        return cls(chain, leaf_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))

    @classmethod
    def from_pem(cls, data: bytes) -> Signer:
        """The signer in a PEM of one P-256 key and its certificates, own first: ours, or an authority's.

        Raises BadInput when a part is missing or key and certificate do not belong together.
        """
        try:
            key, chain = load_pem_private_key(data, None), x509.load_pem_x509_certificates(data)
        except (ValueError, TypeError):
            raise BadInput(
                "The signing key cannot be read; give one PEM with an unencrypted private key and its "
                "certificates, the signer's own first."
            ) from None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise BadInput("The signing key is not of the P-256 kind; ask the authority for an ES256 one.")
        if chain[0].public_key() != key.public_key():
            raise BadInput("The first certificate is not the signing key's; put the signer's own first.")
        return cls(
            b"".join(one.public_bytes(Encoding.PEM) for one in chain),
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        )

    def pem(self) -> bytes:
        """Everything in one PEM, secret: what ``from_pem`` reads."""
        return self.key + self.chain


def _certificate(
    common: str,
    organisation: str,
    key: ec.EllipticCurvePrivateKey,
    by: ec.EllipticCurvePrivateKey,
    issuer: x509.Name | None,
) -> x509.Certificate:
    """One link of the chain: a root where ``issuer`` is None, else a leaf as C2PA 2 wants it."""
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(issuer or subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks of readers differ
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(issuer is None, None), critical=True)
        .add_extension(x509.KeyUsage(*(_LEAF_USE if issuer else _ROOT_USE)), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(by.public_key()), critical=False)
    )
    if issuer is not None:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
        builder = builder.add_extension(purpose, critical=False)
    return builder.sign(by, hashes.SHA256())
