"""Draws ``results/fairness-*.svg``: a row for each look, a column for each measure, a dot for each tone."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from generation.tone_charts import BOTTOM, HIGH, LEFT, RIGHT, WIDE, Chart, Dot, charts
from generation.tones import Tones

HEAD = 24  # above each row: the look's name
STYLE = "text{font:11px sans-serif;fill:#333}line{stroke:#333}.grid{stroke:#ddd}rect{fill:#eee}"


def drawn(looks: Mapping[str, Tones]) -> str:
    """The picture as SVG."""
    rows = [
        _row(key, charts(tones), number * (HIGH + HEAD)) for number, (key, tones) in enumerate(looks.items())
    ]
    wide, high = 5 * WIDE, len(rows) * (HIGH + HEAD)
    size = f'width="{wide}" height="{high}" viewBox="0 0 {wide} {high}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><style>{STYLE}</style>{"".join(rows)}</svg>\n'


def _row(key: str, row: list[Chart], top: int) -> str:
    cells = [
        f'<g transform="translate({column * WIDE} {top + HEAD})">{_chart(key, chart)}</g>'
        for column, chart in enumerate(row)
    ]
    return "".join(cells)


def _chart(key: str, chart: Chart) -> str:
    title = f'<text x="{LEFT}" y="-4">{escape(f"{key}: {chart.name}")}</text>'
    band = ""
    if chart.allowed:
        top, high = chart.allowed
        band = f'<rect x="{LEFT}" y="{top}" width="{RIGHT - LEFT}" height="{high}"/>'
    grid = "".join(
        f'<line class="grid" x1="{LEFT}" x2="{RIGHT}" y1="{y}" y2="{y}"/>'
        f'<text x="{LEFT - 4}" y="{y + 4}" text-anchor="end">{escape(words)}</text>'
        for y, words in chart.ticks
    )
    return title + band + grid + "".join(_dot(dot) for dot in chart.dots)


def _dot(dot: Dot) -> str:
    return (
        f'<line x1="{dot.x}" x2="{dot.x}" y1="{dot.high}" y2="{dot.low}"/>'
        f'<circle cx="{dot.x}" cy="{dot.y}" r="5" fill="{dot.fill}" stroke="#333"/>'
        f'<text x="{dot.x}" y="{BOTTOM + 18}" text-anchor="middle">{dot.tone}</text>'
    )
