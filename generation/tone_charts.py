"""Figures by skin tone as places in a drawing, for a template that writes it as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .tones import ALL, MEASURES, Measure, Tones

WIDE, HIGH = 360, 170
LEFT, RIGHT, TOP, BOTTOM = 40, 350, 12, 140  # of the part that figures stand in
# The Monk Skin Tone scale (Monk, 2019; skintone.google), 1 to 10: a dot has the colour of its people.
SCALE = "f6ede4 f3e7db f7ead0 eadaba d7bd96 a07e56 825c43 604134 3a312a 292420".split()
STEPS = 4  # of the axis


@dataclass(frozen=True)
class Dot:
    tone: str
    x: float
    y: float
    high: float  # ends of the interval
    low: float
    fill: str
    said: str


@dataclass(frozen=True)
class Chart:
    """One measure. ``allowed`` is the band below the best tone's mean in which all others may lie."""

    name: Any
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]  # y and words
    allowed: tuple[float, float] | None  # y and height
    said: str


def charts(tones: Tones) -> list[Chart]:
    return [chart for measure in MEASURES if (chart := _chart(measure, tones))]


def _chart(measure: Measure, tones: Tones) -> Chart | None:
    known = {tone: tones[tone][measure.name] for tone in ALL if tone in tones}
    known = {tone: figure for tone, figure in known.items() if figure[0] is not None}
    if not known:
        return None
    best = (max if measure.more_is_better else min)(figure[0] for figure in known.values())
    edge = best if measure.margin is None else best - _sign(measure) * measure.margin
    bottom, top = _range([*(end for figure in known.values() for end in figure), edge])

    def place(value: float) -> float:
        return round(BOTTOM - (value - bottom) / (top - bottom) * (BOTTOM - TOP), 1)

    dots = tuple(
        Dot(
            tone=tone,
            x=LEFT + (int(tone) - 0.5) * (RIGHT - LEFT) / len(ALL),
            y=place(figure[0]),
            high=place(figure[2]),
            low=place(figure[1]),
            fill=f"#{SCALE[int(tone) - 1]}",
            said=f"{measure.said(figure[0])} ({measure.said(figure[1])} – {measure.said(figure[2])})",
        )
        for tone, figure in known.items()
    )
    steps = [bottom + (top - bottom) * step / STEPS for step in range(STEPS + 1)]
    ends = sorted((place(best), place(edge)))
    return Chart(
        name=measure.words,
        dots=dots,
        ticks=tuple((place(value), measure.said(value)) for value in steps),
        allowed=None if measure.margin is None else (ends[0], round(ends[1] - ends[0], 1)),
        said="; ".join(f"{dot.tone}: {dot.said}" for dot in dots),
    )


def _sign(measure: Measure) -> int:
    return 1 if measure.more_is_better else -1


def _range(values: Sequence[float]) -> tuple[float, float]:
    """With some air, and never nothing."""
    low, high = min(values), max(values)
    air = 0.08 * (high - low) or 0.05
    return low - air, high + air
