"""Stage 5: image encoder and IP-Adapter learn to draw the person of one picture; the UNet stays as it is."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..engine.reader import EMBEDDING, ReaderNet
from . import model
from .drawing import Latents, Noise, sketches, some_tokens, weighted
from .loop import (
    Average,
    Clock,
    Data,
    Place,
    cosine,
    descend,
    half,
    keep,
    kept,
    pixels,
    same_everywhere,
)
from .train_drawing import Drawing
from .train_reader import SECTIONS, crops, spoiled, trait_loss

NAME = "selfie"
BATCH = 256
PEAK = 8e-4
IMAGE_DROPOUT = 0.1  # to zeros, which is what the pipeline shows without guidance
SKETCH_SHARE = 0.5
TAUGHT = 0.5  # weight of copying the reader; gives the image encoder a start that pixels alone give slowly


def published(unet: nn.Module) -> dict[str, Tensor]:
    """The adapter's weights in the published file's naming (see ``model.ip_adapter``)."""
    state = unet.state_dict()
    prefix = "encoder_hid_proj.image_projection_layers.0."
    names = {"image_embeds": "proj", "norm": "norm"}
    result = {}
    for key, value in state.items():
        if key.startswith(prefix):
            layer, kind = key.removeprefix(prefix).split(".")
            result[f"image_proj.{names[layer]}.{kind}"] = value
    for index, (name, processor) in enumerate(unet.attn_processors.items()):  # type: ignore[union-attr, operator]
        if name.endswith("attn2.processor"):
            for letter in "kv":
                projection = getattr(processor, f"to_{letter}_ip")[0]
                result[f"ip_adapter.{index}.to_{letter}_ip.weight"] = projection.weight
    return result


def load_adapter(unet: nn.Module, state: dict[str, Tensor]) -> None:
    parts: dict[str, dict[str, Tensor]] = {"image_proj": {}, "ip_adapter": {}}
    for key, value in state.items():
        part, name = key.split(".", 1)
        parts[part][name] = value.float()
    unet._load_ip_adapter_weights([parts], low_cpu_mem_usage=False)  # type: ignore[operator, union-attr]


def load_encoder(encoder: nn.Module, state: dict[str, Tensor]) -> dict[str, Tensor]:
    """Put the stage's weights into the image encoder; what remains is the adapter."""
    prefix = "encoder."
    encoder.load_state_dict({k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)})
    return {k: v for k, v in state.items() if not k.startswith(prefix)}


def train(
    data: Data,
    latents: Latents,
    drawing: Drawing,
    reader: ReaderNet,
    work: Path,
    place: Place,
    seconds: float,
) -> tuple[nn.Module, dict[str, Tensor]]:
    """Returns the image encoder and the adapter in the published naming."""
    directed, words = drawing.directed, drawing.words
    encoder = model.image_encoder().to(place.device)
    state = kept(work, NAME)
    adapter = load_encoder(encoder, state) if state else model.ip_adapter(directed.unet)  # type: ignore[arg-type]
    drawing.requires_grad_(False)
    load_adapter(directed.unet, adapter)
    directed.to(place.device)
    learned = nn.ModuleList([encoder, directed.unet.encoder_hid_proj, *_processors(directed.unet)])
    learned.requires_grad_(True)
    pupil = nn.ModuleList(
        [nn.Linear(model.IMAGE_EMBEDDING, EMBEDDING), nn.Linear(model.IMAGE_EMBEDDING, sum(SECTIONS))]
    )
    pupil.to(place.device)
    same_everywhere([learned, pupil], place)
    parameters = [*learned.parameters(), *pupil.parameters()]
    cuda = place.device.type == "cuda"
    optimiser = torch.optim.AdamW(parameters, PEAK, betas=(0.9, 0.99), weight_decay=0.01, fused=cuda)
    average, noise, clock = Average(learned, 0.9995), Noise(place.device), Clock(seconds, place, NAME)
    for share in clock:
        rows = data.rows(BATCH)
        others = data.others(rows)
        noisy, target, steps = noise(latents[rows])
        selfie = spoiled(crops(pixels(data["images"][others]), data["landmarks"][others], jitter=0.04))
        shown = torch.rand(len(rows), device=place.device) < SKETCH_SHARE
        seen = (torch.rand(len(rows), 1, device=place.device) > IMAGE_DROPOUT).float()
        with half(place.device):
            with torch.no_grad():
                states, pooled = words(some_tokens(data, rows, words.empty))
                known = reader(selfie)[0]
            image = encoder(pixel_values=selfie).image_embeds
            made = directed(noisy, steps, states, pooled, sketches(data, rows), shown, image * seen)
            copied = 1 - F.cosine_similarity(pupil[0](image).float(), known.float()).mean()
            traits = trait_loss(pupil[1](image), data["traits"][rows])
        loss = weighted(made, target, latents.weights(rows)) + TAUGHT * (1 - share) * (copied + 0.2 * traits)
        loss.backward()
        descend(optimiser, parameters, place, cosine(share, clock.steps, PEAK))
        average.update()
        clock.say(share, loss=loss, copied=copied)
    average.apply()
    made_adapter = published(directed.unet)
    keep(work, NAME, place, {**{f"encoder.{k}": v for k, v in encoder.state_dict().items()}, **made_adapter})
    return encoder.eval(), made_adapter


def _processors(unet: nn.Module) -> list[nn.Module]:
    return [p for name, p in unet.attn_processors.items() if name.endswith("attn2.processor")]  # type: ignore[union-attr, operator]
