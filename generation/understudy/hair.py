"""Hair, beard and brows as strands: where they grow and how the shader combs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .colours import HAIR
from .head import Head
from .people import Person
from .regions import smooth
from .skin import brow_colour

Array = NDArray[np.float32]
COMBED, PARTED, GATHERED, UPRIGHT, SHORT, PLAIT = range(6)  # as in hair.vert.glsl
SCALP_STRANDS = 7500
BEARD_CM = {"stubble": 0.2, "moustache": 0.55, "goatee": 1.0, "short beard": 0.7, "full beard": 2.0}

_PLAIN: dict[str, Any] = {
    "mode": COMBED,
    "segments": 14,
    "spread": 0.3,
    "pull": 0.4,
    "lie": 0.9,
    "curl": 0.0,
    "curl_rate": 1.0,
    "width": 0.185,
    "volume": 0.6,
    "cling": 1.0,
    "part": 0.0,
    "part_lift": -0.5,
    "clear_face": 0.0,
    "comb": (0.0, -0.2, -1.0),
    "gather": (0.0, 11.0, -8.0, 0.0),
    "gloss": 1.0,
    "grey": 0.0,
}


@dataclass(frozen=True, eq=False)
class Strands:
    """Strands of one kind. ``triangles`` and ``corners`` place them on the head; without, ``fixed`` does."""

    settings: dict[str, Any]  # uniforms of hair.vert.glsl and hair.frag.glsl
    chance: Array  # (n, 4)
    moves: bool  # whether they move with the expression
    triangles: NDArray[np.int32] | None = None  # (n, 3) vertex indices
    corners: Array | None = None  # (n, 3) barycentric weights
    fixed: Array | None = None  # (n, 6) root and normal

    def rooted(self, points: Array, normals: Array) -> Array:
        """(n, 10) root, normal and chance of every strand on a head in its present expression."""
        if self.fixed is not None:
            return np.concatenate([self.fixed, self.chance], 1)
        weights = np.asarray(self.corners)[:, :, None]
        roots = (points[self.triangles] * weights).sum(1)
        return np.concatenate([roots, (normals[self.triangles] * weights).sum(1), self.chance], 1)


def _grown(head: Head, area: Array, count: int, settings: dict[str, Any], seed: int, moves: bool) -> Strands:
    """Strands spread evenly over an area of the head."""
    rng = np.random.default_rng(seed)
    triangles = head.triangles[area[head.triangles].min(1) > 0]
    a, b, c = (head.mean[triangles[:, i]] for i in range(3))
    share = np.linalg.norm(np.cross(b - a, c - a), axis=1) * area[triangles].mean(1)
    chosen = triangles[rng.choice(len(triangles), count, p=share / share.sum())]
    uv = rng.random((count, 2))
    uv = np.where(uv.sum(1, keepdims=True) > 1, 1 - uv, uv)
    corners = np.c_[1 - uv.sum(1), uv].astype(np.float32)
    return Strands(settings, rng.random((count, 4), np.float32), moves, chosen, corners)


def _ball(
    centre: tuple[float, ...], radius: float, count: int, settings: dict[str, Any], seed: int
) -> Strands:
    """Strands out of a knot of hair: in all directions, or falling where they are combed down."""
    rng = np.random.default_rng(seed)
    out = rng.standard_normal((count, 3))
    out /= np.linalg.norm(out, axis=1, keepdims=True)
    normals = out if settings["mode"] == UPRIGHT else out * 0.3 + [0, -0.2, -1]
    fixed = np.c_[np.array(centre[:3]) + out * radius, normals].astype(np.float32)
    return Strands(settings, rng.random((count, 4), np.float32), False, fixed=fixed)


def _style(person: Person) -> dict[str, Any]:
    """How the shader combs a style; lengths in centimetres."""
    long, curl, volume = person.hair_length, person.curl, person.volume
    lift, side = -0.55 + 0.35 * curl, 1 if person.seed % 2 else -1
    high = (person.seed >> 3) % 2 == 0
    falling = {"mode": PARTED, "part": person.part, "part_lift": lift, "cling": 0.9, "clear_face": 1.0}
    # fmt: off
    styles: dict[str, dict[str, Any]] = {
        "buzz cut": {
            "mode": UPRIGHT, "length_cm": 0.5 * long, "pull": 0.1, "lie": 0.3, "segments": 2,
            "volume": 0.05, "width": 0.075,
        },
        "short hair": {
            "length_cm": 3.2 * long, "pull": 0.35, "lie": 0.72, "cling": 0.9, "segments": 7, "volume": volume,
            "comb": (side * 0.5, 0.1, 0.75 if person.fringe else -0.3), "curl": 0.12 * curl, "curl_rate": 3.0,
        },
        "side part": {
            "mode": PARTED, "length_cm": 6 * long, "lie": 0.7, "cling": 0.95, "segments": 9,
            "volume": 1.1 * volume, "part": side * 3.2, "part_lift": -0.65, "curl": 0.1 * curl,
            "curl_rate": 2.0,
        },
        "swept back hair": {
            "length_cm": 8 * long, "lie": 0.6, "comb": (0.0, 0.15, -1.0), "segments": 10,
            "volume": 1.3 * volume, "curl": 0.12 * curl, "curl_rate": 1.6,
        },
        "bob": falling | {
            "length_cm": 18 * long, "pull": 0.45, "segments": 18, "volume": 1.5 * volume, "spread": 0.12,
            "curl": 0.12 * curl, "curl_rate": 0.8,
        },
        "long hair": falling | {
            "length_cm": 34 * long, "pull": 0.45, "segments": 24, "volume": 1.3 * volume, "spread": 0.2,
            "curl": 0.12 * curl, "curl_rate": 0.6, "width": 0.2,
        },
        "wavy hair": falling | {
            "length_cm": 30 * long, "pull": 0.45, "lie": 0.88, "segments": 30, "volume": 2 * volume,
            "spread": 0.25, "curl": 0.45 + 0.35 * curl, "curl_rate": 0.95, "width": 0.2,
        },
        "curly hair": falling | {
            "length_cm": 12 * long, "pull": 0.3, "lie": 0.35, "cling": 0.7, "segments": 28, "width": 0.18,
            "volume": 1.8 * volume, "spread": 0.4, "curl": 0.42 + 0.25 * curl, "curl_rate": 2.2,
            "clear_face": 0.8,
        },
        "afro": {
            "mode": UPRIGHT, "length_cm": (3 + 5 * curl) * long, "pull": 0.06, "lie": 0.02, "segments": 20,
            "volume": 0.1, "spread": 0.18, "curl": 0.28, "curl_rate": 5.0, "width": 0.2,
        },
    }
    # fmt: on
    gathered = {"mode": GATHERED, "length_cm": 18.0, "pull": 0.9, "lie": 0.97, "volume": 0.35, "spread": 0.02}
    styles["bun"] = gathered | {"gather": (0.0, 13.2, -6.5, 0.0) if high else (0.0, 6.0, -10.0, 0.0)}
    styles["ponytail"] = gathered | {"gather": (0.0, 10.5, -8.5, 0.0) if high else (0.0, 5.0, -10.0, 0.0)}
    styles["braids"] = gathered | {"gather": (7.4, -1.0, -1.5, 1.0), "part": 0.0}
    return styles[person.hair_style]


def _hanging(person: Person, base: dict[str, Any]) -> list[Strands]:
    """The bun, the tail or the plaits that gathered hair ends in."""
    seed, style = person.seed % 1000 + 8, person.hair_style
    if style == "bun":
        ball = {"mode": UPRIGHT, "length_cm": 4.5 * person.volume, "pull": 0.05, "lie": 0.3, "width": 0.2}
        return [_ball(base["gather"], 0.9, 2400, base | ball | {"curl": 0.9, "curl_rate": 1.5}, seed)]
    if style == "ponytail":
        tail = {"mode": COMBED, "length_cm": 26.0, "pull": 0.5, "lie": 0.2, "cling": 0.0, "segments": 16}
        tail |= {"volume": 0.2, "curl": 0.2 * person.curl, "curl_rate": 0.7, "width": 0.24, "spread": 0.3}
        return [_ball(base["gather"], 0.35, 2600, base | tail, seed)]
    if style == "braids":
        plait = {"mode": PLAIT, "length_cm": 21 * person.hair_length, "segments": 40}
        plait |= {"width": 0.16, "spread": 0.0}
        rng = np.random.default_rng(seed)
        sides = np.where(rng.random(2400) < 0.5, -1, 1)
        fixed = np.zeros((2400, 6), np.float32)
        fixed[:, 0], fixed[:, 5] = sides * 7.4, 1
        return [Strands(base | plait, rng.random((2400, 4), np.float32), False, fixed=fixed)]
    return []


def strands(head: Head, person: Person) -> list[Strands]:
    """Everything on a person's head that is drawn as strands."""
    rng = np.random.default_rng(person.seed)
    hair, masks, seed = np.array(HAIR[person.hair_colour]), head.regions, person.seed % 1000
    base = _PLAIN | {
        "hair": hair * rng.uniform(0.88, 1.12),
        "hair_tip": hair * rng.uniform(1.0, 1.4),
        "gloss": float(rng.uniform(0.7, 1.2)),
        "grey": person.grey,
    }
    result = []
    if person.hair_shows and person.hair_style != "bald head":
        settings = base | _style(person)
        area = masks.scalp(person.hairline, person.seed % 7)
        count = SCALP_STRANDS * (2 if person.hair_style == "buzz cut" else 1)
        result.append(_grown(head, area, count, settings, seed + 7, moves=False))
        result += _hanging(person, settings)
    if person.beard in BEARD_CM:
        area = masks.beard_area(person.beard)
        count = 2600 if person.beard in ("moustache", "goatee") else 6500
        result.append(_grown(head, area, count, base | _beard(person), seed + 9, moves=True))
    area = smooth(person.brow_width + 0.05, person.brow_width * 0.5, masks.brow)
    area *= smooth(0.9, 2.0, masks.side)  # thinner towards the nose
    count = int(2200 * person.brow_density)
    result.append(_grown(head, area, count, base | _brow(person), seed + 11, moves=True))
    return result


def _beard(person: Person) -> dict[str, Any]:
    combed = (0.8, -0.75, 0.1) if person.beard == "moustache" else (0.1, -1.0, 0.1)
    return {
        "mode": SHORT,
        "length_cm": BEARD_CM[person.beard] * person.hair_length,
        "segments": 4,
        "pull": 0.35,
        "lie": 0.75 if person.beard == "moustache" else 0.55,
        "comb": combed,
        "cling": 0.0,
        "volume": 0.0,
        "width": 0.05 if person.beard == "stubble" else 0.1,
        "curl": 0.08,
        "curl_rate": 3.0,
        "spread": 0.5,
        "gloss": 0.4,
    }


def _brow(person: Person) -> dict[str, Any]:
    return {
        "mode": SHORT,
        "length_cm": 0.7,
        "segments": 3,
        "pull": 0.3,
        "lie": 0.95,
        "comb": (1.0, 0.32, -0.3),
        "cling": 0.0,
        "volume": 0.0,
        "width": 0.055,
        "gloss": 0.2,
        "spread": 0.5,
        "hair": brow_colour(person),
        "hair_tip": brow_colour(person),
        "grey": 0.0,
    }


def skull(head: Head, shaped: Array) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Centre and radii of the ellipsoid that hair lies on, for a person's neutral head."""
    part = head.part["neck"]
    points = shaped[part][head.mean[part][:, 1] > 1]
    high, low = points.max(0), points.min(0)
    front = shaped[head.landmarks[[19, 24]], 2].mean()
    centre = np.array([(high[0] + low[0]) / 2, 4.2, (front + low[2]) / 2 + 0.1])
    radii = np.array([(high[0] - low[0]) / 2, high[1] - 4.2, (front - low[2]) / 2]) * 0.985
    return centre, radii
