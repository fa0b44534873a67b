"""Keeping the catalogue: a new version of a look is drafted, looked at, published; any may be retired."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.models import User

from . import fairness, vault
from .engine import looks
from .engine.types import BadInput, Look, Softness
from .failures import Refused
from .models import CatalogueLook, LookDraft

OF_BRANDS = "brand-"  # how the looks of companies' brands begin
# No look is called after who somebody is or ought to be. The name is for people: it never reaches a model.
NEVER = frozenset(
    "man men woman women male female boy girl lady ladies gentleman gentlemen masculine feminine"
    " young younger youthful old older elderly mature senior"
    " beautiful beauty handsome pretty attractive sexy hot slim slimmer flawless perfect glamour"
    " skin tone dark pale tan fair ethnic asian african european caucasian latino latina".split()
)


@dataclass(frozen=True)
class Sketched:
    """What staff chooses of a look, in words that the model knows."""

    slug: str
    name: str
    outfit: str
    outfit_colour: str
    backdrop: str
    backdrop_colour: str
    light: Softness
    head_height: float
    eye_line: float


def catalogue() -> QuerySet[CatalogueLook]:
    """Every version of the looks that are everybody's: those of brands belong to their companies."""
    return CatalogueLook.objects.exclude(slug__startswith=OF_BRANDS)


def draft(chosen: Sketched, by: User) -> LookDraft:
    """A next version of a look, or the first of a new one: offered to nobody until it is published."""
    _named(chosen)
    with transaction.atomic():
        versions = list(CatalogueLook.objects.select_for_update().filter(slug=chosen.slug))
        if LookDraft.objects.filter(look__in=versions, published_at=None).exists():
            raise Refused(_("There is a draft of this look: publish it or throw it away first."))
        newest = max(versions, key=lambda one: one.version, default=None)
        look = _look(chosen, newest.version + 1 if newest else 1)
        place = newest.place if newest else 1 + (catalogue().aggregate(most=Max("place"))["most"] or 0)
        row = CatalogueLook.objects.create(
            slug=look.id, version=look.version, name=look.name, data=asdict(look), offered=False, place=place
        )
        audit.record(by, "look.drafted", row.key)
        return LookDraft.objects.create(look=row)


def _named(chosen: Sketched) -> None:
    said = {word.strip(".,!?'’").lower() for word in chosen.name.replace("-", " ").split()}
    if wrong := sorted(said & NEVER):
        sentence = _("A look's name says nothing about people: leave out “%(word)s”.")
        raise Refused(sentence % {"word": wrong[0]})
    if chosen.slug.startswith(OF_BRANDS):
        raise Refused(_("Names that begin with “brand-” are for companies' brands."))


def _look(chosen: Sketched, version: int) -> Look:
    look = Look(
        id=chosen.slug,
        version=version,
        name=chosen.name,
        outfit=chosen.outfit,
        outfit_colour=chosen.outfit_colour,
        backdrop=chosen.backdrop,
        backdrop_colour=chosen.backdrop_colour,
        directions=looks.directions(
            light=chosen.light, head_height=chosen.head_height, eye_line=chosen.eye_line
        ),
    )
    try:
        return looks.known(look)
    except BadInput as error:
        raise Refused(str(error)) from error


def is_draft(look: CatalogueLook) -> bool:
    return LookDraft.objects.filter(look=look, published_at=None).exists()


def publish(look: CatalogueLook, by: User) -> None:
    """Offer this version, and no other of the look any more; shoots that chose another keep it.

    Raises Refused for one that nobody has seen, or that treats a skin tone worse than another.
    """
    _require_pictures(look)
    fairness.require(look)
    with transaction.atomic():
        CatalogueLook.objects.filter(slug=look.slug, offered=True).exclude(pk=look.pk).update(offered=False)
        if not CatalogueLook.objects.filter(pk=look.pk, offered=False).update(offered=True):
            raise Refused(_("This version is offered already."))
        LookDraft.objects.filter(look=look, published_at=None).update(published_at=timezone.now())
        audit.record(by, "look.published", look.key)


def _require_pictures(look: CatalogueLook) -> None:
    made = LookDraft.objects.filter(look=look).first()
    if made and made.drawn_at is None:
        raise Refused(_("Its pictures are not drawn yet: look at them before anybody is offered this look."))
    if made and not made.drawn:
        raise Refused(_("No picture of this look passed the gate: throw the draft away and change the look."))


def retire(look: CatalogueLook, by: User) -> None:
    """Offer it no longer; what was made or begun with it stays as it is."""
    with transaction.atomic():
        if not CatalogueLook.objects.filter(pk=look.pk, offered=True).update(offered=False):
            raise Refused(_("This version is not offered."))
        if not CatalogueLook.objects.filter(offered=True).exists():
            raise Refused(_("The catalogue must offer at least one look: publish another first."))
        audit.record(by, "look.retired", look.key)


def discard(look: CatalogueLook, by: User) -> None:
    """Throw a draft away with its pictures: nobody ever chose it."""
    made = LookDraft.objects.filter(look=look, published_at=None).first()
    if made is None:
        raise Refused(_("Only a draft can be thrown away; a published look is retired."))
    with transaction.atomic():
        audit.record(by, "look.discarded", look.key)
        look.delete()
    vault.delete_all(made.pk, "looks")
