"""The catalogue: looks, the words that may reach a model, and the prompt as a function of catalogue ids."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .types import BadInput, Direction, Keep, Look, Rgb

COLOURS: dict[str, Rgb] = {
    "white": (238, 238, 236),
    "light grey": (190, 190, 192),
    "grey": (128, 128, 130),
    "charcoal": (66, 68, 72),
    "black": (26, 26, 28),
    "navy": (36, 46, 80),
    "blue": (60, 105, 165),
    "light blue": (165, 195, 225),
    "teal": (48, 122, 124),
    "green": (70, 120, 75),
    "olive": (98, 98, 62),
    "beige": (200, 180, 150),
    "brown": (108, 80, 58),
    "burgundy": (108, 34, 50),
    "red": (172, 50, 50),
    "pink": (215, 165, 172),
    "purple": (112, 82, 138),
    "yellow": (220, 185, 85),
}
OUTFITS = ("t-shirt", "blazer and shirt", "suit and tie", "shirt", "sweater", "turtleneck", "blouse")
BACKDROPS = ("plain", "gradient", "textured", "office", "outdoors")
MEDIA = ("studio portrait", "phone photo")

# Traits that are a person's own. A word of these groups is said in training captions and in every prompt.
# The first of a group marks absence and is never said.
KEEP_GROUPS: dict[str, tuple[str, ...]] = {
    "glasses": ("no glasses", "round glasses", "square glasses", "thin glasses"),
    "beard": ("no beard", "stubble", "moustache", "goatee", "short beard", "full beard"),
    "covering": ("uncovered", "headscarf", "turban"),
    "hair colour": (
        "no hair colour",
        "black hair",
        "brown hair",
        "auburn hair",
        "red hair",
        "blonde hair",
        "grey hair",
        "white hair",
    ),
    "hair style": (
        "no hair style",
        "bald head",
        "buzz cut",
        "short hair",
        "side part",
        "swept back hair",
        "bob",
        "long hair",
        "wavy hair",
        "curly hair",
        "afro",
        "bun",
        "ponytail",
        "braids",
    ),
    "marks": ("no marks", "freckles", "mole"),
}
KEEP_WORDS = tuple(word for words in KEEP_GROUPS.values() for word in words[1:])


def turn_words(direction: Direction) -> tuple[str, ...]:
    """Yaw and pitch in the words that captions and prompts share."""
    side = "right" if direction.yaw > 0 else "left"
    turn = abs(direction.yaw)
    if turn < 8:
        words = ["facing forward"]
    elif turn < 22:
        words = [f"turned slightly {side}"]
    elif turn < 42:
        words = [f"turned three-quarter {side}"]
    else:
        words = [f"profile {side}"]
    if abs(direction.pitch) >= 7:
        words.append("chin up" if direction.pitch > 0 else "chin down")
    return tuple(words)


def light_words(direction: Direction) -> str:
    where = "the front" if direction.light_side == "front" else f"the {direction.light_side}"
    return f"{direction.light} light from {where}"


def framing_word(direction: Direction) -> str:
    if direction.head_height >= 0.7:
        return "close-up"
    return "headshot" if direction.head_height >= 0.56 else "head and shoulders"


def caption(
    direction: Direction,
    *,
    medium: str,
    backdrop: str,
    garment: str,
    light: str = "",
    keep: Keep = Keep(),
    token: str = "",
) -> str:
    """A picture in words: the one grammar of captions and prompts.

    ``backdrop`` is kind and colour, ``garment`` colour and kind, ``light`` as ``light_words`` says it; what
    is not known is "" and left unsaid.
    """
    subject = f"{token} person" if token else "person"
    phrases = [
        f"{medium} of a {subject}",
        *keep.words,
        *turn_words(direction),
        direction.expression,
        light,
        backdrop and f"{backdrop} background",
        garment,
        framing_word(direction),
    ]
    return ", ".join(phrase for phrase in phrases if phrase)


def prompt(look: Look, direction: Direction, keep: Keep = Keep(), *, token: str = "") -> str:
    """What the model is told: a function of catalogue ids only (promise 29), no word about the person
    but the token of their adapter and their keep list."""
    return caption(
        direction,
        medium="studio portrait",
        backdrop=f"{look.backdrop} {look.backdrop_colour}",
        garment=f"{look.outfit_colour} {look.outfit}",
        light=light_words(direction),
        keep=keep,
        token=token,
    )


def keep_list(words: Iterable[str]) -> Keep:
    """Checked keep list; raises BadInput naming the words that are known."""
    chosen = tuple(words)
    unknown = [word for word in chosen if word not in KEEP_WORDS]
    if unknown:
        raise BadInput(f"Unknown kept trait {unknown[0]!r}; choose from: {', '.join(KEEP_WORDS)}.")
    return Keep(chosen)


_SIDES = (
    Direction(yaw=-18),
    Direction(yaw=18, light_side="right"),
    Direction(yaw=0, expression="smile", light_side="front"),
    Direction(yaw=-8, expression="neutral", light_side="right"),
    Direction(yaw=26, pitch=3, light_side="left"),
    Direction(yaw=-28, expression="smile"),
)


def directions(**changes: object) -> tuple[Direction, ...]:
    """The poses and lights that every look of the catalogue is shot in, with some fields fixed."""
    return tuple(replace(direction, **changes) for direction in _SIDES)  # type: ignore[arg-type]


CATALOGUE: dict[str, Look] = {
    look.id: look
    for look in (
        Look("studio-grey", 1, "Studio grey", "blazer and shirt", "navy", "plain", "grey", _SIDES),
        Look("clean-white", 1, "Clean white", "shirt", "light blue", "plain", "white", _SIDES),
        Look("boardroom", 1, "Boardroom", "suit and tie", "charcoal", "gradient", "navy", _SIDES),
        Look("open-office", 1, "Open office", "shirt", "white", "office", "light grey", _SIDES),
        Look("warm-beige", 1, "Warm beige", "sweater", "burgundy", "textured", "beige", _SIDES),
        Look("deep-teal", 1, "Deep teal", "turtleneck", "black", "plain", "teal", _SIDES),
        Look("garden", 1, "Garden", "blouse", "white", "outdoors", "green", _SIDES),
        Look(
            "low-key",
            1,
            "Low key",
            "turtleneck",
            "charcoal",
            "plain",
            "black",
            directions(light="hard"),
        ),
        Look("studio-blue", 1, "Studio blue", "t-shirt", "white", "gradient", "blue", _SIDES),
        Look(
            "close-portrait",
            1,
            "Close portrait",
            "sweater",
            "grey",
            "plain",
            "light grey",
            directions(head_height=0.74, eye_line=0.46),
        ),
    )
}


def known(look: Look) -> Look:
    """The look again if the model has words for all of it and every direction can be drawn; else BadInput."""
    kinds = {
        "outfit": (look.outfit, OUTFITS),
        "backdrop": (look.backdrop, BACKDROPS),
        "colour": (look.outfit_colour, COLOURS),
        "backdrop colour": (look.backdrop_colour, COLOURS),
    }
    for kind, (word, words) in kinds.items():
        if word not in words:
            raise BadInput(f"Unknown {kind} {word!r}; choose from: {', '.join(words)}.")
    if not look.directions:
        raise BadInput("A look needs at least one direction.")
    for one in look.directions:
        if not (0.4 <= one.head_height <= 0.8 and 0.3 <= one.eye_line <= 0.55):
            raise BadInput("Heads are 0.4 to 0.8 of the frame, their eyes 0.3 to 0.55 below its top edge.")
    return look


def chosen_looks(ids: Sequence[str]) -> tuple[Look, ...]:
    """Looks by id, in the order given; raises BadInput naming the ids that exist."""
    unknown = [look for look in ids if look not in CATALOGUE]
    if unknown:
        raise BadInput(f"Unknown look {unknown[0]!r}; choose from: {', '.join(CATALOGUE)}.")
    return tuple(CATALOGUE[look] for look in ids)
