"""The coverage coach for the page: what the accepted photos show, and which one to add next."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import wording
from .engine.coverage import ANGLES, EXPRESSIONS, LIGHTS, SEEN
from .measured import expectation
from .models import Photo, Shoot

Words = str | Promise
FEW, MANY = 15, 20  # recommended
SURE = 0.85  # probability from which a value needs no second photo
WORDS: dict[str, Words] = {
    "three-quarter left": _("three-quarter left"),
    "slightly left": _("slightly left"),
    "front": _("from the front"),
    "slightly right": _("slightly right"),
    "three-quarter right": _("three-quarter right"),
    "neutral": _("calm"),
    "slight smile": _("slight smile"),
    "smile": _("smile"),
}
LIGHT_WORDS: dict[str, Words] = {
    "left": _("lit from the left"),
    "front": _("evenly lit"),
    "right": _("lit from the right"),
}
TURNS = dict(zip(ANGLES, (-9, -4.5, 0, 4.5, 9)))  # of the little heads' noses, in their own units


@dataclass(frozen=True)
class Value:
    """One value of an axis of the map."""

    code: str
    words: Words
    cover: str  # full | some | none
    turn: float = 0.0


@dataclass(frozen=True)
class Cell:
    """One angle with one expression; ``lights`` says which of left, even, right a photo shows."""

    lights: tuple[bool, bool, bool]
    words: tuple[Words, ...]
    next: bool

    @property
    def count(self) -> int:
        return sum(self.lights)


@dataclass(frozen=True)
class Coach:
    usable: int
    good: int | None  # headshots to expect, measured
    next: tuple[str, ...]
    warning: bool
    angles: tuple[Value, ...]
    rows: tuple[tuple[Value, tuple[Cell, ...]], ...]
    lights: tuple[Value, ...]

    @property
    def enough(self) -> bool:
        return self.usable >= FEW


def coach(shoot: Shoot, photos: list[Photo]) -> Coach | None:
    """None until a photo was accepted."""
    usable = sum(photo.accepted for photo in photos)
    if not usable or not shoot.advice:
        return None
    angles, lights, faces = shoot.advice["shown"]
    cells = {tuple(cell) for cell in shoot.advice["cells"]}
    following = tuple(shoot.advice.get("next_cell", ()))
    return Coach(
        usable=usable,
        good=expectation(usable),
        next=tuple(wording.reason(reason) for reason in shoot.advice["next"]),
        warning=any(reason["code"] == "few_angles" for reason in shoot.advice["next"]),
        angles=tuple(Value(a, WORDS[a], _cover(p), TURNS[a]) for a, p in zip(ANGLES, angles)),
        rows=tuple(
            (Value(face, WORDS[face], _cover(p)), tuple(_cell(a, face, cells, following) for a in ANGLES))
            for face, p in zip(EXPRESSIONS, faces)
        ),
        lights=tuple(Value(light, LIGHT_WORDS[light], _cover(p)) for light, p in zip(LIGHTS, lights))[::-1],
    )


def _cell(angle: str, face: str, cells: set[tuple[str, ...]], following: tuple[str, ...]) -> Cell:
    shown = tuple((angle, light, face) in cells for light in ("left", "front", "right"))
    words = tuple(LIGHT_WORDS[light] for light, is_shown in zip(LIGHT_WORDS, shown) if is_shown)
    return Cell((shown[0], shown[1], shown[2]), words, following[::2] == (angle, face))


def _cover(probability: float) -> str:
    return "full" if probability >= SURE else "some" if probability >= SEEN else "none"
