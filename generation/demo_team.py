"""The demo's company: Acme, whose people are as far as people are in the middle of it."""

from __future__ import annotations

from datetime import timedelta
from itertools import cycle, islice

from django.utils import timezone

from accounts.models import Company, Department, Member, Role, User
from billing import ledger

from . import brands, cast, cutting, recorded
from .engine.looks import COLOURS
from .models import Brand

LOOK, BACKDROP = "deep-teal", bytes(COLOURS["teal"]).hex()  # one face of the recorded gallery stands for all
PEOPLE = {
    "Engineering": "Ada Moreau, Bela Kis, Chen Wei, Dana Novak, Elif Demir, Femi Okoro, Goran Ilic,"
    " Hugo Lind, Ines Duarte, Jun Sato",
    "Sales": "Kofi Mensah, Lena Graf, Mina Rao, Nils Berg, Olga Sokol, Pedro Luz, Quinn Hale, Rosa Vidal",
    "People": "Sami Laine, Tara Singh, Uma Nair, Vera Horak, Wim de Boer, Yara Haddad",
}
CREDITS = 30
CUT = 3  # each takes half a second
SHOOTING = ("Bela Kis", "Olga Sokol")  # their headshots wait for them to choose


def seed() -> Company:
    """hana owns it, adam administers it with her, emil is asked; a week is left."""
    hana = cast.person("hana")
    acme = cast.company(hana)
    Company.objects.filter(pk=acme.pk).update(
        due=timezone.localdate() + timedelta(days=7), columns=["Employee number"]
    )
    ledger.grant(acme, CREDITS, source="demo")
    brand = _brand(acme, hana)
    cast.member(acme, cast.person("adam"), role=Role.ADMIN)
    cast.member(acme, cast.person("emil"), department=acme.departments.create(name="Support"))
    people = _people(acme)
    for name in SHOOTING:
        _shot(people[name])
    made = cycle(_cut(brand))
    for member in [member for name, member in people.items() if name not in SHOOTING][::3]:
        files, measures = next(made)
        cast.portrait(member, files, measures=measures, brand_version=brand.version)
    return acme


def _brand(acme: Company, hana: User) -> Brand:
    chosen = brands.Chosen(
        backdrop=BACKDROP,
        outfits=[("turtleneck", "black")],
        light="soft",
        light_side="left",
        head_height=brands.DEFAULT.head_height,
        eye_line=brands.DEFAULT.eye_line,
        expressions=["neutral", "slight smile", "smile"],
        formats=brands.DEFAULT.formats,
    )
    return brands.change(acme, None, hana, chosen)


def _cut(brand: Brand) -> list[tuple[dict[str, bytes], dict[str, float]]]:
    """A few pictures as the worker would have made them to the brand; the released ones share them."""
    drawn = (one.image for one in recorded.headshots() if one.measured["look"] == LOOK)
    return [cutting.branded(image, brands.style(brand), brand.formats) for image in islice(drawn, CUT)]


def _people(acme: Company) -> dict[str, Member]:
    made: dict[str, Member] = {}
    for place, names in PEOPLE.items():
        department = Department.objects.create(company=acme, name=place)
        for name in names.split(", "):
            made[name] = cast.member(
                acme,
                email=f"{name.lower().replace(' ', '.')}@example.com",
                name=name,
                department=department,
                fields={"Employee number": f"{len(made) + 1:04}"},
            )
    return made


def _shot(member: Member) -> None:
    """Ready, and nothing released."""
    user = cast.person(member.email.partition("@")[0], password=None)
    member.user, member.joined_at = user, timezone.now()
    member.save()
    cast.ready(user, member=member)
