"""A photo as its tile shows it: the state in a word, the reasons, and where its face is."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from . import wording
from .models import Photo, Verdict

Words = str | Promise
STATES: dict[str, Words] = {
    "checking": _("Checking"),
    "accepted": _("Good"),
    "advice": _("Good, with advice"),
    "refused": _("Cannot be used"),
}
# Only the set shows these, so the tile names them.
OF_THE_SET: dict[str, Words] = {
    "not_same_person": _("Another person?"),
    "duplicate": _("The same photo twice"),
    "ai_made": _("Not a photograph"),
}
PENCIL = 0.0125  # width of the line around the face, as a share of the tile


@dataclass(frozen=True)
class Tile:
    photo: Photo
    image: str  # address of the thumbnail
    state: str
    label: Words
    reasons: tuple[str, ...]
    view: str  # an SVG viewBox: the square of the picture that the tile shows
    face: tuple[int, int, int, int] | None  # x, y, width, height in pixels
    line: float


def tiles(photos: Iterable[Photo], image: Callable[[Photo], str]) -> list[Tile]:
    return [_tile(photo, image(photo)) for photo in photos]


def _tile(photo: Photo, image: str) -> Tile:
    reasons = [*photo.reasons, *photo.set_reasons]
    blocking = [reason for reason in reasons if reason["blocking"]]
    if photo.verdict == Verdict.WAITING:
        state = "checking"
    elif not photo.accepted:
        state = "refused"
    else:
        state = "advice" if reasons else "accepted"
    named = [OF_THE_SET[reason["code"]] for reason in blocking if reason["code"] in OF_THE_SET]
    return Tile(
        photo=photo,
        image=image,
        state=state,
        label=named[0] if named else STATES[state],
        reasons=tuple(wording.reason(reason) for reason in blocking or reasons),
        view="{} {} {} {}".format(*square(photo)),
        face=_face(photo),
        line=PENCIL * min(photo.width, photo.height),
    )


def _face(photo: Photo) -> tuple[int, int, int, int] | None:
    if len(photo.box) != 4:
        return None
    left, top, right, bottom = photo.box
    width, height = photo.width, photo.height
    return (
        round(left * width),
        round(top * height),
        round((right - left) * width),
        round((bottom - top) * height),
    )


def square(photo: Photo) -> tuple[int, int, int, int]:
    """The largest square of the picture with the face, or else the middle, as near its centre as possible."""
    side = min(photo.width, photo.height)
    left, top, right, bottom = photo.box if len(photo.box) == 4 else (0, 0, 1, 1)
    x = (left + right) / 2 * photo.width - side / 2
    y = (top + bottom) / 2 * photo.height - side / 2
    return (
        round(min(max(x, 0), photo.width - side)),
        round(min(max(y, 0), photo.height - side)),
        side,
        side,
    )
