"""What the engine says, in the person's language: the one catalogue of its sentences for translators.

The engine speaks English and knows no gettext. Here each of its sentences stands once more, marked for
translation, with names where it puts in words of its own; so that a stored sentence is understood again by
its pattern, whatever was put in. What is not understood is shown as it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext, gettext_noop

REASONS = {
    "no_face": gettext_noop(
        "No face was found; use a photo that shows the whole face from the front or side."
    ),
    "several_faces": gettext_noop(
        "There are several people in it; crop the photo to the one person, or use another."
    ),
    "too_small": gettext_noop(
        "The face is too small; come closer, so that it is {least} pixels high or more."
    ),
    "blurred": gettext_noop("The face is blurred; use a photo that is in focus, taken with a steady hand."),
    "too_dark": gettext_noop(
        "It is too dark to see the face's details; take it again by a window or with a lamp on."
    ),
    "blown": gettext_noop("The face is so bright that its skin turned white; step out of the direct light."),
    "eyes_hidden": gettext_noop("The eyes are hidden; take off the sunglasses or brush the hair aside."),
    "face_covered": gettext_noop(
        "Something covers the lower face; use a photo without a mask or hand before it."
    ),
    "ai_made": gettext_noop("The file says that a model made this picture; use a real photograph."),
    "not_same_person": gettext_noop("This seems to be somebody else than in most of the photos; remove it."),
    "duplicate": gettext_noop("This is the same picture as {other}; another moment or place teaches more."),
    "unchecked": gettext_noop("This photo could not be checked; remove it and add another."),
    "heavy_filter": gettext_noop(
        "A filter changed skin or colours; the photo as it was taken gives a truer likeness."
    ),
    "busy_background": gettext_noop("The background is busy; a plain wall behind the person works better."),
    "mixed_light": gettext_noop(
        "The light has two colours or very hard shadows; daylight from one side works better."
    ),
    "extreme_expression": gettext_noop("The expression is extreme; add photos with a calm face or a smile."),
    "old": gettext_noop("It is more than two years old; newer photos look more like the person today."),
    "few_angles": gettext_noop(
        "The photos show fewer than three angles; add one {turn}, with {face} and {light}."
    ),
    "next_photo": gettext_noop("Add one photo {turn}, with {face} and {light}."),
}
# Beside the page's heading "The next best photo" the engine's own beginning would say it twice.
SPOKEN = {**REASONS, "next_photo": "The next best photo: Add one {turn}, with {face} and {light}."}
ERRORS = (
    gettext_noop("{name} is larger than 50 MB; save a smaller copy of it."),
    gettext_noop("{name} is empty; upload it again."),
    gettext_noop("{name} is not a photo we can read. Use a JPEG, PNG, WebP or HEIC photo."),
    gettext_noop("{name} is damaged or incomplete; upload the original file again."),
    gettext_noop("{name} needs too much memory to read; save a smaller copy of it."),
    gettext_noop("{name} is made of too many parts; save a copy of it as an ordinary JPEG."),
    gettext_noop("{name} has more than 50 megapixels; save a smaller copy of it."),
    gettext_noop("{name} is longer than {most} pixels; crop it around the person."),
    gettext_noop("{name} is only {width} by {height} pixels; use the original, at least {least} a side."),
    gettext_noop("{name} took too long to read: save a smaller copy of it."),
    gettext_noop("{name} could not be read just now; upload it again."),
    gettext_noop(
        "This is not a picture of at most 50 MB that we can read. Use a JPEG, PNG, WebP or HEIC photo."
    ),
)
PARTS = frozenset(
    (
        gettext_noop("turned three-quarters to the picture's left"),
        gettext_noop("turned slightly to the picture's left"),
        gettext_noop("looking straight at the camera"),
        gettext_noop("turned slightly to the picture's right"),
        gettext_noop("turned three-quarters to the picture's right"),
        gettext_noop("a calm face"),
        gettext_noop("a slight smile"),
        gettext_noop("a smile"),
        gettext_noop("window light on the face's left half as seen in the picture"),
        gettext_noop("even light on both halves of the face"),
        gettext_noop("window light on the face's right half as seen in the picture"),
    )
)


def reason(found: Mapping[str, Any]) -> str:
    """The sentence of a stored reason."""
    said: str = found["sentence"]
    words = _heard(SPOKEN.get(found["code"], ""), said)
    return said if words is None else _told(REASONS[found["code"]], words)


def error(failure: Exception) -> str:
    """The sentence of a ``BadInput``; others are in the person's language already."""
    said = str(failure)
    for sentence in ERRORS:
        if (words := _heard(sentence, said)) is not None:
            return _told(sentence, words)
    return said


def _told(sentence: str, words: Mapping[str, str]) -> str:
    translated = {name: gettext(word) if word in PARTS else word for name, word in words.items()}
    return gettext(sentence).format(**translated)


def _heard(sentence: str, said: str) -> Mapping[str, str] | None:
    """The words that were put into the sentence's names; None where another sentence was said."""
    found = _pattern(sentence).fullmatch(said)
    return found.groupdict() if found else None


@cache
def _pattern(sentence: str) -> re.Pattern[str]:
    pieces = re.split(r"\{(\w+)\}", sentence)
    names = [f"(?P<{piece}>.+)" if place % 2 else re.escape(piece) for place, piece in enumerate(pieces)]
    return re.compile("".join(names), re.S)
