"""What an admin may choose for a brand: words of the catalogue and one exact colour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .brands import Chosen, Outfit
from .engine.looks import COLOURS, OUTFITS
from .engine.sizes import SIZES, Framing, fits
from .forms import FACES, SIDES, SOFTNESS, Words
from .models import Brand

MOST_OUTFITS = 6
COLOUR = re.compile(r"#?([0-9a-f]{6})")


@dataclass(frozen=True)
class Framed:
    """A framing on offer; shares of the picture's height."""

    words: Words
    head_height: float
    eye_line: float

    def drawn(self) -> dict[str, float]:
        """Where a drawing of it has what, in percent of its side."""
        wide, chin = 0.37 * self.head_height, self.eye_line + self.head_height / 2
        places = {
            "eyes": self.eye_line,
            "high": self.head_height / 2,
            "wide": wide,
            "neck": chin - 0.06,
            "shoulders": chin + 0.12 * self.head_height,
            "left": 0.5 - 2.6 * wide,
            "right": 0.5 + 2.6 * wide,
        }
        return {name: round(100 * place, 1) for name, place in places.items()}


FRAMINGS = {
    "close": Framed(_("Close-up"), 0.74, 0.46),
    "headshot": Framed(_("Headshot"), 0.66, 0.45),
    "shoulders": Framed(_("Head and shoulders"), 0.54, 0.42),
}


def _choices(table: dict[str, Words]) -> list[tuple[str, Words]]:
    return list(table.items())


class BrandForm(forms.Form):
    """One brand: its exact backdrop, clothes, light, framing, expressions and files."""

    backdrop = forms.CharField(
        label=_("Exact colour"),
        help_text=_("Six hexadecimal digits, as your style guide has them: #2e3050."),
        max_length=7,
    )
    light = forms.ChoiceField(label=_("Shadows"), choices=_choices(SOFTNESS), widget=forms.RadioSelect)
    light_side = forms.ChoiceField(
        label=_("Light, as seen in the picture"), choices=_choices(SIDES), widget=forms.RadioSelect
    )
    framing = forms.ChoiceField(
        label=_("Framing"),
        choices=[(code, one.words) for code, one in FRAMINGS.items()],
        widget=forms.RadioSelect,
    )
    expressions = forms.MultipleChoiceField(
        label=_("Expressions that fit"),
        choices=_choices(FACES),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one expression.")},
    )
    formats = forms.MultipleChoiceField(
        label=_("Files beside the full square"),
        choices=[(key, f"{size.name} · {size.width} × {size.height}") for key, size in SIZES.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, *, brand: Brand) -> None:
        super().__init__(data, initial=_as_set(brand))
        garments = [("", _("None")), *((word, word.capitalize()) for word in OUTFITS)]
        colours = [("", _("Colour")), *((word, word.capitalize()) for word in COLOURS)]
        for number in range(1, MOST_OUTFITS + 1):
            for name, label, choices in (
                ("garment", _("Garment %(number)s"), garments),
                ("colour", _("Its colour, %(number)s"), colours),
            ):
                self.fields[f"{name}_{number}"] = forms.ChoiceField(
                    label=label % {"number": number}, choices=choices, required=False
                )

    def outfit_fields(self) -> Iterator[tuple[forms.BoundField, forms.BoundField]]:
        for number in range(1, MOST_OUTFITS + 1):
            yield self[f"garment_{number}"], self[f"colour_{number}"]

    def framings(self) -> Iterator[tuple[str, Framed, bool]]:
        """Each with its code and whether it is chosen."""
        for code, framed in FRAMINGS.items():
            yield code, framed, self["framing"].value() == code

    def clean_backdrop(self) -> str:
        if not (code := COLOUR.fullmatch(self.cleaned_data["backdrop"].lower())):
            raise forms.ValidationError(_("Enter the colour as six hexadecimal digits, like #2e3050."))
        return code[1]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        cleaned["outfits"] = self._outfits(cleaned)
        if (framing := FRAMINGS.get(cleaned.get("framing", ""))) is None:
            return cleaned
        placed = Framing(framing.head_height, framing.eye_line)
        for key in cleaned.get("formats", ()):
            if not fits(SIZES[key], placed, 1, 1):
                sentence = _("%(size)s has no room for the head in this framing; choose a wider one.")
                self.add_error("formats", forms.ValidationError(sentence, params={"size": SIZES[key].name}))
        return cleaned

    def _outfits(self, cleaned: dict[str, Any]) -> list[Outfit]:
        """Each once, in the order given; a garment without its colour is asked for again."""
        chosen = list[Outfit]()
        for number in range(1, MOST_OUTFITS + 1):
            garment, colour = cleaned.get(f"garment_{number}"), cleaned.get(f"colour_{number}")
            if garment and colour:
                chosen.append((garment, colour))
            elif garment:
                self.add_error(f"colour_{number}", _("Choose its colour."))
        if not chosen and not self.errors:
            self.add_error("garment_1", _("Choose at least one garment and its colour."))
        return list(dict.fromkeys(chosen))

    def chosen(self) -> Chosen:
        values = self.cleaned_data
        framing = FRAMINGS[values["framing"]]
        return Chosen(
            backdrop=values["backdrop"],
            outfits=values["outfits"],
            light=values["light"],
            light_side=values["light_side"],
            head_height=framing.head_height,
            eye_line=framing.eye_line,
            expressions=values["expressions"],
            formats=values["formats"],
        )


def _as_set(brand: Brand) -> dict[str, Any]:
    framings = {one.head_height: code for code, one in FRAMINGS.items()}
    values: dict[str, Any] = {
        "backdrop": f"#{brand.backdrop}",
        "light": brand.light,
        "light_side": brand.light_side,
        "framing": framings[brand.head_height],
        "expressions": brand.expressions,
        "formats": brand.formats,
    }
    for number, (garment, colour) in enumerate(brand.outfits, start=1):
        values |= {f"garment_{number}": garment, f"colour_{number}": colour}
    return values
