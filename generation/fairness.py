"""Which looks treat every skin tone alike: measured on people who do not exist, and asked before publishing.

No trait of a customer is inferred or stored for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import lab, measured
from .catalogue import as_look
from .engine.looks import CATALOGUE
from .engine.types import Look
from .failures import Refused
from .models import CatalogueLook, LookMeasure
from .tones import Tones, behind, enough, look_version, model_version

RESULT = "fairness"  # benchmarks/results/fairness.json, of the looks and models that a version ships with
COMMAND = "manage.py measure_look"


@dataclass(frozen=True)
class Figures:
    """What was measured of one look with the model in use."""

    tones: Tones
    date: str

    @property
    def behind(self) -> list[str]:
        return behind(self.tones)


@cache
def in_use(folder: Path) -> str:
    """The version of the model that this installation draws with."""
    return model_version(folder)


def of(looks: Iterable[CatalogueLook]) -> dict[int, Figures]:
    """Figures by primary key of the looks that were measured, here or before they were shipped; one query."""
    rows, model = list(looks), in_use(lab.model_folder())
    found = {row.pk: figures for row in rows if (figures := _shipped(row, model))}
    for own in LookMeasure.objects.filter(look__in=rows, model=model):
        found[own.look_id] = Figures(own.tones, own.at.date().isoformat())
    return {pk: figures for pk, figures in found.items() if enough(figures.tones)}


def _shipped(row: CatalogueLook, model: str) -> Figures | None:
    for part in measured.read(RESULT).values():
        told = part["looks"].get(row.key)
        if part["model"] == model and told and told["look"] == look_version(row.data):
            return Figures(told["tones"], part["date"])
    return None


def require(row: CatalogueLook) -> None:
    """Raises Refused for a look that treats a tone worse, or of which nobody knows.

    What this version shipped with may be offered without figures, as it is on a fresh installation.
    """
    figures = of([row]).get(row.pk)
    if figures is None and not is_shipped(row):
        raise Refused(
            _("It is not measured by skin tone with the model in use: run %(command)s %(look)s first.")
            % {"command": COMMAND, "look": row.key}
        )
    if figures and (sentences := figures.behind):
        raise Refused(_("It treats skin tones unequally. %(why)s") % {"why": " ".join(sentences)})


def is_shipped(row: CatalogueLook) -> bool:
    """Whether it came with this version of Headshots."""
    shipped: Look | None = CATALOGUE.get(row.slug)
    return shipped is not None and as_look(row.data) == shipped


def failing() -> list[CatalogueLook]:
    """Looks on offer that treat a tone worse: to be retired."""
    offered = list(CatalogueLook.objects.filter(offered=True))
    figures = of(offered)
    return [look for look in offered if look.pk in figures and figures[look.pk].behind]


def alarm() -> list[str]:
    """The sentence about them, if there are any."""
    keys = [look.key for look in failing()]
    if not keys:
        return []
    said = ngettext(
        "The look %(looks)s is offered and treats skin tones unequally: retire it.",
        "The looks %(looks)s are offered and treat skin tones unequally: retire them.",
        len(keys),
    )
    return [said % {"looks": ", ".join(keys)}]
