"""The keep list: which traits a person's photos agree on, and which of them a picture has lost."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .looks import KEEP_GROUPS
from .types import Floats, Keep, Reading

AGREED = 0.6  # mean probability over the photos from which a trait is the person's own
ABSENT = 0.6  # probability of the group's absence from which a trait is lost
OTHER = 0.7  # probability of another word of the group (another hair colour) from which a trait is lost
UNSEEN = 0.1  # ... while the kept word itself has less than this

# Glasses may read round or square as the head turns and stubble as a short beard: only absence is a loss.
# Of hair, which everybody has, another colour or style is one.
BY_ABSENCE = ("glasses", "beard", "covering", "marks")


def _mean(readings: Sequence[Reading], group: str) -> Floats | None:
    """None where the reader cannot tell."""
    told = [reading.traits[group] for reading in readings if group in reading.traits]
    return np.asarray(np.mean(told, axis=0), np.float32) if told else None


def detected(readings: Sequence[Reading]) -> Keep:
    """Traits that the reader sees in a person's photos together; a group it is unsure of stays out.

    Glasses and beard are first asked for as such and then by their likeliest kind, so that a pair read
    half as round and half as square is still kept.
    """
    words = []
    for group, names in KEEP_GROUPS.items():
        if (shares := _mean(readings, group)) is None:
            continue
        best = 1 + int(np.argmax(shares[1:]))
        sure = 1 - shares[0] if group in BY_ABSENCE else shares[best]
        if sure >= AGREED:
            words.append(names[best])
    return Keep(tuple(words))


def judged(keep: Keep, readings: Sequence[Reading]) -> Keep:
    """The part of a keep list that the reader sees in the person's own photos: it cannot miss the rest."""
    return Keep(tuple(word for word in keep.words if any(_lost(word, one) is False for one in readings)))


def lost(reading: Reading, keep: Keep) -> tuple[str, ...]:
    """Kept words that a picture no longer shows."""
    return tuple(word for word in keep.words if _lost(word, reading))


def _lost(word: str, reading: Reading) -> bool | None:
    """None where the reader cannot tell."""
    group = next(name for name, words in KEEP_GROUPS.items() if word in words)
    if (shares := reading.traits.get(group)) is None:
        return None
    if group in BY_ABSENCE:
        return bool(shares[0] >= ABSENT)
    kept = shares[KEEP_GROUPS[group].index(word)]
    return bool(kept < UNSEEN and shares.max() >= OTHER)
