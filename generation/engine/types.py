"""The engine's nouns: frozen dataclasses that cross every boundary; no torch, no OpenCV, no Django."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Rgb = tuple[int, int, int]  # sRGB, 0-255
Pixels = NDArray[np.uint8]  # (height, width, 3), sRGB
Floats = NDArray[np.float32]

Expression = Literal["neutral", "slight smile", "smile"]
LightSide = Literal["left", "front", "right"]
Softness = Literal["soft", "hard"]
Month = tuple[int, int]  # (year, month) of capture


class EngineError(Exception):
    """Something a person can act on; the message is a sentence that says what to do."""


class BadInput(EngineError):
    """The photos, the folder or an option cannot be used as given."""


class BadModel(EngineError):
    """A model or adapter file is missing, altered, or does not belong to this model."""


class OutOfMemory(EngineError):
    """A GPU has no room for so much at once: a fresh process may do the same in smaller portions."""


class Cancelled(EngineError):
    """The caller asked to stop; whatever was checkpointed can be resumed."""


@dataclass(frozen=True)
class Direction:
    """How one headshot is directed.

    Angles in degrees, as seen in the picture: yaw > 0 turns the face to the picture's right, pitch > 0
    lifts the chin, roll > 0 tilts the crown to the picture's right. ``head_height`` is crown to chin of
    the mean head and ``eye_line`` the eyes' distance from the top edge, both as shares of the frame.
    ``light_side`` is the side of the picture that the key light comes from.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    expression: Expression = "slight smile"
    light_side: LightSide = "left"
    light: Softness = "soft"
    head_height: float = 0.62
    eye_line: float = 0.44


@dataclass(frozen=True)
class Look:
    """One catalogue entry: outfit, backdrop and the directions that it is shot in."""

    id: str
    version: int
    name: str
    outfit: str  # a key of looks.OUTFITS
    outfit_colour: str  # a key of looks.COLOURS
    backdrop: str  # a key of looks.BACKDROPS
    backdrop_colour: str  # a key of looks.COLOURS
    directions: tuple[Direction, ...]


@dataclass(frozen=True)
class Style:
    """What a brand fixes of a finished picture; shares of its height as in ``Direction``."""

    backdrop: Rgb
    head_height: float
    eye_line: float


Order = tuple[Look, Direction, int]  # one headshot to draw; the last is the seed


@dataclass(frozen=True)
class Keep:
    """Traits that must survive, each a word of looks.KEEP_WORDS; an absent group is left to the adapter."""

    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Photo:
    """An uploaded photo after intake: upright, sRGB, without metadata but the capture month."""

    image: Image.Image  # mode RGB
    month: Month | None = None
    name: str = ""
    ai_made: bool = False  # the file declares itself made by a model (C2PA, IPTC or XMP)


@dataclass(frozen=True)
class StoredPhoto:
    """A photo as it is kept after intake: re-encoded (JPEG or PNG), upright, sRGB, without metadata."""

    data: bytes
    month: Month | None = None
    name: str = ""
    ai_made: bool = False


@dataclass(frozen=True)
class Face:
    """One detected face, in the pixels of the image that it was found in."""

    box: tuple[float, float, float, float]  # left, top, right, bottom
    score: float  # detector's, 0-1
    landmarks: Floats  # (468, 3) MediaPipe face mesh; x, y in pixels, z in the same scale
    presence: float  # the mesh's own presence logit
    yaw: float  # degrees, as in Direction
    pitch: float
    roll: float


Seen = tuple[Image.Image | Pixels, Face]  # a picture and a face that was found in it


@dataclass(frozen=True)
class Reason:
    """Why a photo was refused, or advice about it: a code for programs, a sentence for people."""

    code: str
    sentence: str
    blocking: bool


@dataclass(frozen=True)
class Verdict:
    """What ``photos.judge`` says about one photo."""

    reasons: tuple[Reason, ...]
    face: Face | None = None
    measures: Mapping[str, float] = field(default_factory=dict)

    @property
    def accepted(self) -> bool:
        return not any(reason.blocking for reason in self.reasons)


@dataclass(frozen=True)
class Bounds:
    """What cosines of one reader's embeddings mean; another reader's mean something else."""

    same_person: float  # mean cosine from which two groups of photos show one person
    stranger: float  # likeness below which a frame shows another person


@dataclass(frozen=True)
class Reading:
    """What a reader sees in a face."""

    embedding: Floats  # (128,), unit length; cosine similarity compares people
    traits: Mapping[str, Floats]  # group of looks.KEEP_GROUPS -> probabilities; without those it cannot tell
    bounds: Bounds


@dataclass(frozen=True)
class Recipe:
    """How an identity is learned. Defaults are the understudy's; ``weights`` holds each model's own."""

    rank: int = 32
    steps: int = 300
    batch: int = 4
    learning_rate: float = 1e-3
    warmup: int = 20
    background_weight: float = 0.15
    prior_weight: float = 0.0  # > 0 mixes prior latents in (DreamBooth's prior preservation)
    caption_dropout: float = 0.1
    checkpoints: int = 4  # saved at equal distances; the best by held-out likeness is kept
    token: str = "sks"  # an ordinary rare word; the UNet's adapter alone gives it meaning
    seed: int = 0
    targets: tuple[str, ...] = (  # names of the UNet's layers that are adapted
        "to_q",
        "to_k",
        "to_v",
        "to_out.0",
        "conv1",
        "conv2",
        "proj_in",
        "proj_out",
        "ff.net.0.proj",
        "ff.net.2",
    )


@dataclass(frozen=True)
class Identity:
    """What was learned of one person: the adapter file and what ranking needs to know."""

    adapter: Path  # safetensors, readable by load_lora_weights
    base_hash: str  # sha256 over the base model's weights
    keep: Keep
    references: Floats  # (n, 128) embeddings of the person's own photos
    skin: Floats  # (n, 3) CIELAB of skin under each photo's own light
    token: str = "sks"
    timings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Frame:
    """A generated picture in memory."""

    image: Image.Image
    look: Look
    direction: Direction
    seed: int


@dataclass(frozen=True)
class Score:
    """What ranking measured on a frame. ``faults`` is empty when the frame may be shown."""

    likeness: float  # mean of the three highest cosine similarities to own photos
    sharpness: float
    skin_shift: float  # CIEDE2000 against the person's own photos under like light
    copied: float  # similarity to the nearest training photo, pose included
    yaw: float  # measured, degrees
    faults: tuple[str, ...] = ()
    value: float = 0.0  # what the order goes by
    rank: int = 0  # 1 is best
    select: bool = False
