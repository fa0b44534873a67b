"""What the person may choose for a shoot: catalogue values only, so that nothing typed reaches a model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

from django import forms
from django.conf import settings
from django.db.models import Max
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from billing import ledger

from .catalogue import MOST_LOOKS, on_offer
from .engine.looks import COLOURS, KEEP_GROUPS
from .engine.types import Expression, LightSide, Softness
from .models import Shoot
from .paying import payer

Words = str | Promise
AS_THE_LOOK: tuple[str, Words] = ("", _("As the look has it"))
# Degrees as the picture shows them, in the middle of what ``looks.turn_words`` calls by that word.
TURNS: dict[str, tuple[Words, float]] = {
    "far-left": (_("Three-quarter left"), -30.0),
    "left": (_("Slightly left"), -15.0),
    "front": (_("To the camera"), 0.0),
    "right": (_("Slightly right"), 15.0),
    "far-right": (_("Three-quarter right"), 30.0),
}
# Height of the head and line of the eyes, as shares of the frame, within what the models were shown.
FRAMINGS: dict[str, tuple[Words, float, float]] = {
    "close-up": (_("Close-up"), 0.72, 0.45),
    "headshot": (_("Headshot"), 0.62, 0.44),
    "shoulders": (_("Head and shoulders"), 0.5, 0.41),
}
FACES: dict[str, Words] = {
    "neutral": _("Calm"),
    "slight smile": _("Slight smile"),
    "smile": _("Smile"),
}
SIDES: dict[str, Words] = {
    "left": _("From the left"),
    "front": _("From the front"),
    "right": _("From the right"),
}
SOFTNESS: dict[str, Words] = {"soft": _("Soft"), "hard": _("Hard, with clear shadows")}
KEEP: dict[str, Words] = {
    "glasses": _("Glasses"),
    "beard": _("Beard"),
    "covering": _("Head covering"),
    "hair colour": _("Hair colour"),
    "hair style": _("Hair"),
    "marks": _("Marks of the skin"),
}
COUNTS = (8,) if settings.SHOOT_SIZE == "small" else (40, 80, 120, 200)


def _words(table: dict[str, Any]) -> list[tuple[str, Words]]:
    return [(code, entry[0] if isinstance(entry, tuple) else entry) for code, entry in table.items()]


def _wish(label: Words, table: dict[str, Any]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[AS_THE_LOOK, *_words(table)], widget=forms.RadioSelect
    )


class MoreLooksForm(forms.Form):
    """One to six looks of those that the shoot may have."""

    most_looks = MOST_LOOKS
    looks = forms.MultipleChoiceField(
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose one to six looks.")},
    )

    def __init__(self, data: Any = None, *, shoot: Shoot, **more: Any) -> None:
        super().__init__(data, **more)
        self.catalogue = on_offer(shoot)
        looks = self.fields["looks"]
        assert isinstance(looks, forms.MultipleChoiceField)
        looks.choices = [(look.key, look.name) for look in self.catalogue]

    def clean_looks(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["looks"]
        if len(chosen) > MOST_LOOKS:
            raise forms.ValidationError(_("Choose one to six looks."))
        if len(chosen) > self.most_looks:
            sentence = _("Your credit is for %(most)d looks; choose fewer, or get a larger pack.")
            raise forms.ValidationError(sentence, params={"most": self.most_looks})
        return chosen


class BrandLooksForm(MoreLooksForm):
    """For a company: the outfits of its brand, and what must stay as it is. All else is the brand's."""

    def __init__(self, data: Any = None, *, shoot: Shoot, noticed: Sequence[str] = ()) -> None:
        """``noticed`` is proposed, ticked, where nothing was chosen yet; only what is sent counts."""
        super().__init__(data, shoot=shoot, initial=_chosen(shoot))
        self.most_looks = min(MOST_LOOKS, len(self.catalogue))
        self.noticed, self.proposed = noticed, not shoot.looks
        keep = noticed if self.proposed else shoot.keep
        for group, words in KEEP_GROUPS.items():
            self.fields[f"keep {group}"] = forms.MultipleChoiceField(
                label=KEEP[group],
                required=False,
                choices=[(word, word) for word in words[1:]],
                widget=forms.CheckboxSelectMultiple,
                initial=[word for word in keep if word in words],
            )

    @property
    def keep_fields(self) -> list[forms.BoundField]:
        return [self[f"keep {group}"] for group in KEEP_GROUPS]

    def keep(self) -> list[str]:
        return [word for group in KEEP_GROUPS for word in self.cleaned_data[f"keep {group}"]]

    def asked_for(self) -> int:
        """How many headshots."""
        return COUNTS[0]

    def direction(self) -> dict[str, Any]:
        """The wishes as the engine's directions name them; what was left to the look is absent."""
        return {}

    def chosen_wishes(self) -> list[tuple[Words, Words]]:
        """What was chosen beyond the looks, as label and word."""
        return []


class LooksForm(BrandLooksForm):
    """The looks, the wishes laid over them, and what must stay as it is."""

    backdrop_colour = forms.ChoiceField(
        label=_("Backdrop"),
        required=False,
        choices=[AS_THE_LOOK, *((colour, colour.capitalize()) for colour in COLOURS)],
        widget=forms.RadioSelect,
    )
    turn = _wish(_("Head"), TURNS)
    expression = _wish(_("Expression"), FACES)
    light_side = _wish(_("Light, as seen in the picture"), SIDES)
    light = _wish(_("Shadows"), SOFTNESS)
    framing = _wish(_("Framing"), FRAMINGS)
    asked = forms.TypedChoiceField(
        label=_("How many headshots"),
        coerce=int,
        choices=[(count, str(count)) for count in COUNTS],
        initial=COUNTS[0],
        error_messages={
            "invalid_choice": _("Choose one of the numbers on offer; for more headshots get a larger pack.")
        },
        widget=forms.RadioSelect,
    )

    def __init__(self, data: Any = None, *, shoot: Shoot, noticed: Sequence[str] = ()) -> None:
        super().__init__(data, shoot=shoot, noticed=noticed)
        self.offer(shoot)

    def offer(self, shoot: Shoot) -> None:
        """No more headshots, nor looks, than any of the payer's credits is good for.

        Who has none yet may choose anything: the price list says what it takes.
        """
        most = ledger.unspent(payer(shoot)).aggregate(Max("headshots"), Max("looks"))
        if most["looks__max"]:
            self.most_looks = min(MOST_LOOKS, most["looks__max"])
            asked = self.fields["asked"]
            assert isinstance(asked, forms.ChoiceField)
            asked.choices = [(count, str(count)) for count in COUNTS if count <= most["headshots__max"]]

    @property
    def wish_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("turn", "expression", "light_side", "light", "framing")]

    def asked_for(self) -> int:
        count: int = self.cleaned_data["asked"]
        return count

    def direction(self) -> dict[str, Any]:
        chosen = self.cleaned_data
        names = ("backdrop_colour", "expression", "light_side", "light")
        wishes: dict[str, Any] = {name: chosen[name] for name in names if chosen[name]}
        if chosen["turn"]:
            wishes["yaw"] = TURNS[chosen["turn"]][1]
        if chosen["framing"]:
            _label, wishes["head_height"], wishes["eye_line"] = FRAMINGS[chosen["framing"]]
        return wishes

    def chosen_wishes(self) -> list[tuple[Words, Words]]:
        fields = [
            self[name] for name in ("backdrop_colour", "turn", "expression", "light_side", "light", "framing")
        ]
        return [(field.label, dict(field.field.choices)[field.value()]) for field in fields if field.value()]


def looks_form(data: Any = None, *, shoot: Shoot, noticed: Sequence[str] = ()) -> BrandLooksForm:
    """The form of a shoot: of one's own, or for a company."""
    return (BrandLooksForm if shoot.member else LooksForm)(data, shoot=shoot, noticed=noticed)


def _chosen(shoot: Shoot) -> dict[str, Any]:
    """What was chosen before, as the form's values."""
    wishes = dict(shoot.direction)
    turns: dict[Any, str] = {degrees: code for code, (_label, degrees) in TURNS.items()}
    framings: dict[Any, str] = {height: code for code, (_label, height, _line) in FRAMINGS.items()}
    return {
        **wishes,
        "looks": shoot.looks,
        "turn": turns.get(wishes.get("yaw"), ""),
        "framing": framings.get(wishes.get("head_height"), ""),
        "asked": shoot.asked if shoot.asked in COUNTS else COUNTS[0],
    }


assert set(FACES) == set(get_args(Expression))
assert set(SIDES) == set(get_args(LightSide))
assert set(SOFTNESS) == set(get_args(Softness))
assert set(KEEP) == set(KEEP_GROUPS)


class ReasonForm(forms.Form):
    """Why staff does it: it stands in the log, which the person may read."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Without names. The person whose shoot it is may read it."),
        max_length=60,  # beside a shoot's number in a line of the log
        widget=forms.TextInput({"class": "vTextField"}),
    )
