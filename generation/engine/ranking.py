"""Which frames may be shown, in which order, and which of them are selects: pure decisions on measures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from . import skin
from .types import Expression, Floats, Keep, Score

Array = NDArray[np.float64]

FACE_SIZE = (0.18, 0.85)  # face box height as a share of the frame: outside, framing went wrong
EYES_OPEN = 0.05  # faces.eye_openness of half-closed lids
BLURRED = 0.5  # share of the frames' median sharpness
NO_FACE = "no face"
NUDITY = "nudity"
UNFIT = frozenset({NO_FACE, NUDITY})  # what is not shown even where few pictures are drawn
COPY = 0.94  # of prints, pose included: a training photo saved again has 0.95 and more, another one 0.9

SKIN_FREE, SKIN_PRICE = 2.0, 0.01  # the eye forgives a CIEDE2000 of 2; likeness lost per unit beyond
SHARPNESS_PRICE, FLAW_PRICE, COPY_PRICE = 0.05, 0.15, 0.5
VARIETY = 0.05  # worth that a fresh look, turn and expression adds
MEMORY = 8  # a picture competes with the last row or two of the gallery
TURN_ALIKE, POSE_ALIKE = 12.0, 8.0  # degrees


@dataclass(frozen=True)
class Measures:
    """What was measured on one frame; a frame without a face has NaN for all that needs one."""

    faces: int
    size: float  # face box height, share of the frame
    embedding: Floats  # (128,)
    print: Floats  # (p,) unit length: how the picture looks, coarse
    pose: tuple[float, float, float]  # yaw, pitch, roll in degrees
    expression: Expression
    eyes: float  # openness, pose.eye_openness
    sharpness: float
    flaws: float  # 0 none, 1 hardly a face
    skin: Array  # (3,) CIELAB
    lost: tuple[str, ...]  # kept traits that are gone
    nude: bool  # flagged by the gate
    look: str = ""


@dataclass(frozen=True)
class Own:
    """The person's own photos, as far as ranking needs them."""

    embeddings: Floats  # (n, 128)
    prints: Floats  # (n, p)
    poses: Array  # (n, 3) degrees
    skin: Array  # (n, 3) CIELAB
    stranger: float  # likeness below which their reader means somebody else


@dataclass(frozen=True)
class Person:
    """What shooting and ranking need to know of a person once their photos are put away."""

    keep: Keep  # said in every prompt
    judged: Keep  # the part of it that a frame can lose: what the reader sees in their own photos
    own: Own


def likeness(embeddings: Floats, own: Floats) -> Array:
    """(m,) mean of the three highest cosines of (m, d) unit vectors to (n, d) own photos.

    Several references, because a single one rewards copying its pose and light.
    """
    cosines = np.sort(np.asarray(embeddings @ own.T, np.float64), axis=1)
    return np.asarray(cosines[:, -3:].mean(axis=1))


def agreement(embeddings: Floats) -> Array:
    """(m,) cosine of each of (m, d) unit vectors to their mean: one picture's mistake is not the others'.

    A vector of zeros, a picture without a face, does not turn the mean.
    """
    mean = np.asarray(embeddings.mean(axis=0), np.float64)
    return np.asarray(embeddings @ (mean / max(float(np.linalg.norm(mean)), 1e-9)), np.float64)


def copied(measures: Measures, own: Own) -> float:
    """0-1: the likest own photo's print, as far as the head is turned the same way in it."""
    apart = np.linalg.norm(own.poses - np.array(measures.pose), axis=1)
    alike = np.clip(own.prints @ measures.print, 0, 1) * np.exp(-((apart / POSE_ALIKE) ** 2) / 2)
    return float(alike.max(initial=0.0))


def faults(measures: Measures, score: Score, median_sharpness: float, stranger: float) -> tuple[str, ...]:
    """Why a frame may not be shown, in words for the gallery's record."""
    if measures.nude:
        return (NUDITY,)
    if measures.faces == 0:
        return (NO_FACE,)
    found = {
        "several faces": measures.faces > 1,
        "face too small": measures.size < FACE_SIZE[0],
        "face too large": measures.size > FACE_SIZE[1],
        "another person": score.likeness < stranger,
        "eyes closed": measures.eyes < EYES_OPEN,
        "blurred": measures.sharpness < BLURRED * median_sharpness,
        "copied": score.copied > COPY,
    }
    return (*(name for name, is_so in found.items() if is_so), *(f"lost {word}" for word in measures.lost))


def _value(measures: Measures, score: Score, agreed: float, median_sharpness: float) -> float:
    """Likeness to the photos and to the rest of the gallery, less what the flaws cost in it."""
    crisp = float(np.clip(measures.sharpness / max(median_sharpness, 1e-9) - 1, -1, 0.5))
    off = score.skin_shift if np.isfinite(score.skin_shift) else 2 * SKIN_FREE
    return (
        (score.likeness + agreed) / 2
        + SHARPNESS_PRICE * crisp
        - SKIN_PRICE * max(0.0, off - SKIN_FREE)
        - FLAW_PRICE * measures.flaws
        - COPY_PRICE * max(0.0, score.copied - 0.9)
    )


def alike(one: Measures, two: Measures) -> float:
    """0-1: how much a viewer sees the same picture twice."""
    turn = np.exp(-(((one.pose[0] - two.pose[0]) / TURN_ALIKE) ** 2))
    return float(0.5 * (one.look == two.look) + 0.3 * turn + 0.2 * (one.expression == two.expression))


def in_order(frames: Sequence[Measures], values: Sequence[float]) -> list[int]:
    """Indices best first by maximal marginal relevance: worth, less likeness to what was just shown.

    Source: Carbonell and Goldstein, SIGIR 1998, with a memory of the last ``MEMORY`` pictures.
    """
    left, order = set(range(len(frames))), list[int]()
    while left:
        recent = order[-MEMORY:]
        worth = {
            i: values[i] - VARIETY * max((alike(frames[i], frames[j]) for j in recent), default=0.0)
            for i in left
        }
        best = max(left, key=lambda i: (worth[i], -i))
        order.append(best)
        left.remove(best)
    return order


def select_count(passed: int) -> int:
    """An eighth of the gallery, five at least and fifteen at most."""
    return min(passed, max(5, min(15, round(passed / 8))))


def missing(frames: Sequence[Measures], own: Own, count: int) -> int:
    """How many of ``count`` frames still have to pass."""
    return max(0, count - sum(not score.faults for score in rank(frames, own)))


def rank(frames: Sequence[Measures], own: Own) -> list[Score]:
    """One score per frame, in the frames' order; frames with faults keep rank 0 and are never selects."""
    if not frames:
        return []
    read = np.stack([frame.embedding for frame in frames])
    like, agreed = likeness(read, own.embeddings), agreement(read)
    seen = [frame.sharpness for frame in frames if frame.faces]
    median = float(np.median(seen)) if seen else 0.0
    scores = []
    for frame, near, shared in zip(frames, like, agreed, strict=True):
        score = Score(
            likeness=float(near) if frame.faces else 0.0,
            sharpness=frame.sharpness,
            skin_shift=skin.shift(frame.skin, own.skin),
            copied=copied(frame, own) if frame.faces else 0.0,
            yaw=frame.pose[0],
        )
        value = _value(frame, score, shared, median) if frame.faces else 0.0
        scores.append(replace(score, faults=faults(frame, score, median, own.stranger), value=value))
    passed = [i for i, score in enumerate(scores) if not score.faults]
    order = in_order([frames[i] for i in passed], [scores[i].value for i in passed])
    for place, index in enumerate(order, start=1):
        chosen = place <= select_count(len(passed))
        scores[passed[index]] = replace(scores[passed[index]], rank=place, select=chosen)
    return scores
