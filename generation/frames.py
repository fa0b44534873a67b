"""Between the engine's frames and stored headshots: what to draw, how it is kept and ranked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from io import BytesIO
from typing import Any

from PIL import Image

from . import catalogue, marks, shoots, vault
from .engine import marking, previews
from .engine.orders import orders_for
from .engine.progress import never
from .engine.ranking import NUDITY, Measures, Person, rank, select_count
from .engine.records import pack, unpack
from .engine.resident import Drawn
from .engine.types import Look, Order
from .models import Headshot, Kind, Shoot

MORE = 1.5  # over-generation: at most this many frames for every headshot asked
PREVIEW, THUMB = 1200, 480  # pixels: a screen's picture, a tile's on a fine display
SEEDS = 1_000  # between two rounds of one shoot


def orders(shoot: Shoot) -> list[Order]:
    """Everything that this round may draw, always the same list for the same row."""
    looks = [_directed(catalogue.look(key), shoot.direction) for key in shoot.looks]
    count = shoot.asked if shoot.kind == Kind.TRY else round(shoot.asked * MORE)
    return orders_for(looks, count, seed=shoot.seed + SEEDS * shoot.round)


def _directed(look: Look, wishes: Mapping[str, Any]) -> Look:
    """The look with the person's own wishes laid over each of its directions."""
    colour = {"backdrop_colour": wishes["backdrop_colour"]} if wishes.get("backdrop_colour") else {}
    over = {k: v for k, v in wishes.items() if k != "backdrop_colour"}
    turned = tuple(dict.fromkeys(replace(one, **over) for one in look.directions))
    return replace(look, directions=turned, **colour)


def measures(shoot: Shoot) -> list[Measures]:
    """Of the frames that this round has stored, in the order of their number."""
    stored = shoot.headshots.filter(round=shoot.round).order_by("number")
    return [_measures(shoot, one) for one in stored]


def _measures(shoot: Shoot, headshot: Headshot) -> Measures:
    return unpack(Measures, vault.get(shoot.id, "inputs", f"{headshot.id}.measures"))


def keep(
    shoot: Shoot, claim: int, drawn: Drawn, order: Order, *, alive: Callable[[], object] = never
) -> None:
    """Sign and encrypt the frame's pictures, then the row; a frame without a row is overwritten later.

    ``alive`` is told before each file: a slow store must not cost its writer the lease.
    """
    look, direction, seed = order
    headshot = Headshot(
        shoot=shoot,
        round=shoot.round,
        number=drawn.number,
        look=look.id,
        direction=asdict(direction),
        seed=seed,
        likeness=_known(drawn.score.likeness),
        sharpness=_known(drawn.score.sharpness),
        skin_shift=_known(drawn.score.skin_shift),
        yaw=_known(drawn.score.yaw),
        faults=list(drawn.score.faults),
        shown=not drawn.score.faults,
    )
    if NUDITY not in drawn.score.faults:  # nobody shall see it, so nobody need keep it
        _keep_pictures(shoot, headshot, drawn.image, alive)
    vault.put(shoot.id, "inputs", f"{headshot.id}.measures", pack(drawn.measures))
    shoots.keep_frame(shoot, claim, headshot)


def _keep_pictures(shoot: Shoot, headshot: Headshot, data: bytes, alive: Callable[[], object]) -> None:
    with Image.open(BytesIO(data)) as opened:
        image = opened.convert("RGB")
    shown = previews.watermarked(image, "Headshots") if shoot.kind == Kind.TRY else image
    for name, made in pictures(shown).items():
        alive()
        vault.put(shoot.id, "headshots", f"{headshot.id}.{name}", made)


def pictures(image: Image.Image) -> dict[str, bytes]:
    """What is stored of a frame: each size encoded once, then signed; nothing writes it again."""
    encoded = {
        "full": marking.jpeg(image),
        "preview": previews.preview(image, PREVIEW),
        "thumb": previews.preview(image, THUMB),
    }
    return {name: marks.signed(data) for name, data in encoded.items()}


def share(shoot: Shoot, number: int) -> float:
    """How far the drawing is: passed frames count against those asked for, dropped ones make it longer."""
    drawn = number + 1
    passed = shoot.headshots.filter(round=shoot.round, shown=True).count()
    return min(0.99, drawn / max(drawn, drawn + shoot.asked - passed))


def _known(value: float) -> float | None:
    return None if value != value else float(value)  # NaN: not measured


def ranked(shoot: Shoot, person: Person) -> list[Headshot]:
    """All frames of the shoot with their final ranks: the best ``asked`` of each round are the gallery."""
    stored = list(shoot.headshots.filter(round__gte=1).order_by("round", "number"))
    scores = rank([_measures(shoot, one) for one in stored], person.own)
    for one, score in zip(stored, scores, strict=True):
        one.likeness, one.skin_shift = _known(score.likeness), _known(score.skin_shift)
        one.faults, one.shown, one.rank, one.select = list(score.faults), False, 0, False
    passed = sorted(
        ((score.rank, one) for one, score in zip(stored, scores, strict=True) if not score.faults),
        key=lambda pair: pair[0],
    )
    gallery = [one for _, one in passed][: shoot.asked * shoot.round]
    selects = select_count(len(gallery))
    for place, one in enumerate(gallery, start=1):
        one.rank, one.shown, one.select = place, True, place <= selects
    return stored
