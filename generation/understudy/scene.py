"""Decides a picture before it is rendered: direction, light, colours, clothes and lens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from generation.engine.geometry import BODY_SHARE
from generation.engine.looks import BACKDROPS, COLOURS, OUTFITS
from generation.engine.types import Direction, Expression, LightSide, Look, Rgb

from .head import EXPRESSIONS

Medium = Literal["studio portrait", "phone photo"]
Occlusion = Literal["none", "sunglasses", "mask"]
Light = tuple[float, float, float]

STUDIO_EXPRESSIONS: tuple[Expression, ...] = ("neutral", "slight smile", "smile")
NEAREST: dict[str, Expression] = {  # the catalogued expression that an expression of the face model counts as
    "neutral": "neutral",
    "slight smile": "slight smile",
    "smile": "smile",
    "laugh": "smile",
    "serious": "neutral",
    "surprised": "neutral",
}
SHIRTS = ("white", "light blue", "pink", "light grey")
TIES = ("navy", "burgundy", "red", "teal", "purple", "charcoal", "green")
WHITE: Light = (1.0, 1.0, 1.0)

# A phone's light: key and surroundings (linear), softness, fill and ambient against the key, elevation.
_PLACES: dict[str, tuple[Light, Light, tuple[float, float], float, float, tuple[float, float]]] = {
    "window": ((1.0, 1.02, 1.08), (1.0, 0.95, 0.88), (0.02, 0.04), 0.25, 0.24, (8, 28)),
    "lamp": ((1.12, 0.98, 0.74), (1.1, 0.98, 0.8), (0.006, 0.02), 0.3, 0.24, (20, 50)),
    "sun": ((1.08, 1.02, 0.92), (0.88, 0.99, 1.16), (0.004, 0.008), 0.2, 0.26, (30, 55)),
    "overcast": ((0.97, 1.0, 1.07), (0.95, 1.0, 1.07), (0.035, 0.05), 0.4, 0.55, (30, 60)),
    "room": ((1.05, 1.0, 0.9), (1.04, 1.0, 0.92), (0.015, 0.03), 0.45, 0.42, (25, 55)),
    "screen": ((0.92, 1.0, 1.12), (1.1, 0.96, 0.8), (0.02, 0.035), 0.35, 0.3, (-10, 12)),
}


@dataclass(frozen=True)
class Scene:
    """Everything about a picture but the person. Angles in degrees, lights linear, colours sRGB."""

    direction: Direction
    medium: Medium
    expression_detail: str  # a key of head.EXPRESSIONS; ``direction.expression`` is the nearest catalogued
    expression_strength: float
    eyes_closed: bool
    backdrop: str
    backdrop_rgb: Rgb
    backdrop_colour: str  # its name in looks.COLOURS, empty for a colour without one
    outfit: str
    outfit_rgb: Rgb
    outfit_colour: str
    shirt_rgb: Rgb  # under a jacket
    tie_rgb: Rgb
    body_yaw: float
    fov: float
    shift: tuple[float, float]  # cm, right and up
    key_azimuth: float  # > 0: from the picture's right
    key_elevation: float
    key_rgb: Light
    around_rgb: Light  # fill and ambient
    fill: float  # against the key
    ambient: float
    rim: float
    softness: float  # of the key's shadow, share of the shadow map
    exposure: float
    gaze_at_camera: bool
    occlusion: Occlusion
    seed: int

    def blend_shapes(self) -> dict[str, float]:
        """Blend shapes of the face: the expression, slightly uneven, then blink and gaze."""
        rng = np.random.default_rng(self.seed)
        shapes: dict[str, float] = {}
        for name, value in EXPRESSIONS[self.expression_detail].items():
            uneven = float(rng.normal(0, 0.06)) if name != "jawOpen" else 0.0
            for side, sign in (("_L", 1), ("_R", -1)) if name != "jawOpen" else (("", 1),):
                shapes[name + side] = max(0.0, value * (1 + sign * uneven) * self.expression_strength)
        shapes["eyeBlink"] = 0.95 if self.eyes_closed else float(rng.uniform(0, 0.14))
        return shapes | self._gaze(rng)

    def _gaze(self, rng: np.random.Generator) -> dict[str, float]:
        meets = 0.55 if self.gaze_at_camera else 0.0
        across = float(np.clip((-self.direction.yaw * meets + rng.normal(0, 3)) / 30, -0.8, 0.8))
        upward = float(np.clip((-self.direction.pitch * meets + rng.normal(0, 2)) / 30, -0.5, 0.5))
        outer, inner = ("_L", "_R") if across > 0 else ("_R", "_L")
        shapes = {f"eyeLookOut{outer}": abs(across), f"eyeLookIn{inner}": abs(across)}
        return shapes | {"eyeLookUp" if upward > 0 else "eyeLookDown": abs(upward)}


def colour(rng: np.random.Generator) -> tuple[Rgb, str]:
    """A catalogued colour with a little jitter (70 %), else any colour, which has no name."""
    if rng.random() < 0.7:
        name = list(COLOURS)[int(rng.integers(len(COLOURS)))]
        return _jittered(COLOURS[name], rng), name
    r, g, b = (int(v) for v in rng.integers(18, 240, 3))
    return (r, g, b), ""


def _jittered(rgb: Rgb, rng: np.random.Generator) -> Rgb:
    r, g, b = (int(v) for v in np.clip(np.array(rgb) + rng.integers(-5, 6, 3), 0, 255))
    return r, g, b


def _pick(rng: np.random.Generator, words: tuple[str, ...], odds: tuple[float, ...] | None = None) -> str:
    return words[int(rng.choice(len(words), p=odds))]


def studio_light(direction: Direction, rng: np.random.Generator) -> dict[str, object]:
    """The fields of a Scene that light it as a direction asks: white, clearly soft or clearly hard."""
    side = {"left": -1, "front": 0, "right": 1}[direction.light_side]
    soft = direction.light == "soft"
    return {
        "key_azimuth": float(side * rng.uniform(30, 75) if side else rng.uniform(-15, 15)),
        "key_elevation": float(rng.uniform(14, 38)),
        "key_rgb": WHITE,
        "around_rgb": WHITE,
        "fill": float(rng.uniform(0.30, 0.45) if soft else rng.uniform(0.02, 0.08)),
        "ambient": float(rng.uniform(0.20, 0.28) if soft else rng.uniform(0.05, 0.09)),
        "rim": float(rng.uniform(0, 0.35)),
        "softness": float(rng.uniform(0.032, 0.05) if soft else rng.uniform(0.002, 0.005)),
        "exposure": float(rng.uniform(0.97, 1.03)),
    }


def phone_light(rng: np.random.Generator) -> tuple[dict[str, object], Direction]:
    """Light as it is found in rooms and streets, and a direction that says its side and softness."""
    key, around, softness, fill, ambient, elevation = _PLACES[_pick(rng, tuple(_PLACES))]
    azimuth = float(rng.uniform(-75, 75))
    side: LightSide = "left" if azimuth < 0 else "right"
    if abs(azimuth) < 20:
        side = "front"
    soft = float(rng.uniform(*softness))

    def cast(light: Light) -> Light:
        r, g, b = np.array(light) * (1 + rng.normal(0, 0.035, 3))
        return float(r), float(g), float(b)

    fields: dict[str, object] = {
        "key_azimuth": azimuth,
        "key_elevation": float(rng.uniform(*elevation)),
        "key_rgb": cast(key),
        "around_rgb": cast(around),
        "fill": float(fill * rng.uniform(0.7, 1.3)),
        "ambient": float(ambient * rng.uniform(0.7, 1.3)),
        "rim": float(rng.uniform(0, 0.5)),
        "softness": soft,
        "exposure": float(rng.uniform(0.8, 1.15)),
    }
    return fields, Direction(light_side=side, light="soft" if soft > 0.012 else "hard")


def _posed(base: Direction, medium: Medium, expression: Expression, rng: np.random.Generator) -> Direction:
    yaw = rng.normal(0, 9) if rng.random() < 0.4 else rng.uniform(-60, 60)
    studio = medium == "studio portrait"
    return replace(
        base,
        yaw=float(yaw),
        pitch=float(np.clip(rng.normal(0, 8), -25, 25)),
        roll=float(rng.normal(0, 4)),
        expression=expression,
        head_height=float(rng.uniform(0.46, 0.74) if studio else rng.uniform(0.35, 0.75)),
        eye_line=float(rng.uniform(0.38, 0.46) if studio else rng.uniform(0.34, 0.5)),
    )


def sample_scene(rng: np.random.Generator, medium: Medium) -> Scene:
    """A scene for training or for a set of phone photos; what varies is drawn independently."""
    studio = medium == "studio portrait"
    odds = (0.34, 0.33, 0.33) if studio else (0.22, 0.24, 0.26, 0.12, 0.10, 0.06)
    detail = _pick(rng, STUDIO_EXPRESSIONS if studio else tuple(EXPRESSIONS), odds)
    expression = NEAREST[detail]
    if studio:
        base = Direction(
            light_side=("left", "front", "right")[int(rng.integers(3))],
            light="soft" if rng.random() < 0.6 else "hard",
        )
        light = studio_light(base, rng)
    else:
        light, base = phone_light(rng)
    direction = _posed(base, medium, expression, rng)
    backdrop_rgb, backdrop_colour = colour(rng)
    outfit_rgb, outfit_colour = colour(rng)
    fields: dict[str, object] = {
        "expression_strength": float(rng.uniform(0.85, 1.12)),
        "eyes_closed": not studio and bool(rng.random() < 0.015),
        "backdrop": _pick(
            rng, BACKDROPS, (0.4, 0.2, 0.14, 0.13, 0.13) if studio else (0.2, 0.1, 0.2, 0.25, 0.25)
        ),
        "backdrop_rgb": backdrop_rgb,
        "backdrop_colour": backdrop_colour,
        "outfit": _pick(rng, OUTFITS),
        "outfit_rgb": outfit_rgb,
        "outfit_colour": outfit_colour,
        "body_yaw": float(BODY_SHARE * direction.yaw + rng.normal(0, 6 if studio else 10)),
        "fov": float(rng.uniform(16, 20) if studio else rng.uniform(18, 32)),
        "shift": (0.0, 0.0) if studio else (float(rng.normal(0, 0.9)), float(rng.normal(0, 0.6))),
        "gaze_at_camera": bool(rng.random() < (0.9 if studio else 0.7)),
    }
    return _scene(direction, medium, detail, rng, light | fields)


def scene_for(look: Look, direction: Direction, rng: np.random.Generator) -> Scene:
    """The scene of a look as the studio would shoot it."""
    fields: dict[str, object] = {
        "expression_strength": float(rng.uniform(0.92, 1.06)),
        "eyes_closed": False,
        "backdrop": look.backdrop,
        "backdrop_rgb": COLOURS[look.backdrop_colour],
        "backdrop_colour": look.backdrop_colour,
        "outfit": look.outfit,
        "outfit_rgb": COLOURS[look.outfit_colour],
        "outfit_colour": look.outfit_colour,
        "body_yaw": BODY_SHARE * direction.yaw,
        "fov": 18.0,
        "shift": (0.0, 0.0),
        "gaze_at_camera": True,
    }
    light = studio_light(direction, rng)
    return _scene(direction, "studio portrait", direction.expression, rng, light | fields)


def _scene(
    direction: Direction, medium: Medium, detail: str, rng: np.random.Generator, fields: dict[str, object]
) -> Scene:
    return Scene(
        direction=direction,
        medium=medium,
        expression_detail=detail,
        shirt_rgb=_jittered(COLOURS[_pick(rng, SHIRTS)], rng),
        tie_rgb=_jittered(COLOURS[_pick(rng, TIES)], rng),
        occlusion="none",
        seed=int(rng.integers(1 << 30)),
        **fields,  # type: ignore[arg-type]
    )
