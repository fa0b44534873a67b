"""Turns a saved model folder back into the weights that the training stages start from."""

from __future__ import annotations

from pathlib import Path

from diffusers import AutoencoderKL, ControlNetModel, UNet2DConditionModel
from safetensors.torch import load_file
from torch import Tensor, nn
from transformers import CLIPTextModel, CLIPTextModelWithProjection, CLIPVisionModelWithProjection

from ..engine.reader import load_own
from . import train_drawing, train_reader, train_selfie, train_vae
from .loop import Place, keep

_PARTS = {
    "vae": AutoencoderKL,
    "unet": UNet2DConditionModel,
    "controlnet": ControlNetModel,
    "text_encoder": CLIPTextModel,
    "text_encoder_2": CLIPTextModelWithProjection,
    "image_encoder": CLIPVisionModelWithProjection,
}


def named(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    """The module's weights in float32, each name behind a prefix."""
    return {f"{prefix}{name}": value.float() for name, value in module.state_dict().items()}


def unpack(folder: Path, work: Path, place: Place) -> None:
    """Write every stage's weights into ``work``, as if the stages had just ended there.

    Optimiser states are not part of a model folder: a stage warms up anew."""
    parts = {name: kind.from_pretrained(folder / name) for name, kind in _PARTS.items()}
    stages = {
        train_reader.NAME: load_own(folder / "reader").net.state_dict(),
        train_vae.NAME: named("", parts["vae"]),
        train_drawing.NAME: named("words.first.", parts["text_encoder"])
        | named("words.second.", parts["text_encoder_2"])
        | named("directed.unet.", parts["unet"])
        | named("directed.control.", parts["controlnet"]),
        train_selfie.NAME: named("encoder.", parts["image_encoder"])
        | {k: v.float() for k, v in load_file(folder / "ip_adapter" / "ip_adapter.safetensors").items()},
    }
    for name, state in stages.items():
        keep(work, name, place, state)
