"""All that training needs of the photos, computed once before the first step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from . import losses, studio
from .looks import CATALOGUE
from .pipeline import Engine, Words
from .portions import room
from .training_photos import TrainingPhoto
from .types import Keep

HALF_LIFE = 24.0  # months after which a photo is shown half as often
PRIOR_PICTURES = 16


@dataclass(frozen=True)
class Memory:
    """All photos as training takes them, in the CPU's memory; the first axis is the photo's."""

    mean: Tensor  # (n, channels, h, w) float32
    std: Tensor
    mask: Tensor  # (n, 1, h, w) from the background's weight to 1
    states: Tensor  # (n, tokens, width)
    pooled: Tensor  # (n, width)
    chance: Tensor  # (n,) of being drawn, newer photos more often
    nothing: Words  # what is said of a photo whose caption is dropped


def remember(engine: Engine, photos: Sequence[TrainingPhoto], background: float) -> Memory:
    """Encode photos and captions once."""
    with room("to look at a photo"):
        latents = studio.encode(engine.pipe, [photo.image for photo in photos])
    words = [engine.words(photo.caption) for photo in photos]
    factor = engine.pipe.vae_scale_factor
    reach = max(8, engine.settings.size // 32)
    masks = [losses.latent_mask(photo.mask, background, factor, reach) for photo in photos]
    return Memory(
        latents.mean.cpu(),
        latents.std.cpu(),
        torch.stack(masks),
        torch.stack([one.states for one in words]).cpu(),
        torch.stack([one.pooled for one in words]).cpu(),
        chances(photos),
        Words(*(part.cpu() for part in engine.words(""))),
    )


def chances(photos: Sequence[TrainingPhoto]) -> Tensor:
    """(n,) adding to 1: newer photos more often; a photo without a month counts as new."""
    months = [12 * photo.month[0] + photo.month[1] if photo.month else None for photo in photos]
    newest = max((month for month in months if month is not None), default=0)
    ages = torch.tensor([0 if month is None else newest - month for month in months])
    shares = 0.5 ** (ages / HALF_LIFE)
    return shares / shares.sum()


def of_people(engine: Engine) -> Memory:
    """What the base model draws of people in general (DreamBooth's prior preservation)."""
    looks = list(CATALOGUE.values())
    shots = [studio.shot(engine, order, Keep(), "") for order in studio.orders_for(looks, PRIOR_PICTURES)]
    images = [image for images in studio.in_batches(engine, shots, 1) for image in images]
    everywhere = np.ones((engine.settings.size,) * 2, np.float32)
    pairs = zip(shots, images)
    return remember(engine, [TrainingPhoto(image, shot.prompt, everywhere) for shot, image in pairs], 1.0)
