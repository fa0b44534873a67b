"""Who comes at once: photos as a phone sends them, and browsers that try with one selfie."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPConnection
from io import BytesIO
from itertools import cycle
from pathlib import Path
from uuid import uuid4

import numpy as np
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import reverse
from PIL import Image

from generation import shoots

from . import web_site
from .web_load import Request

SIDE = (3024, 4032)  # pixels: twelve millions, as phones have them
DIFFERENT = 6  # photos
NOISE = 20.0  # grey levels: with it such a photo is a JPEG of four megabytes
BEFORE = re.compile(rb"<h1>(One|\d+) tr(?:y is|ies are) before yours")


def phone_photo(small: Path, seed: int) -> bytes:
    """A bundled photo at a phone's size; its grain makes it as large as theirs."""
    with Image.open(small) as opened:
        image = np.asarray(opened.convert("RGB").resize(SIDE, Image.Resampling.BICUBIC), np.float32)
    grain = np.random.default_rng(seed).normal(0, NOISE, (*image.shape[:2], 1)).astype(np.float32)
    data = BytesIO()
    Image.fromarray(np.clip(image + grain, 0, 255).astype(np.uint8)).save(data, "JPEG", quality=75)
    return data.getvalue()


def uploads(count: int, folder: Path) -> Iterator[Request]:
    """As many people as may send so many photos; everybody sends one, then everybody the next."""
    photos = [folder / photo.name for photo in web_site.PHOTOS[:DIFFERENT]]
    for number, (path, small) in enumerate(zip(photos, web_site.PHOTOS, strict=False)):
        path.write_bytes(phone_photo(small, number))
    guests = [web_site.with_draft(number) for number in range(-(-count // shoots.MOST_PHOTOS))]
    for guest, photo, _ in zip(cycle(guests), cycle(photos), range(count), strict=False):
        yield web_site.upload(guest, photo)


def tries(port: int, count: int) -> list[Request]:
    """Each from a browser and an address of its own, with the form that the site shows."""
    text = _shown(port)
    file = web_site.PHOTOS[2].read_bytes()
    return [_try(number, text, file) for number in range(count)]


def _shown(port: int) -> str:
    """Which consent text the form asks for."""
    found = re.search(rb'name="text" value="([^"]+)"', get(port, reverse("generation:try"), {}))
    assert found is not None
    return found[1].decode()


def _try(number: int, text: str, file: bytes) -> Request:
    cookies = {"try": str(uuid4()), "device": str(uuid4()), settings.CSRF_COOKIE_NAME: web_site.TOKEN}
    fields = {
        "text": text,
        "is_subject": "on",
        "is_adult": "on",
        "csrfmiddlewaretoken": web_site.TOKEN,
        "selfie": SimpleUploadedFile("selfie.jpg", file),
    }
    headers = {
        "Content-Type": MULTIPART_CONTENT,
        "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
        "X-Forwarded-For": f"198.18.{number // 250}.{number % 250 + 1}",
    }
    body = encode_multipart(BOUNDARY, fields)
    return Request(reverse("generation:try"), headers, body, expected=302)


def told(port: int, begun: Sequence[Request]) -> list[int | None]:
    """How many are before each browser, as its page says it; None where it says something else."""
    return [_number(get(port, one.path, one.headers)) for one in begun]


def _number(page: bytes) -> int | None:
    if b"<h1>You are next" in page:
        return 0
    found = BEFORE.search(page)
    return None if found is None else 1 if found[1] == b"One" else int(found[1])


def get(port: int, path: str, headers: Mapping[str, str]) -> bytes:
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers=dict(headers))
        return connection.getresponse().read()
    finally:
        connection.close()
