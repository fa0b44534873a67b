"""What a company wants its headshots to have in common: read, changed, and held against what was drawn."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import product
from typing import Any

from django.db import transaction
from django.db.models import Max

from accounts import audit
from accounts.models import Company, Department, Member, User

from . import vault
from .engine.looks import COLOURS
from .engine.skin import delta_e, lab
from .engine.types import Direction, Look, Rgb, Style
from .models import Brand, CatalogueLook, Portrait

Outfit = tuple[str, str]  # garment and colour, words of engine.looks
TURNS = (0.0, -15.0, 15.0)  # degrees: what a wall of many still bears
# Drawn a little looser than asked for, so that a head off its place can be put right by cutting.
LOOSER, HIGHER = 1.065, 0.01


@dataclass(frozen=True)
class Chosen:
    """What an admin decides; columns of a Brand."""

    backdrop: str  # six hexadecimal digits
    outfits: Sequence[Outfit]
    light: str
    light_side: str
    head_height: float
    eye_line: float
    expressions: Sequence[str]
    formats: Sequence[str]


DEFAULT = Chosen(
    backdrop="dfe1e4",
    outfits=[("blazer and shirt", "navy"), ("shirt", "white")],
    light="soft",
    light_side="left",
    head_height=0.66,
    eye_line=0.45,
    expressions=["slight smile", "smile"],
    formats=["linkedin-400", "slack-512", "teams-648"],
)


def of(company: Company, department: Department | None = None) -> Brand:
    """The department's own brand, else the company's; a company that set none has a plain one."""
    return own(company, department) or own(company, None) or _default(company)


def own(company: Company, department: Department | None) -> Brand | None:
    """The brand that was set for exactly this department, or for everybody else."""
    return Brand.objects.filter(company=company, department=department).first()


def of_member(member: Member) -> Brand:
    return of(member.company, member.department)


def of_everybody(company: Company) -> Mapping[int | None, Brand]:
    """Each brand of a company by its department's key; None is that of all others."""
    of(company)
    return {brand.department_id: brand for brand in Brand.objects.filter(company=company)}


def change(company: Company, department: Department | None, actor: User, chosen: Chosen) -> Brand:
    """Set a brand. What differs from before is a new version, with looks of its own for coming shoots."""
    with transaction.atomic():
        _one_by_one(company)
        known = own(company, department)
        if known and all(getattr(known, name) == value for name, value in _columns(chosen).items()):
            return known
        brand = _set(company, department, known, chosen)
        audit.note(company, actor, "brand.changed", department.pk if department else "")
    for key in known.looks if known else ():
        vault.delete(brand.pk, "brands", example_file(key))
    return brand


def _default(company: Company) -> Brand:
    with transaction.atomic():
        _one_by_one(company)
        return own(company, None) or _set(company, None, None, DEFAULT)


def _one_by_one(company: Company) -> None:
    """Brands of a company change one after the other, so that no version is given twice."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)


def _set(company: Company, department: Department | None, known: Brand | None, chosen: Chosen) -> Brand:
    version = _next_version(company)
    brand = Brand(company=company, department=department, version=version, **_columns(chosen))
    if known:
        brand.pk = known.pk
    brand.looks = [look.key for look in _write_looks(brand)]
    brand.save(force_insert=known is None, force_update=known is not None)
    return brand


def _columns(chosen: Chosen) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(chosen).items()}


def _plain(value: Any) -> Any:
    """As JSON gives it back."""
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def _next_version(company: Company) -> int:
    """Never given before in the company: a portrait's number says which brand it was made to."""
    brands = Brand.objects.filter(company=company).aggregate(Max("version"))["version__max"]
    made = Portrait.objects.filter(member__company=company).aggregate(Max("brand_version"))
    return 1 + max(brands or 0, made["brand_version__max"] or 0)


def remove(company: Company, department: Department, actor: User) -> None:
    """The department goes by the company's brand from now on."""
    brand = own(company, department)
    if brand is None:
        return
    with transaction.atomic():
        Brand.objects.filter(pk=brand.pk).delete()
        audit.note(company, actor, "brand.removed", department.pk)
    vault.delete_all(brand.pk, "brands")


# Its looks: rows that shoots name, offered to nobody else.


def _write_looks(brand: Brand) -> list[CatalogueLook]:
    numbers = _numbers(brand)
    looks = [_look(brand, (garment, colour), numbers) for garment, colour in brand.outfits]
    return CatalogueLook.objects.bulk_create(
        CatalogueLook(slug=look.id, version=look.version, name=look.name, data=asdict(look), offered=False)
        for look in looks
    )


def _numbers(brand: Brand) -> dict[Outfit, int]:
    """A number for each outfit, for ever: what a headshot was drawn with can be told by its look's slug."""
    known = CatalogueLook.objects.filter(slug__startswith=f"{_slug(brand)}-")
    numbers = {
        (look.data["outfit"], look.data["outfit_colour"]): int(look.slug.rpartition("-")[2]) for look in known
    }
    for garment, colour in brand.outfits:
        numbers.setdefault((garment, colour), 1 + max(numbers.values(), default=0))
    return numbers


def _slug(brand: Brand) -> str:
    return f"brand-{brand.pk.hex[:12]}"


def _look(brand: Brand, outfit: Outfit, numbers: Mapping[Outfit, int]) -> Look:
    garment, colour = outfit
    return Look(
        id=f"{_slug(brand)}-{numbers[outfit]}",
        version=brand.version,
        name=f"{colour} {garment}".capitalize(),
        outfit=garment,
        outfit_colour=colour,
        backdrop="plain",
        backdrop_colour=nearest(rgb(brand.backdrop)),
        directions=directions(brand),
    )


def directions(brand: Brand) -> tuple[Direction, ...]:
    """Every turn with every expression of its range, under its one light, a little looser than its cut."""
    return tuple(
        Direction(
            yaw=yaw,
            expression=expression,
            light=brand.light,  # type: ignore[arg-type]  # the form and the engine share these words
            light_side=brand.light_side,  # type: ignore[arg-type]
            head_height=round(brand.head_height / LOOSER, 3),
            eye_line=round(brand.eye_line - HIGHER, 3),
        )
        for yaw, expression in product(TURNS, brand.expressions)
    )


def style(brand: Brand) -> Style:
    """What the engine needs to cut a picture to the brand."""
    return Style(rgb(brand.backdrop), brand.head_height, brand.eye_line)


def rgb(code: str) -> Rgb:
    """The colour of six hexadecimal digits."""
    red, green, blue = bytes.fromhex(code)
    return red, green, blue


def nearest(colour: Rgb) -> str:
    """The catalogue's word for a colour: what the model is told of a backdrop that is put behind later."""
    names = list(COLOURS)
    return names[int(delta_e(lab(colour), lab([COLOURS[name] for name in names])).argmin())]


def example_file(key: str) -> str:
    """The file's name of the example that was drawn for a look's key."""
    return key.replace("@", ".")


# Whether what was drawn before may stay.


def suits(brand: Brand, drawn: Mapping[str, Any], outfit: Outfit | None) -> bool:
    """Whether cutting anew is enough: clothes, light and expression are the brand's, and there is room."""
    return (
        outfit is not None
        and list(outfit) in brand.outfits
        and drawn["light"] == brand.light
        and drawn["light_side"] == brand.light_side
        and drawn["expression"] in brand.expressions
        and drawn["head_height"] <= brand.head_height
    )


def outfits(slugs: Iterable[str]) -> dict[str, Outfit]:
    """What each look was drawn with, by its slug."""
    found = CatalogueLook.objects.filter(slug__in=set(slugs))
    return {look.slug: (look.data["outfit"], look.data["outfit_colour"]) for look in found}
