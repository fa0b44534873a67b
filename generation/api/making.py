"""What it shall be, the submission, and what may still be wanted afterwards."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from .. import intake, shoots, tasks
from ..engine.looks import KEEP_GROUPS
from ..forms import COUNTS, MoreLooksForm, looks_form
from ..models import CatalogueLook, Lost, Shoot
from . import shapes
from .doors import own, said, told
from .errors import refuse


@told(shapes.LookShape(many=True))
@api_view(["GET"])
def looks(request: Request) -> Response:
    """The catalogue."""
    return Response(shapes.LookShape(CatalogueLook.objects.filter(offered=True), many=True).data)


@told(shapes.ShootShape, takes=shapes.ChoiceShape)
@api_view(["PUT"])
def choice(request: Request, shoot: UUID) -> Response:
    """One to six looks, wishes beyond them, and what must stay; what is left out, the look decides.

    Without `keep`, what was noticed in the photos is kept.
    """
    mine = own(request, shoot)
    chosen = {"keep": intake.noticed(mine), **said(shapes.ChoiceShape, request)}
    form = looks_form(_as_form(chosen), shoot=mine)
    if not form.is_valid():
        field, sentences = next(iter(form.errors.items()))
        raise refuse(field, str(sentences[0]))
    shoots.choose(
        mine,
        looks=form.cleaned_data["looks"],
        direction=form.direction(),
        keep=form.keep(),
        asked=form.asked_for(),
    )
    return Response(shapes.ShootShape(mine).data)


def _as_form(choice: dict[str, Any]) -> dict[str, Any]:
    """As the page's form sends it: the words to keep by their groups."""
    kept = choice.pop("keep")
    groups = {
        f"keep {group}": [word for word in kept if word in words] for group, words in KEEP_GROUPS.items()
    }
    return {"asked": COUNTS[0], **choice, **groups}


@told(shapes.ShootShape)
@api_view(["POST"])
def submit(request: Request, shoot: UUID) -> Response:
    """Spend a credit and hand it in; sent twice, it is submitted once."""
    mine = own(request, shoot)
    with suppress(Lost):  # the same request at the same moment was faster
        shoots.submit(mine)
    return _nudged(mine)


@told(shapes.ShootShape)
@api_view(["POST"])
def cancel(request: Request, shoot: UUID) -> Response:
    """Stop the work; the credit comes back."""
    mine = own(request, shoot)
    shoots.cancel(mine)
    return Response(shapes.ShootShape(mine).data)


@told(shapes.ShootShape, takes=shapes.LooksShape)
@api_view(["POST"])
def more_looks(request: Request, shoot: UUID) -> Response:
    """Further looks from the identity, as long as it is kept; they join the gallery."""
    mine = own(request, shoot)
    form = MoreLooksForm(said(shapes.LooksShape, request), shoot=mine)
    if not form.is_valid():
        raise refuse("looks", str(form.errors["looks"][0]))
    shoots.more_looks(mine, form.cleaned_data["looks"])
    return _nudged(mine)


def _nudged(shoot: Shoot) -> Response:
    shoot.refresh_from_db()
    tasks.nudge(shoot)
    return Response(shapes.ShootShape(shoot).data)
