"""What staff may choose for a new version of a look: words that the model knows, and a name for people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .engine.looks import BACKDROPS, COLOURS, OUTFITS
from .forms import FRAMINGS, SOFTNESS
from .look_desk import Sketched
from .models import CatalogueLook


def _words(words: Any) -> list[tuple[str, str]]:
    return [(word, word) for word in words]


class LookForm(forms.Form):
    """A look; its poses are those of all looks, so that a shoot can be shared out among them."""

    slug = forms.SlugField(
        label=_("Short name"), max_length=40, help_text=_("The same as a look's makes its next version.")
    )
    name = forms.CharField(label=_("Name"), max_length=80)
    outfit = forms.ChoiceField(label=_("Outfit"), choices=_words(OUTFITS))
    outfit_colour = forms.ChoiceField(label=_("Its colour"), choices=_words(COLOURS))
    backdrop = forms.ChoiceField(label=_("Backdrop"), choices=_words(BACKDROPS))
    backdrop_colour = forms.ChoiceField(label=_("Its colour"), choices=_words(COLOURS))
    light = forms.ChoiceField(label=_("Light"), choices=list(SOFTNESS.items()))
    framing = forms.ChoiceField(
        label=_("Framing"), choices=[(code, words) for code, (words, _height, _eyes) in FRAMINGS.items()]
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        return slug.lower()

    def chosen(self) -> Sketched:
        said = dict(self.cleaned_data)
        _label, head_height, eye_line = FRAMINGS[said.pop("framing")]
        return Sketched(**said, head_height=head_height, eye_line=eye_line)


def begun_from(look: CatalogueLook) -> dict[str, Any]:
    """The form filled with a version, to be changed into the next one."""
    direction = look.data["directions"][0]
    apart = {code: abs(height - direction["head_height"]) for code, (_, height, _) in FRAMINGS.items()}
    same = ("outfit", "outfit_colour", "backdrop", "backdrop_colour")
    return {
        "slug": look.slug,
        "name": look.name,
        "light": direction["light"],
        "framing": min(apart, key=lambda code: apart[code]),
        **{name: look.data[name] for name in same},
    }
