"""Ready sizes and other backdrops of a headshot: asked for by a page, made once by a worker, signed."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image

from . import marks, vault
from .engine import marking, sizes
from .engine.looks import COLOURS
from .engine.types import Direction, Rgb
from .failures import Refused
from .models import LEASE, Headshot, Rendition

BACKDROP = "backdrop-"
MOST = 30  # renditions of one headshot: every size and every colour of the catalogue, and a few more
PATIENCE = timedelta(minutes=10)  # then it cannot be made; whoever still wants it asks again


def backdrop(colour: Rgb) -> str:
    """The name of the rendition before that colour."""
    return BACKDROP + "".join(f"{part:02x}" for part in colour)


SWATCHES = {name: backdrop(colour) for name, colour in COLOURS.items()}


def offered(headshot: Headshot) -> list[tuple[str, sizes.Size]]:
    """The sizes that this headshot can be cut to; the shape of frames is square."""
    framing = sizes.Framing.of(_direction(headshot))
    return [(key, size) for key, size in sizes.SIZES.items() if sizes.fits(size, framing, 1, 1)]


def ask(headshot: Headshot, what: str) -> Rendition:
    """The rendition's row, to be made unless it is. Raises Refused for what is not offered."""
    if what.startswith(BACKDROP):
        _colour(what)
    elif what not in dict(offered(headshot)):
        raise Refused(_("This headshot is not offered in that size."))
    if known := headshot.renditions.filter(what=what).first():
        return known
    if headshot.renditions.count() >= MOST:
        raise Refused(_("There are many versions of this headshot already; use one of them."))
    return Rendition.objects.get_or_create(headshot=headshot, what=what)[0]


def take(rendition_id: int) -> Rendition | None:
    """Claim a rendition that waits; one that waited too long is forgotten."""
    now = timezone.now()
    waiting = Rendition.objects.filter(pk=rendition_id, made_at=None)
    waiting.filter(created__lt=now - PATIENCE).delete()
    free = Q(claimed_until=None) | Q(claimed_until__lt=now)
    if not waiting.filter(free).update(claimed_until=now + LEASE):
        return None
    return Rendition.objects.select_related("headshot").get(pk=rendition_id)


def make(row: Rendition) -> None:
    """Draw, sign and store it. Raises vault.Gone and vault.Missing when the headshot went meanwhile."""
    headshot = row.headshot
    with Image.open(BytesIO(vault.get(headshot.shoot_id, "headshots", f"{headshot.pk}.full"))) as opened:
        image = opened.convert("RGB")
    note = ""
    if row.what.startswith(BACKDROP):
        from .engine import backdrop as backdrops  # OpenCV and a network: only a worker waits for them

        data = marking.jpeg(backdrops.swapped(image, _colour(row.what)))
    else:
        cut = sizes.cut(image, sizes.SIZES[row.what], _framing(image, headshot))
        data = marking.transparent(cut.image) if cut.image.mode == "RGBA" else marking.jpeg(cut.image)
        note = _note(cut)
    vault.put(headshot.shoot_id, "headshots", row.file, marks.signed(data))
    Rendition.objects.filter(pk=row.pk).update(made_at=timezone.now(), note=note, claimed_until=None)


def _framing(image: Image.Image, headshot: Headshot) -> sizes.Framing:
    """Where the head is as drawn; as directed where no face is found."""
    from .engine import faces, framing  # as above

    face = faces.largest(image)
    return framing.measured(image, face) if face else sizes.Framing.of(_direction(headshot))


def _note(cut: sizes.Sized) -> str:
    """How it differs from what was asked: its pixels where they are fewer, "closer" for a larger head."""
    pixels = "{}x{}".format(*cut.image.size) if cut.reduced else ""
    return " ".join(word for word in (pixels, "" if cut.as_asked else "closer") if word)


def _direction(headshot: Headshot) -> Direction:
    return Direction(**headshot.direction)


def _colour(what: str) -> Rgb:
    """The colour that a backdrop's name says."""
    code = what.removeprefix(BACKDROP)
    try:
        red, green, blue = bytes.fromhex(code)
    except ValueError:
        raise Refused(_("This is no colour.")) from None
    if code != code.lower() or len(code) != 6:
        raise Refused(_("This is no colour."))
    return red, green, blue
