"""How many shoots an hour some GPUs make, from what was measured and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from . import estimates, measured

HOUR = 3600.0  # seconds
HEADSHOTS = 100  # of the gallery that is reckoned with: what a credit gives, what make bench-gpu draws
BENCHMARKS = "gpu-shoot-*.json"  # one for each kind of GPU, by make bench-gpu


class Unmeasured(Exception):
    """There is nothing to reckon from; the message says what measures."""


class Together(NamedTuple):
    """What several GPUs of one host did at once."""

    per_hour: float  # shoots, of all of them
    efficiency: float  # as a share of as many times what one does alone


@dataclass(frozen=True)
class Measured:
    """What one worker was seen to need for a shoot, and how many workers at once went where that was seen."""

    source: str
    seconds: float
    together: Mapping[int, Together] = field(default_factory=dict)  # by number of GPUs


@dataclass(frozen=True)
class Capacity:
    """What so many GPUs do, a worker each."""

    gpus: int
    per_hour: float  # shoots
    efficiency: float
    measured: bool = True  # else assumed: the worst of what was measured

    def cost(self, gpu_hour: float) -> float:
        """Of one shoot, where a GPU costs so much an hour, idle or not."""
        return self.gpus * gpu_hour / self.per_hour

    def hours(self, shoots: int) -> float:
        """Until the last gallery of an order is ready, with nobody else in the queue."""
        return shoots / self.per_hour


def capacity(known: Measured, gpus: int) -> Capacity:
    """As measured with that many at once; otherwise they go together no better than those that were."""
    if seen := known.together.get(gpus):
        return Capacity(gpus, *seen)
    alone = known.together.get(1, Together(HOUR / known.seconds, 1.0))
    efficiency = min((one.efficiency for one in known.together.values()), default=1.0)
    return Capacity(gpus, gpus * alone.per_hour * efficiency, efficiency, measured=gpus == 1)


def sources() -> list[Measured]:
    """This installation's own last shoots; where there are none, the benchmark of each kind of GPU.

    Raises Unmeasured where there is neither.
    """
    found = list(_here()) or list(_benchmarks())
    if not found:
        raise Unmeasured(
            "Nothing was measured yet: finish a shoot on this installation, or run make bench-gpu on a GPU of"
            f" your kind and put the {BENCHMARKS} that it writes into benchmarks/results."
        )
    return found


def _here() -> Iterator[Measured]:
    """A worker learns and draws one person before the next; galleries are put in order beside that."""
    if lately := estimates.lately():
        usual = estimates.typical()
        source = f"this installation's own last shoots ({len(lately)}, until {lately[0].ready_at:%Y-%m-%d})"
        yield Measured(source, max(usual.train + HEADSHOTS * usual.frame, usual.rank))


def _benchmarks() -> Iterator[Measured]:
    """Of each kind of GPU on which a whole shoot was measured."""
    for file in sorted(measured.RESULTS.glob(BENCHMARKS)):
        told = json.loads(file.read_text())
        if "seconds_total" in told:
            yield _benchmark(file, told)


def _benchmark(file: Path, told: Mapping[str, Any]) -> Measured:
    return Measured(
        source=f"{file.name}: {told['gpu']}, commit {told['commit'][:12]}, {told['date']}",
        seconds=told["seconds_total"],
        together={
            one["gpus"]: Together(one["shoots_per_hour"], one["efficiency"])
            for one in told.get("workers", ())
        },
    )
