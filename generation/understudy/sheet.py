"""Picture sheets to look at after each stage: reconstructions, and samples drawn by the saved model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import ControlNetModel, StableDiffusionXLControlNetPipeline
from PIL import Image

from ..engine import looks
from ..engine.sketch import control_image
from ..engine.types import Keep
from .loop import Data
from .train_vae import encode

KEEPS = (
    ("round glasses", "black hair", "short hair"),
    ("full beard", "brown hair", "swept back hair"),
    ("headscarf",),
    ("grey hair", "bob"),
    ("red hair", "wavy hair", "freckles"),
    ("afro", "black hair"),
    ("blonde hair", "ponytail"),
    ("turban", "short beard"),
)


def tiled(pictures: list[Image.Image], columns: int) -> Image.Image:
    width, height = pictures[0].size
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (columns * width, rows * height))
    for i, picture in enumerate(pictures):
        sheet.paste(picture, (i % columns * width, i // columns * height))
    return sheet


@torch.no_grad()
def reconstructions(vae: Any, data: Data, out: Path) -> None:
    """Pictures of people never trained on above their reconstructions."""
    rows = data.held_out_rows(10**6)
    rows = rows[:: max(1, len(rows) // 12)][:12]
    made = vae.decode(encode(vae, data["images"][rows])).sample.float().clamp(-1, 1)
    made = ((made + 1) * 127.5).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    true = data["images"][rows].cpu().numpy()
    pairs = [Image.fromarray(np.concatenate([a, b])) for a, b in zip(true, made, strict=True)]
    tiled(pairs, 6).save(out)


@torch.no_grad()
def samples(folder: Path, data: Data, out: Path) -> None:
    """Eight invented people in eight looks: with the sketch above, by words alone below."""
    device = data.place.device
    control = ControlNetModel.from_pretrained(folder / "controlnet", dtype=torch.float32)
    pipe = StableDiffusionXLControlNetPipeline.from_pretrained(
        folder, controlnet=control, add_watermarker=False, dtype=torch.float32
    )
    pipe.to(device)
    pipe.set_progress_bar_config(disable=True)
    shown = list(looks.CATALOGUE.values())[:8]
    directions = [look.directions[i % len(look.directions)] for i, look in enumerate(shown)]
    prompts = [
        looks.prompt(look, direction, Keep(keep))
        for look, direction, keep in zip(shown, directions, KEEPS, strict=True)
    ]
    maps = [control_image(look, direction, 256) for look, direction in zip(shown, directions, strict=True)]
    pictures = list(maps)
    for scale in (1.0, 0.0):
        generators = [torch.Generator("cpu").manual_seed(i) for i in range(len(shown))]
        pictures += pipe(
            prompt=prompts,
            negative_prompt=[""] * len(prompts),
            image=maps,
            height=256,
            width=256,
            num_inference_steps=20,
            guidance_scale=2.5,
            controlnet_conditioning_scale=scale,
            generator=generators,
        ).images
    tiled(pictures, len(shown)).save(out)
