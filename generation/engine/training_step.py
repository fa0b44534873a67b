"""One training step: a batch drawn by the dice, and its gradients in as many portions as memory asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import torch
from diffusers import DDPMScheduler
from torch import Tensor

from . import losses
from .memory import Memory
from .pipeline import Engine
from .portions import halved
from .types import Recipe


@dataclass(frozen=True)
class Batch:
    """What the UNet is given and what it should answer; the first axis is the example's."""

    noisy: Tensor  # (n, channels, h, w)
    timesteps: Tensor  # (n,)
    states: Tensor  # (n, tokens, width)
    pooled: Tensor  # (n, width)
    wanted: Tensor  # as noisy
    mask: Tensor  # (n, 1, h, w)
    weights: Tensor  # (n,) of each example's error

    def __len__(self) -> int:
        return len(self.timesteps)

    def portions(self, size: int) -> Iterator[Batch]:
        parts = zip(*(getattr(self, field.name).split(size) for field in fields(self)), strict=True)
        return (Batch(*part) for part in parts)


def batch(
    engine: Engine, schedule: DDPMScheduler, memory: Memory, recipe: Recipe, generator: torch.Generator
) -> Batch:
    """Photos drawn by their chance, their latents, noise, timesteps and dropped captions."""
    device, count = engine.device, recipe.batch
    picks = torch.multinomial(memory.chance, count, replacement=True, generator=generator)
    timesteps = losses.stratified_timesteps(len(schedule), count, generator)
    weights = losses.timestep_weights(schedule)[timesteps].to(device)
    shape = (count, *memory.mean.shape[1:])
    spread, noise = (torch.randn(shape, generator=generator).to(device) for _ in range(2))
    dropped = (torch.rand(count, generator=generator) < recipe.caption_dropout).to(device)
    picks, timesteps = picks.to(device), timesteps.to(device)
    latents = memory.mean[picks] + spread * memory.std[picks]
    nothing = engine.words("")
    return Batch(
        noisy=schedule.add_noise(latents, noise, timesteps).to(engine.dtype),
        timesteps=timesteps,
        states=torch.where(dropped[:, None, None], nothing.states, memory.states[picks]),
        pooled=torch.where(dropped[:, None], nothing.pooled, memory.pooled[picks]),
        wanted=losses.target(schedule, latents, noise, timesteps),
        mask=memory.mask[picks],
        weights=weights,
    )


def loss(engine: Engine, batch: Batch) -> Tensor:
    """The mean weighted error of a batch."""
    size = engine.settings.size
    frame = torch.tensor([[size, size, 0, 0, size, size]], device=engine.device, dtype=batch.pooled.dtype)
    with torch.autocast(engine.device.type, torch.bfloat16, enabled=engine.dtype == torch.bfloat16):
        answer = engine.pipe.unet(
            batch.noisy,
            batch.timesteps,
            encoder_hidden_states=batch.states,
            added_cond_kwargs={"text_embeds": batch.pooled, "time_ids": frame.expand(len(batch), -1)},
        ).sample
    return (batch.weights * losses.masked_error(answer, batch.wanted, batch.mask)).mean()


def accumulate(
    engine: Engine, weighted: Sequence[tuple[float, Batch]], optimiser: torch.optim.Optimizer, portion: int
) -> int:
    """Put the gradients of all batches on what is trained, ``portion`` examples at a time.

    Returns the portion that there was memory for. The gradients are the whole batch's whatever it is,
    to rounding. Raises BadModel when there is no memory for one example.
    """
    while True:
        try:
            for weight, whole in weighted:
                for part in whole.portions(portion):
                    (weight * len(part) / len(whole) * loss(engine, part)).backward()
            return portion
        except torch.cuda.OutOfMemoryError:
            optimiser.zero_grad(set_to_none=True)
        portion = halved(portion, "to learn from a single photo")
