"""A headshot's figures as people read them."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import median

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Headshot

Words = str | Promise
FORWARD = 8.0  # degrees of yaw that ``engine.looks.turn_words`` still calls facing forward
POSES: dict[str, Words] = {
    "front": _("To the camera"),
    "left": _("Turned left"),
    "right": _("Turned right"),
}
# CIEDE2000 up to which the words hold: 1 is the eye's threshold, 2 is what ranking forgives.
SKIN: tuple[tuple[float, Words], ...] = (
    (1.0, _("the same to the eye")),
    (2.0, _("hardly a difference")),
    (4.0, _("a slight difference")),
)
OFF = _("a visible difference")
UNKNOWN = _("not measured")
AROUND = 0.05  # of the gallery's median sharpness


def likeness(headshot: Headshot) -> int | None:
    return None if headshot.likeness is None else round(100 * headshot.likeness)


def pose(headshot: Headshot) -> str:
    """A key of POSES; what was not measured counts as facing forward."""
    yaw = headshot.yaw or 0.0
    if abs(yaw) < FORWARD:
        return "front"
    return "right" if yaw > 0 else "left"


def skin(headshot: Headshot) -> Words:
    if headshot.skin_shift is None:
        return UNKNOWN
    return next((words for most, words in SKIN if headshot.skin_shift <= most), OFF)


def sharpness(headshot: Headshot, gallery: Iterable[Headshot]) -> Words:
    """Against the gallery that it stands in: the figure alone depends on the model's pixels."""
    known = [one.sharpness for one in gallery if one.sharpness is not None]
    if headshot.sharpness is None or not known:
        return UNKNOWN
    ratio = headshot.sharpness / max(median(known), 1e-9)
    if ratio > 1 + AROUND:
        return _("sharper than most of the gallery")
    return _("softer than most of the gallery") if ratio < 1 - AROUND else _("like most of the gallery")
