"""Stage 4: the ControlNet learns the sketch; the UNet goes on beside it, half of the time without one."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import ControlNetModel
from torch import Tensor, nn

from . import model
from .loop import Average, Clock, Data, Place, cosine, half, keep, kept, same_everywhere, share_gradients
from .train_unet import BATCH, Latents, Noise, Words, conditions, some_tokens, weighted

NAME = "control"
PEAK, UNET_PEAK = 6e-4, 3e-4
SKETCH_DROPOUT = 0.4


def sketches(data: Data, rows: Tensor) -> Tensor:
    """(n, 3, s, s) in [0, 1], as the pipeline prepares control images."""
    return data["sketches"][rows].permute(0, 3, 1, 2).float().div_(255)


class Directed(nn.Module):
    """UNet with ControlNet in one call; ``shown`` (n,) switches the sketch on or off for each picture."""

    def __init__(self, unet: nn.Module, control: ControlNetModel) -> None:
        super().__init__()
        self.unet, self.control = unet, control

    def forward(
        self, noisy: Tensor, steps: Tensor, states: Tensor, pooled: Tensor, sketch: Tensor, shown: Tensor
    ) -> Tensor:
        added = conditions(pooled)
        down, middle = self.control(
            noisy, steps, states, controlnet_cond=sketch, added_cond_kwargs=added, return_dict=False
        )
        switch = shown.view(-1, 1, 1, 1).to(middle.dtype)
        made: Tensor = self.unet(
            noisy,
            steps,
            states,
            added_cond_kwargs=added,
            down_block_additional_residuals=[residual * switch for residual in down],
            mid_block_additional_residual=middle * switch,
            return_dict=False,
        )[0]
        return made


def fresh(unet: nn.Module) -> ControlNetModel:
    """A ControlNet that starts from the UNet's own encoder where layers agree, and says nothing yet."""
    control = model.controlnet(unet)  # type: ignore[arg-type]
    own, source = control.state_dict(), unet.state_dict()
    shared = {k: v for k, v in source.items() if k in own and own[k].shape == v.shape}
    control.load_state_dict(shared, strict=False)
    return control


def train(
    data: Data, latents: Latents, unet: nn.Module, words: Words, work: Path, place: Place, seconds: float
) -> ControlNetModel:
    """Trains both in place and returns the ControlNet; the UNet's weights are saved with it."""
    control = fresh(unet).to(place.device)
    both = Directed(unet.train(), control)
    if state := kept(work, NAME):
        both.load_state_dict(state)
    same_everywhere([both], place)
    both = both.to(memory_format=torch.channels_last)
    words.requires_grad_(False)
    groups = [
        {"params": list(control.parameters()), "peak": PEAK},
        {"params": list(unet.parameters()), "peak": UNET_PEAK},
    ]
    parameters = list(both.parameters())
    optimiser = torch.optim.AdamW(groups, PEAK, betas=(0.9, 0.99), weight_decay=0.01)
    average, noise, clock = Average(both, 0.9995), Noise(place.device), Clock(seconds, place, NAME)
    forward = torch.compile(both, dynamic=False) if place.device.type == "cuda" else both
    for share in clock:
        rows = data.rows(BATCH)
        noisy, target, steps = noise(latents[rows])
        shown = torch.rand(len(rows), device=place.device) > SKETCH_DROPOUT
        with half(place.device):
            with torch.no_grad():
                states, pooled = words(some_tokens(data, rows, words.empty))
            made = forward(noisy, steps, states, pooled, sketches(data, rows), shown)
        loss = weighted(made, target, latents.weights(rows))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        share_gradients(parameters, place)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for group in optimiser.param_groups:
            group["lr"] = cosine(share, clock.steps, group["peak"])
        optimiser.step()
        average.update()
        if place.first and clock.steps % 500 == 0:
            print(f"{NAME} {share:.0%} loss {loss.item():.4f}", flush=True)
    average.apply()
    keep(work, NAME, place, both.state_dict())
    return control.eval()
