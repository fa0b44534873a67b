"""The gallery as files: ``gallery.json`` for programs and one self-contained ``index.html`` for people."""

from __future__ import annotations

import json
import math
from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from html import escape
from importlib.resources import files
from io import BytesIO
from string import Template

from PIL import Image

from .looks import CATALOGUE, turn_words
from .progress import duration
from .types import Direction, Frame, Score

THUMBNAIL = 168  # pixels: shown at 84, twice that for dense screens
LARGEST_SELECT = 400  # CSS pixels; a picture is never shown much larger than it is
ENGINE_NOTES = {
    "understudy": "Made by the embedded understudy, a small preview engine trained on rendered people who do"
    " not exist. A production model draws at four times the size.",
}


@dataclass(frozen=True)
class Headshot:
    """One line of ``gallery.json``."""

    file: str  # relative to the gallery
    rank: int
    select: bool
    likeness: float
    sharpness: float
    skin_shift: float | None  # None where it could not be measured
    yaw: float
    look: str
    look_version: int
    direction: Direction
    seed: int


@dataclass(frozen=True)
class Gallery:
    """All that the two files say."""

    headshots: tuple[Headshot, ...]  # best first
    photos: tuple[Image.Image, ...]  # own photos, shown above
    size: int  # side of a headshot in pixels
    model: str  # its name
    model_hash: str
    adapter_hash: str  # "" without an adapter: the one-selfie path
    keep: tuple[str, ...] = ()
    dropped: Mapping[str, int] = field(default_factory=dict)  # fault -> frames
    timings: Mapping[str, float] = field(default_factory=dict)  # seconds
    advice: str = ""


def headshot(frame: Frame, score: Score) -> Headshot:
    """The record of a ranked frame; figures rounded to what they can bear."""
    shift = round(score.skin_shift, 2) if math.isfinite(score.skin_shift) else None
    return Headshot(
        file=f"headshots/{score.rank:03d}-{frame.look.id}.jpg",
        rank=score.rank,
        select=score.select,
        likeness=round(score.likeness, 4),
        sharpness=round(score.sharpness, 4),
        skin_shift=shift,
        yaw=round(score.yaw, 1),
        look=frame.look.id,
        look_version=frame.look.version,
        direction=frame.direction,
        seed=frame.seed,
    )


def as_json(gallery: Gallery) -> str:
    """``gallery.json``; plain JSON without NaN."""
    said = {
        "made_with_ai": True,
        "headshots": [asdict(one) for one in gallery.headshots],
        "model": {"name": gallery.model, "sha256": gallery.model_hash},
        "adapter": {"file": "identity.safetensors", "sha256": gallery.adapter_hash}
        if gallery.adapter_hash
        else None,
        "keep": list(gallery.keep),
        "dropped": dict(gallery.dropped),
        "timings": {name: round(seconds, 2) for name, seconds in gallery.timings.items()},
        "advice": gallery.advice,
    }
    return json.dumps(said, indent=1, allow_nan=False) + "\n"


def as_page(gallery: Gallery) -> str:
    """``index.html``: no script, nothing loaded from elsewhere, pictures by relative link."""
    selects = [one for one in gallery.headshots if one.select]
    rest = [one for one in gallery.headshots if not one.select]
    template = Template(files(__package__).joinpath("gallery.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=_plural(len(gallery.headshots), "headshot"),
        lead=escape(_lead(gallery)),
        select_width=f"{min(gallery.size, LARGEST_SELECT)}px",
        own_title=_plural(len(gallery.photos), "photo").capitalize() if gallery.photos else "Photos",
        own_note="What the person looks like. They stay on this page only.",
        own="".join(_thumbnail(photo, i) for i, photo in enumerate(gallery.photos, start=1)),
        selects_title=_plural(len(selects), "select"),
        selects_note="The likest and best, chosen for variety.",
        selects="".join(_card(one) for one in selects),
        rest=_more(rest),
        engine_note=escape(ENGINE_NOTES.get(gallery.model, f"Made by {gallery.model}.")),
        provenance=escape(_provenance(gallery)),
    )


def _plural(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def _lead(gallery: Gallery) -> str:
    looks = list(dict.fromkeys(CATALOGUE[one.look].name for one in gallery.headshots))
    sentences = [f"Best first, in {_plural(len(looks), 'look')}: {', '.join(looks)}."]
    if gallery.keep:
        sentences.append(f"Kept: {', '.join(gallery.keep)}.")
    if total := sum(gallery.timings.values()):
        sentences.append(f"Made in {duration(total)}.")
    if gallery.advice:
        sentences.append(gallery.advice)
    return " ".join(sentences)


def _thumbnail(photo: Image.Image, number: int) -> str:
    side = min(photo.size)
    left, top = (photo.width - side) // 2, (photo.height - side) // 3
    small = photo.convert("RGB").resize(
        (THUMBNAIL, THUMBNAIL), Image.Resampling.LANCZOS, box=(left, top, left + side, top + side)
    )
    buffer = BytesIO()
    small.save(buffer, "JPEG", quality=84)
    data = b64encode(buffer.getvalue()).decode()
    return (
        f'<li><img src="data:image/jpeg;base64,{data}" alt="own photo {number}" width="84" height="84"></li>'
    )


def _card(one: Headshot) -> str:
    turn = ", ".join(turn_words(one.direction))
    name = CATALOGUE[one.look].name
    shift = "–" if one.skin_shift is None else f"{one.skin_shift:.1f}"
    figures = {
        "likeness": f"{one.likeness:.2f}",
        "sharpness": f"{one.sharpness:.3f}",
        "skin ΔE": shift,
        "turn": f"{one.yaw:+.0f}°",
    }
    rows = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in figures.items())
    return (
        f'<li><figure><a href="{escape(one.file)}"><img src="{escape(one.file)}" loading="lazy"'
        f' alt="Headshot {one.rank}: {escape(name)}, {turn}, {one.direction.expression}"></a>'
        f'<span class="number" aria-hidden="true">{one.rank}</span>'
        f"<figcaption><b>{escape(name)}</b>{turn}, {one.direction.expression}"
        f'<dl>{rows}<dt class="seed">seed</dt><dd class="seed">{one.seed}</dd></dl>'
        "</figcaption></figure></li>"
    )


def _more(rest: Sequence[Headshot]) -> str:
    if not rest:
        return ""
    return (
        '<section aria-labelledby="more"><div class="bar"><h2 id="more">More</h2>'
        f"<p>{_plural(len(rest), 'further picture')} that passed every check.</p></div>"
        f'<ul class="rest">{"".join(_card(one) for one in rest)}</ul></section>'
    )


def _provenance(gallery: Gallery) -> str:
    parts = [f"model {gallery.model} {gallery.model_hash[:16]}"]
    if gallery.adapter_hash:
        parts.append(f"adapter {gallery.adapter_hash[:16]}")
    if gallery.dropped:
        parts.append("dropped: " + ", ".join(f"{count} {name}" for name, count in gallery.dropped.items()))
    return " · ".join(parts)
