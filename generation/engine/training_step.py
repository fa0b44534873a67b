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
from .portions import portion, room
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
    frame: Tensor  # (n, 6) size, crop and target size, as SDXL is told them

    def __len__(self) -> int:
        return len(self.timesteps)

    def __iter__(self) -> Iterator[Tensor]:
        return (getattr(self, field.name) for field in fields(self))

    def portions(self, size: int) -> Iterator[Batch]:
        return (Batch(*part) for part in zip(*(value.split(size) for value in self), strict=True))

    def to(self, device: torch.device) -> Batch:
        """The same there; nobody waits for the copy to a GPU."""
        if device.type != "cuda":
            return self
        return Batch(*(value.pin_memory().to(device, non_blocking=True) for value in self))


def batch(
    engine: Engine, schedule: DDPMScheduler, memory: Memory, recipe: Recipe, generator: torch.Generator
) -> Batch:
    """Photos drawn by their chance, their latents, noise, timesteps and dropped captions.

    All of it is made by the CPU, which has time while a GPU computes the step before.
    """
    count, size = recipe.batch, engine.settings.size
    picks = torch.multinomial(memory.chance, count, replacement=True, generator=generator)
    timesteps = losses.stratified_timesteps(len(schedule), count, generator)
    shape = (count, *memory.mean.shape[1:])
    spread, noise = (torch.randn(shape, generator=generator) for _ in range(2))
    dropped = torch.rand(count, generator=generator) < recipe.caption_dropout
    latents = memory.mean[picks] + spread * memory.std[picks]
    made = Batch(
        noisy=schedule.add_noise(latents, noise, timesteps).to(engine.dtype),
        timesteps=timesteps,
        states=torch.where(dropped[:, None, None], memory.nothing.states, memory.states[picks]),
        pooled=torch.where(dropped[:, None], memory.nothing.pooled, memory.pooled[picks]),
        wanted=losses.target(schedule, latents, noise, timesteps),
        mask=memory.mask[picks],
        weights=losses.timestep_weights(schedule)[timesteps],
        frame=torch.tensor([size, size, 0, 0, size, size], dtype=engine.dtype).repeat(count, 1),
    )
    return made.to(engine.device)


def loss(engine: Engine, batch: Batch) -> Tensor:
    """The mean weighted error of a batch."""
    with torch.autocast(engine.device.type, torch.bfloat16, enabled=engine.dtype == torch.bfloat16):
        answer = engine.pipe.unet(
            batch.noisy,
            batch.timesteps,
            encoder_hidden_states=batch.states,
            added_cond_kwargs={"text_embeds": batch.pooled, "time_ids": batch.frame},
        ).sample
    return (batch.weights * losses.masked_error(answer, batch.wanted, batch.mask)).mean()


class Gradients:
    """Puts each step's gradients on what is trained, a portion of the batch at a time.

    On a GPU one step is recorded as a CUDA graph after ``WARM_UP`` others, and replayed ever after: launched
    one by one, the thousands of kernels of a step take a fifth longer than they run. Raises OutOfMemory, or
    BadModel where there is no room for a single example.
    """

    WARM_UP = 3  # steps; the first one compiles

    def __init__(self, engine: Engine, trained: Sequence[Tensor], batch: int) -> None:
        self.engine, self.trained = engine, trained
        self.portion = portion(batch, engine.split)
        self.steps = 0
        self.graph: torch.cuda.CUDAGraph | None = None
        self.held = list[tuple[float, Batch]]()  # what the graph reads
        self.found = list[Tensor | None]()  # the gradients that the graph writes

    def put(self, weighted: Sequence[tuple[float, Batch]]) -> None:
        """Take the batches of one step, always of the same number and shape."""
        self.steps += 1
        with room("to learn from photos", self.portion):
            if self.engine.device.type == "cuda" and self.steps > self.WARM_UP:
                self._replay(weighted)
            else:
                backward(self.engine, weighted, self.portion)

    def _replay(self, weighted: Sequence[tuple[float, Batch]]) -> None:
        if self.graph is None:
            self.graph = self._recorded(weighted)
        for (_, held), (_, new) in zip(self.held, weighted, strict=True):
            for place, value in zip(held, new, strict=True):
                place.copy_(value)
        self.graph.replay()
        for value, gradient in zip(self.trained, self.found, strict=True):
            value.grad = gradient

    def _recorded(self, weighted: Sequence[tuple[float, Batch]]) -> torch.cuda.CUDAGraph:
        self.held = [(weight, Batch(*(value.clone() for value in batch))) for weight, batch in weighted]
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            backward(self.engine, self.held, self.portion)
        self.found = [value.grad for value in self.trained]
        return graph


def backward(engine: Engine, weighted: Sequence[tuple[float, Batch]], portion: int) -> None:
    """Add the gradients of the batches' weighted sum to what is trained."""
    for weight, whole in weighted:
        for part in whole.portions(portion):
            (weight * len(part) / len(whole) * loss(engine, part)).backward()
