"""Portraits as they are made in the background: cut to the brand, measured, signed and stored for good."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from io import BytesIO

from django.db.models import Q
from django.utils import timezone
from PIL import Image

from . import brands, frames, marks, portraits, vault
from .engine import marking, previews, sizes
from .engine.types import Style
from .models import Portrait

Files = dict[str, bytes]
LEASE = timedelta(minutes=2)  # some seconds at 1024 pixels, on a busy machine many
TRIES = 5  # as many may be claimed by other workers in the same moment


def take() -> Portrait | None:
    """Claim a draft that waits to be made: the newest, whose subject is likely to sit before the screen.

    A renewal makes thousands at once, and nobody waits for those.
    """
    now = timezone.now()
    unmade = Portrait.objects.filter(made_at=None, ended_at=None)
    free = unmade.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    allowed = free.filter(Q(own=True) | Q(made_under__withdrawn_at=None))
    known = allowed.select_related("member__company", "member__department", "headshot")
    for portrait in known.order_by("-created")[:TRIES]:
        if free.filter(pk=portrait.pk).update(claimed_until=now + LEASE):
            return portrait
    return None


def drop(portrait: Portrait) -> None:
    """It cannot be made: the member sees that it is gone, and chooses another."""
    portraits.take_back(portrait)


def make(portrait: Portrait) -> None:
    """Every file that the company may get, then the row.

    Raises BadInput for a headshot without a face; vault.Gone and vault.Missing when it, or the draft, went.
    """
    brand = brands.of_member(portrait.member)
    files, measures = (
        _own(portrait) if portrait.own else _branded(portrait, brands.style(brand), brand.formats)
    )
    for name, data in files.items():
        vault.put(portrait.pk, "portraits", name, data)
    Portrait.objects.filter(pk=portrait.pk, made_at=None, ended_at=None).update(
        made_at=timezone.now(), measures=measures, brand_version=brand.version, claimed_until=None
    )
    if portrait.own:
        vault.delete(portrait.pk, "portraits", "source")


def _branded(portrait: Portrait, style: Style, formats: list[str]) -> tuple[Files, dict[str, float]]:
    if (headshot := portrait.headshot) is None:
        raise vault.Missing("The headshot went meanwhile.")
    image = _opened(vault.get(headshot.shoot_id, "headshots", f"{headshot.pk}.full"))
    return branded(image, style, formats)


def branded(image: Image.Image, style: Style, formats: list[str]) -> tuple[Files, dict[str, float]]:
    """A headshot's files in this style, signed, and how the full one came out (``Portrait.measures``).

    Raises BadInput where no face is found.
    """
    from .engine import branding  # OpenCV and networks: only a worker waits for them

    square = branding.branded(image, style)
    files = frames.pictures(square)
    for key, cut in branding.cuts(square, style, formats):
        files[key] = marks.signed(marking.transparent(cut) if cut.mode == "RGBA" else marking.jpeg(cut))
    measured = asdict(branding.conformity(_opened(files["full"]), style))
    return files, {name: round(value, 4) for name, value in measured.items()} | {"pixels": square.width}


def _own(portrait: Portrait) -> tuple[Files, dict[str, float]]:
    """By its edges alone and without a mark, since no model made it; in every size, so that no change of a
    brand concerns it. What it was cut from is not kept."""
    source = _opened(vault.get(portrait.pk, "portraits", "source"))
    left, top, side = (share * source.width for share in portrait.crop)
    square = source.crop((round(left), round(top), round(left + side), round(top + side)))
    files = {
        "full": marking.jpeg(square, marking.UNMARKED),
        "preview": previews.preview(square, frames.PREVIEW, marking.UNMARKED),
        "thumb": previews.preview(square, frames.THUMB, marking.UNMARKED),
    }
    for key, size in sizes.SIZES.items():
        cut = sizes.fitted(square, size)
        encode = marking.transparent if cut.mode == "RGBA" else marking.jpeg
        files[key] = encode(cut, marking.UNMARKED)
    return files, {}


def _opened(data: bytes) -> Image.Image:
    with Image.open(BytesIO(data)) as opened:
        return opened.convert("RGB")
