"""Every reason that a verdict can give: its code, and the sentence that says what to do."""

from __future__ import annotations

from .types import Reason

REFUSALS = {
    "no_face": "No face was found; use a photo that shows the whole face from the front or side.",
    "several_faces": "There are several people in it; crop the photo to the one person, or use another.",
    "too_small": "The face is too small; come closer, so that it is {least} pixels high or more.",
    "blurred": "The face is blurred; use a photo that is in focus, taken with a steady hand.",
    "too_dark": "It is too dark to see the face's details; take it again by a window or with a lamp on.",
    "blown": "The face is so bright that its skin turned white; step out of the direct light.",
    "eyes_hidden": "The eyes are hidden; take off the sunglasses or brush the hair aside.",
    "face_covered": "Something covers the lower face; use a photo without a mask or hand before it.",
    "ai_made": "The file says that a model made this picture; use a real photograph.",
    "not_same_person": "This seems to be somebody else than in most of the photos; remove it.",
    "duplicate": "This is the same picture as {other}; another moment or place teaches more.",
}
ADVICE = {
    "heavy_filter": "A filter changed skin or colours; the photo as it was taken gives a truer likeness.",
    "busy_background": "The background is busy; a plain wall behind the person works better.",
    "mixed_light": "The light has two colours or very hard shadows; daylight from one side works better.",
    "extreme_expression": "The expression is extreme; add photos with a calm face or a smile.",
    "old": "It is more than two years old; newer photos look more like the person today.",
    "few_angles": "The photos show fewer than three angles; {next}",
    "next_photo": "The next best photo: {next}",
}


def refusal(code: str, **words: object) -> Reason:
    return Reason(code, REFUSALS[code].format(**words), blocking=True)


def advice(code: str, **words: object) -> Reason:
    return Reason(code, ADVICE[code].format(**words), blocking=False)
