"""What a GPU that stays up gets: blocks compiled once for a few batch sizes, their code kept on disk.

Regional compilation, not the whole UNet's: 12 s and 4 % slower instead of 376 s (docs/gpu.md).
"""

from __future__ import annotations

from collections.abc import Iterator

import torch._dynamo
from diffusers.models.attention import BasicTransformerBlock
from torch import nn

from .pipeline import Engine

BATCHES = (4, 16)  # pictures drawn at once: a smaller rest is filled up, for each size is compiled for itself
VARIANTS = 256  # of one block's code: its widths, batch sizes, with and without adapter, learning and drawing


def accelerate(engine: Engine) -> None:
    """Compile what a GPU repeats, at its first use; nothing on a CPU."""
    if engine.device.type != "cuda":
        return
    torch._dynamo.config.recompile_limit = VARIANTS
    torch._dynamo.config.accumulated_recompile_limit = 4 * VARIANTS
    for block in _blocks(engine):
        block.compile(fullgraph=True, dynamic=False)
    engine.pipe.vae.enable_slicing()  # one picture at a time: one shape, and no 60 GiB for sixteen
    engine.batches = BATCHES


def _blocks(engine: Engine) -> Iterator[nn.Module]:
    for part in (engine.pipe.unet, engine.pipe.controlnet):
        for module in part.modules():
            if isinstance(module, BasicTransformerBlock):
                yield module
    yield engine.pipe.vae.decoder
