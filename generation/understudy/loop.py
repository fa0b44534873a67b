"""What every training stage shares: processes, data on the device, schedule, averages, gradients."""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from . import dataset

HELD_OUT_SHARE = 0.02  # of the people; never trained on, measured after each stage
WARMUP_STEPS = 200


@dataclass(frozen=True)
class Place:
    """Where this process trains. One process per device; ``torchrun`` starts several."""

    rank: int
    world: int
    device: torch.device

    @property
    def first(self) -> bool:
        return self.rank == 0


def join() -> Place:
    """Join the other processes, if there are any."""
    rank, world = int(os.environ.get("RANK", 0)), int(os.environ.get("WORLD_SIZE", 1))
    cuda = torch.cuda.is_available()
    device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0))) if cuda else torch.device("cpu")
    if cuda:
        torch.cuda.set_device(device)
        torch.backends.cuda.matmul.allow_tf32 = True
        torch.backends.cudnn.benchmark = True
    if world > 1 and not dist.is_initialized():
        dist.init_process_group("nccl" if cuda else "gloo")
    torch.manual_seed(1000 + rank)
    return Place(rank, world, device)


def half(device: torch.device) -> torch.autocast:
    """bfloat16 activations on a GPU; a CPU without the instructions would be many times slower."""
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda")


class Data:
    """The rendered set on one device. Row r belongs to person ``r // pictures``."""

    def __init__(self, folder: Path, place: Place, names: Iterable[str]) -> None:
        plan, arrays = dataset.load(folder)
        self.place, self.pictures, self.people = place, plan.pictures, plan.people
        self.held_out = max(
            dataset.FAMILY, int(plan.people * HELD_OUT_SHARE) // dataset.FAMILY * dataset.FAMILY
        )
        self.known = self.people - self.held_out
        self.arrays = {name: _moved(arrays[name], place.device) for name in names}

    def __getitem__(self, name: str) -> Tensor:
        return self.arrays[name]

    def rows(self, count: int) -> Tensor:
        """Random rows of people who are trained on."""
        return torch.randint(self.known * self.pictures, (count,), device=self.place.device)

    def held_out_rows(self, count: int) -> Tensor:
        """The first rows of people who are not; the same in every process."""
        start = self.known * self.pictures
        return torch.arange(start, min(start + count, self.people * self.pictures), device=self.place.device)

    def others(self, rows: Tensor) -> Tensor:
        """For each row another picture of the same person."""
        step = torch.randint(1, self.pictures, rows.shape, device=rows.device)
        first = rows // self.pictures * self.pictures
        return first + (rows - first + step) % self.pictures


def _moved(array: np.ndarray[Any, Any], device: torch.device) -> Tensor:
    """Copy a memory map to the device piece by piece, so that host memory stays small."""
    result = torch.empty(array.shape, dtype=torch.from_numpy(np.array(array[:1])).dtype, device=device)
    for start in range(0, len(array), 8192):
        result[start : start + 8192] = torch.from_numpy(np.array(array[start : start + 8192])).to(device)
    return result


def pixels(rows: Tensor) -> Tensor:
    """uint8 (n, h, w, 3) -> float (n, 3, h, w) in [-1, 1]."""
    return rows.permute(0, 3, 1, 2).float().div_(127.5).sub_(1)


def share_gradients(parameters: list[nn.Parameter], place: Place) -> None:
    """Average the gradients over all processes, in one message."""
    if place.world == 1:
        return
    gradients = [p.grad for p in parameters if p.grad is not None]
    flat = torch._utils._flatten_dense_tensors(gradients)
    dist.all_reduce(flat)
    flat /= place.world
    for gradient, mean in zip(gradients, torch._utils._unflatten_dense_tensors(flat, gradients), strict=True):
        gradient.copy_(mean)


def descend(
    optimiser: torch.optim.Optimizer, parameters: list[nn.Parameter], place: Place, rate: float
) -> None:
    """One step down the gradients that every process has computed, and forget them."""
    share_gradients(parameters, place)
    torch.nn.utils.clip_grad_norm_(parameters, 1.0)
    for group in optimiser.param_groups:
        group["lr"] = rate
    optimiser.step()
    optimiser.zero_grad(set_to_none=True)


def same_everywhere(modules: Iterable[nn.Module], place: Place) -> None:
    """Give every process the first one's weights."""
    if place.world > 1:
        for module in modules:
            for tensor in [*module.parameters(), *module.buffers()]:
                dist.broadcast(tensor.data, 0)


class Clock:
    """Yields the share of the stage that is done, for ``seconds``; every process takes the same steps.

    The number of steps is fixed once, after a few warm ones, so that the schedule ends exactly at zero."""

    PROBE = 40

    def __init__(self, seconds: float, place: Place, name: str) -> None:
        self.seconds, self.place, self.name = seconds, place, name
        self.steps = 0

    def __iter__(self) -> Iterator[float]:
        total, begun, warm = 10**9, time.time(), 0.0
        while self.steps < total:
            if self.steps == self.PROBE // 2:
                warm = self._now()
            if self.steps == self.PROBE:
                total = self._planned(begun, warm)
            yield min(1.0, self.steps / total) if total < 10**9 else 0.0
            self.steps += 1

    def say(self, share: float, **values: Tensor) -> None:
        """Print the values every 500 steps, from one process."""
        if self.place.first and self.steps % 500 == 0:
            said = " ".join(f"{name} {value.item():.4f}" for name, value in values.items())
            print(f"{self.name} {share:.0%} {said}", flush=True)

    def _now(self) -> float:
        if self.place.device.type == "cuda":
            torch.cuda.synchronize()
        return time.time()

    def _planned(self, begun: float, warm: float) -> int:
        now = self._now()
        each = (now - warm) / (self.PROBE - self.PROBE // 2)
        steps = torch.tensor([self.PROBE + max(1.0, (self.seconds - (now - begun)) / each)])
        if self.place.world > 1:
            steps = steps.to(self.place.device)
            dist.broadcast(steps, 0)
        if self.place.first:
            print(
                f"{self.name}: {int(steps)} steps of {each * 1000:.0f} ms; began in {now - begun:.0f} s",
                flush=True,
            )
        return int(steps)


def cosine(share: float, step: int, peak: float) -> float:
    """Learning rate: linear warm-up, then half a cosine to 2 % of the peak."""
    warm = min(1.0, (step + 1) / WARMUP_STEPS)
    return float(peak * warm * (0.02 + 0.98 * 0.5 * (1 + np.cos(np.pi * share))))


class Average:
    """Exponential moving average of weights (EMA); young averages forget faster."""

    def __init__(self, module: nn.Module, decay: float) -> None:
        self.module, self.decay, self.steps = module, decay, 0
        self.kept = [p.detach().clone() for p in module.parameters()]

    @torch.no_grad()
    def update(self) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        torch._foreach_lerp_(self.kept, list(self.module.parameters()), 1 - decay)

    @torch.no_grad()
    def apply(self) -> None:
        """Put the average into the module, for good."""
        for parameter, kept in zip(self.module.parameters(), self.kept, strict=True):
            parameter.copy_(kept)


def keep(work: Path, name: str, place: Place, state: dict[str, Tensor]) -> None:
    """Save a stage's weights atomically; the next stage and a later run start from them."""
    if place.first:
        work.mkdir(parents=True, exist_ok=True)
        temporary = work / f"{name}.tmp"
        save_file({key: value.detach().cpu().contiguous() for key, value in state.items()}, temporary)
        temporary.replace(work / f"{name}.safetensors")
    if place.world > 1:
        dist.barrier()


def kept(work: Path, name: str) -> dict[str, Tensor] | None:
    """A stage's weights, or None when it has not run."""
    file = work / f"{name}.safetensors"
    return load_file(file) if file.exists() else None
