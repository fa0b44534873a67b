"""Which checkpoint of a training run: the last, unless an earlier one is surely more like unseen photos."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from . import studio
from .looks import CATALOGUE
from .pipeline import Engine
from .training_photos import TrainingPhoto
from .types import Floats, Keep

Read = Callable[[Image.Image], Floats | None]  # a picture -> (128,) unit embedding; None without a face

LOOK = "studio-grey"
PICTURES = 3  # a checkpoint, always of the same seeds and directions
COPIED = 0.95  # correlation of two thumbnails from which a picture counts as copied
SURE = 0.05  # likeness: by less, three pictures of two checkpoints differ by chance


@dataclass(frozen=True)
class Choice:
    """``index`` of the chosen candidate; ``scores`` of all, empty when they were not judged."""

    index: int
    scores: list[float]


def choose(
    engine: Engine,
    candidates: Sequence[Callable[[], None]],
    photos: Sequence[TrainingPhoto],
    held_out: Sequence[TrainingPhoto],
    *,
    keep: Keep,
    token: str,
    read: Read | None,
    progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> Choice:
    """Draw a few pictures with each candidate and judge them; each is put on the UNet by its call.

    Without a reader, held-out photos that it can read, or a second candidate, the last one is chosen.
    About a tenth of the time that training takes: half the sampler's steps, no picture is kept.
    """
    wanted = [seen for photo in held_out if read and (seen := read(photo.image)) is not None]
    if read is None or not wanted or len(candidates) < 2:
        return Choice(len(candidates) - 1, [])
    look = CATALOGUE[LOOK]
    orders = [(look, look.directions[i], i + 1) for i in range(PICTURES)]
    shots = [studio.shot(engine, order, keep, token) for order in orders]
    steps = max(1, engine.settings.steps // 2)
    scores = []
    for index, put_on in enumerate(candidates):
        put_on()
        with torch.autocast(engine.device.type, engine.dtype, enabled=engine.dtype == torch.bfloat16):
            drawn = studio.in_batches(engine, shots, PICTURES, steps=steps, cancelled=cancelled)
            pictures = [picture for images in drawn for picture in images]
        scores.append(score(pictures, wanted, [photo.image for photo in photos], read))
        progress((index + 1) / len(candidates))
    return Choice(latest_of_the_best(scores), [round(value, 4) for value in scores])


def latest_of_the_best(scores: Sequence[float]) -> int:
    """The last, which learned most, unless an earlier one is surely better."""
    best = int(np.argmax(scores))
    return best if scores[best] > scores[-1] + SURE else len(scores) - 1


def score(
    pictures: Sequence[Image.Image], wanted: Sequence[Floats], photos: Sequence[Image.Image], read: Read
) -> float:
    """Mean likeness to the held-out embeddings (a faceless picture counts 0) minus the copying.

    A picture nearer to one training photo than 0.95 repeats it instead of knowing the person: what is
    above that counts twentyfold, so that an exact copy loses one whole likeness.
    """
    total = 0.0
    thumbnails = [_thumbnail(photo) for photo in photos]
    for picture in pictures:
        seen = read(picture)
        likeness = 0.0 if seen is None else float(np.mean([one @ seen for one in wanted]))
        nearest = max(float((one * _thumbnail(picture)).mean()) for one in thumbnails)
        total += likeness - max(0.0, nearest - COPIED) / (1 - COPIED)
    return total / len(pictures)


def _thumbnail(picture: Image.Image) -> NDArray[np.float64]:
    """(24, 24) grey, zero mean, unit variance: the mean product of two is their correlation."""
    grey = np.asarray(picture.convert("L").resize((24, 24), Image.Resampling.BOX), np.float64)
    level: NDArray[np.float64] = (grey - grey.mean()) / max(float(grey.std()), 1e-6)
    return level
