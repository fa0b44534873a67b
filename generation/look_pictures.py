"""Pictures of a look that staff drafted: each direction drawn on somebody who does not exist."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from PIL import Image

from . import catalogue, lab, marks, vault
from .engine import previews
from .engine.types import StoredPhoto
from .examples import LEASE, LONGEST, MODEL, PATIENCE, TRIES
from .models import CatalogueLook, LookDraft


def undrawn() -> QuerySet[LookDraft]:
    return LookDraft.objects.filter(drawn_at=None, created__gt=timezone.now() - PATIENCE)


def take(draft_id: UUID) -> LookDraft | None:
    """Claim a draft without pictures."""
    now = timezone.now()
    free = undrawn().filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    if not free.filter(pk=draft_id).update(claimed_until=now + LEASE):
        return None
    return LookDraft.objects.select_related("look").get(pk=draft_id)


def give_back(draft: LookDraft) -> None:
    LookDraft.objects.filter(pk=draft.pk).update(claimed_until=None, nudged_at=None)


def draw(draft: LookDraft, *, cancelled: Callable[[], bool]) -> None:
    """A picture of each direction that passes the gate, in the lane of free tries.

    Raises what ``Resident.try_on`` raises.
    """
    look, drawn = catalogue.as_look(draft.look.data), set[int]()
    selfie = StoredPhoto(MODEL.read_bytes(), name=MODEL.name)
    for lap in range(TRIES):
        left = [place for place in range(len(look.directions)) if place not in drawn]
        orders = [(look, look.directions[place], 1000 * lap + place) for place in left]
        if not orders:
            break
        for one in lab.resident().try_on(selfie, orders, now=lab.this_month(), cancelled=cancelled):
            if not one.score.faults:
                _keep(draft, left[one.number], one.image)
                drawn.add(left[one.number])
    found = LookDraft.objects.filter(pk=draft.pk).update(
        drawn=sorted(drawn), drawn_at=timezone.now(), claimed_until=None
    )
    if not found:  # thrown away meanwhile
        vault.delete_all(draft.pk, "looks")


def _keep(draft: LookDraft, place: int, frame: bytes) -> None:
    with Image.open(BytesIO(frame)) as opened:
        small = previews.preview(opened.convert("RGB"), LONGEST)
    vault.put(draft.pk, "looks", str(place), marks.signed(small))


def first(look: CatalogueLook) -> str:
    """Name of the picture that stands for a published look; "" where none was drawn."""
    draft = LookDraft.objects.filter(look=look).exclude(published_at=None).first()
    return str(draft.drawn[0]) if draft and draft.drawn else ""
