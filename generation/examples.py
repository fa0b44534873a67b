"""A brand's examples: each outfit drawn on somebody who does not exist, then cut to the brand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from PIL import Image

from . import brands, catalogue, lab, marks, vault
from .engine import previews
from .engine.orders import orders_for
from .engine.types import BadInput, Order, StoredPhoto
from .models import Brand

MODEL = Path(__file__).parent / "photos" / "photo-01.jpg"  # rendered: nobody's face
TRIES = 2  # at each outfit, in case the first does not pass the gate
LONGEST = 640  # pixels of an example
LEASE = timedelta(minutes=5)  # a dozen frames on two cores, beside a shoot
PATIENCE = timedelta(hours=1)  # then something is wrong, and the sketches do


def undrawn() -> QuerySet[Brand]:
    return Brand.objects.filter(previewed_at=None, changed__gt=timezone.now() - PATIENCE)


def waiting(brand: Brand) -> bool:
    """Whether they are being drawn, or soon will be."""
    return brand.previewed_at is None and brand.changed > timezone.now() - PATIENCE


def take(brand_id: UUID) -> Brand | None:
    """Claim a brand whose examples are not drawn."""
    now = timezone.now()
    free = undrawn().filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    if not free.filter(pk=brand_id).update(claimed_until=now + LEASE):
        return None
    return Brand.objects.get(pk=brand_id)


def give_back(brand: Brand) -> None:
    Brand.objects.filter(pk=brand.pk).update(claimed_until=None, nudged_at=None)


def draw(brand: Brand, *, cancelled: Callable[[], bool]) -> None:
    """One picture of each outfit that passes the gate; where none does, the page shows the sketch.

    Served in the lane of free tries: a running shoot waits for a frame and no longer. Raises what
    ``Resident.try_on`` raises.
    """
    left = {key: catalogue.look(key) for key in brand.looks}
    for number in range(TRIES):
        orders = orders_for(list(left.values()), len(left), seed=brand.version + number)
        for key in _drawn(brand, orders, cancelled):
            left.pop(key, None)
        if not left:
            break
    Brand.objects.filter(pk=brand.pk, version=brand.version).update(
        previewed_at=timezone.now(), claimed_until=None
    )


def _drawn(brand: Brand, orders: list[Order], cancelled: Callable[[], bool]) -> Iterator[str]:
    """Keys of the looks whose picture passed the gate and is stored."""
    selfie = StoredPhoto(MODEL.read_bytes(), name=MODEL.name)
    for one in lab.resident().try_on(selfie, orders, now=lab.this_month(), cancelled=cancelled):
        look, _direction, _seed = orders[one.number]
        key = f"{look.id}@{look.version}"
        if not one.score.faults and _keep(brand, key, one.image):
            yield key


def _keep(brand: Brand, key: str, frame: bytes) -> bool:
    """Cut, sign and store one; whether its face was found."""
    from .engine import branding  # OpenCV and networks: only a worker waits for them

    with Image.open(BytesIO(frame)) as opened:
        image = opened.convert("RGB")
    try:
        square = branding.branded(image, brands.style(brand))
    except BadInput:
        return False
    vault.put(brand.pk, "brands", brands.example_file(key), marks.signed(previews.preview(square, LONGEST)))
    return True
