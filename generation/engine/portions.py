"""A GPU that runs out of memory: a fresh process does the same work in smaller portions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch

from .types import BadModel, OutOfMemory


def portion(batch: int, split: int) -> int:
    """How many of a batch are worked on at once where it is split into so many portions."""
    return -(-batch // split)


def smaller_and_smaller(work: Callable[[int], int]) -> int:
    """``work``, given into how many portions a batch is split, until it fits."""
    split = 1
    while True:
        try:
            return work(split)
        except OutOfMemory:
            split *= 2


@contextmanager
def room(doing: str, portion: int = 1) -> Iterator[None]:
    """For what may not fit: OutOfMemory in the place of torch's error, BadModel where it was but one.

    Memory that ran out leaves a process in pieces, its compiled code and graphs besides: nobody tries
    again here.
    """
    try:
        yield
    except RuntimeError as error:
        if not _ran_out(error):
            raise
        much = f"{doing}, {portion} at once" if portion > 1 else doing
        words = f"The GPU has too little free memory {much}; end what else uses it, or use a larger one."
        raise (OutOfMemory if portion > 1 else BadModel)(words) from None


def _ran_out(error: BaseException | None) -> bool:
    """Whether it began with memory: a graph that is being recorded then ends with an error of its own."""
    return isinstance(error, torch.cuda.OutOfMemoryError) or bool(error and _ran_out(error.__context__))
