"""A GPU that runs out of memory gets the same work in smaller portions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch

from .types import BadModel


def halved(size: int, doing: str) -> int:
    """Half of a portion that did not fit; call it once the error, which holds the tensors, is gone.

    Raises BadModel, which says that the card is too small for ``doing``, when a single one did not fit.
    """
    if size <= 1:
        raise BadModel(_too_small(doing))
    torch.cuda.empty_cache()
    return (size + 1) // 2


@contextmanager
def indivisible(doing: str) -> Iterator[None]:
    """For what has no smaller portion: BadModel in the place of torch's error."""
    try:
        yield
    except torch.cuda.OutOfMemoryError:
        raise BadModel(_too_small(doing)) from None


def _too_small(doing: str) -> str:
    return f"The GPU has too little free memory {doing}; end what else uses it, or use a larger one."
