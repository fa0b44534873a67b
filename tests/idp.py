"""A company's identity provider (``sso_idp``) and somebody who signs in there."""

from __future__ import annotations

import datetime
import html
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from .npm import installed
from .peers import _server, free_port

CLIENT, SECRET = "headshots", "known to both"


@dataclass(frozen=True)
class Idp:
    """Whoever names themselves there is it."""

    url: str

    def metadata(self) -> str:
        return requests.get(f"{self.url}/saml/metadata", timeout=10).text

    def by_oidc(self, to: str, user: str) -> str:
        """From our redirection to the address that leads back to us."""
        with requests.Session() as browser:
            answer = browser.get(to, allow_redirects=False)
            while True:
                if answer.is_redirect:
                    to = urljoin(answer.url, answer.headers["Location"])
                    if not to.startswith(self.url):
                        return to
                    answer = browser.get(to, allow_redirects=False)
                else:
                    (action,) = re.findall(r'<form[^>]*action="([^"]+)"', answer.text)
                    said = {"login": user, "password": "any", **fields(answer.text)}
                    answer = browser.post(urljoin(answer.url, action), said, allow_redirects=False)

    def by_saml(self, to: str, user: str) -> dict[str, str]:
        """From our redirection to the form that the provider's page posts to us."""
        answer = requests.get(f"{to}&user={user}", timeout=10)
        assert answer.status_code == 200, answer.text
        return fields(answer.text)


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's form."""
    tags = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
    pairs = [(re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags]
    return {name[1]: html.unescape(value[1]) for name, value in pairs if name and value}


@contextmanager
def running(folder: Path, redirect_uris: Sequence[str]) -> Iterator[Idp]:
    port = free_port()
    key, certificate = _pair(folder)
    program = str(installed("sso_idp") / "idp.mjs")
    with _server(["node", program, str(port), str(key), str(certificate), *redirect_uris], port):
        yield Idp(f"http://localhost:{port}")


def _pair(folder: Path) -> tuple[Path, Path]:
    """A key and its certificate as PEM files."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "idp.example")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key_file, certificate_file = folder / "key.pem", folder / "certificate.pem"
    key_file.write_bytes(key.private_bytes(pem, kind, serialization.NoEncryption()))
    certificate_file.write_bytes(made.public_bytes(pem))
    return key_file, certificate_file
