"""Stage 3: text encoders, UNet and ControlNet learn to draw together (v-prediction, zero terminal SNR).

The sketch is missing from two pictures of five, so that the UNet also draws by words alone: that is what an
identity is trained on.
"""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import ControlNetModel
from torch import nn

from . import model
from .drawing import Directed, Latents, Noise, Words, sketches, some_tokens, weighted
from .loop import Average, Clock, Data, Place, cosine, descend, half, keep, kept, same_everywhere

NAME = "drawing"
BATCH = 512
PEAK = 5e-4
SKETCH_DROPOUT = 0.4


class Drawing(nn.Module):
    """All that is trained together."""

    def __init__(self) -> None:
        super().__init__()
        unet = model.unet()
        self.words, self.directed = Words(), Directed(unet, fresh(unet))


def fresh(unet: nn.Module) -> ControlNetModel:
    """A ControlNet that starts from the UNet's own encoder where layers agree, and says nothing yet."""
    control = model.controlnet(unet)  # type: ignore[arg-type]
    own, source = control.state_dict(), unet.state_dict()
    shared = {k: v for k, v in source.items() if k in own and own[k].shape == v.shape}
    control.load_state_dict(shared, strict=False)
    return control


def train(data: Data, latents: Latents, work: Path, place: Place, seconds: float) -> Drawing:
    drawing = Drawing().to(place.device)
    if state := kept(work, NAME):
        drawing.load_state_dict(state)
    same_everywhere([drawing], place)
    drawing = drawing.to(memory_format=torch.channels_last)
    parameters, cuda = list(drawing.parameters()), place.device.type == "cuda"
    optimiser = torch.optim.AdamW(parameters, PEAK, betas=(0.9, 0.99), weight_decay=0.01, fused=cuda)
    average, noise, clock = Average(drawing, 0.9997), Noise(place.device), Clock(seconds, place, NAME)
    directed = torch.compile(drawing.directed, dynamic=False) if cuda else drawing.directed
    for share in clock:
        rows = data.rows(BATCH)
        noisy, target, steps = noise(latents[rows])
        shown = torch.rand(len(rows), device=place.device) > SKETCH_DROPOUT
        tokens = some_tokens(data, rows, drawing.words.empty)
        with half(place.device):
            states, pooled = drawing.words(tokens)
            made = directed(noisy, steps, states, pooled, sketches(data, rows), shown)
        loss = weighted(made, target, latents.weights(rows))
        loss.backward()
        descend(optimiser, parameters, place, cosine(share, clock.steps, PEAK))
        average.update()
        clock.say(share, loss=loss)
    average.apply()
    keep(work, NAME, place, drawing.state_dict())
    return drawing.eval()
