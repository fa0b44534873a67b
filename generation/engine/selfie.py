"""Headshots from one selfie without training: IP-Adapter on a UNet of its own (arXiv 2308.06721)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from diffusers import UNet2DConditionModel
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor
from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

from . import studio
from .pipeline import Engine, StudioPipeline, lay_out
from .portions import indivisible
from .progress import Progress, never, silent
from .types import BadModel, Frame, Keep

SCALE = 0.9  # of the picture's words against the prompt's; at 1 the selfie's own pose begins to win


@dataclass
class Selfie:
    """A pipeline whose UNet hears pictures; it shares only what nobody changes with the engine."""

    engine: Engine
    pipe: StudioPipeline


def open_selfie(engine: Engine) -> Selfie:
    """Load the model's IP-Adapter (folders ``ip_adapter``, ``image_encoder``, ``feature_extractor``).

    The adapter changes the UNet that it is loaded into, so the UNet is read a second time: the shoot's
    never sees it. Raises BadModel when a folder is missing or unreadable.
    """
    folder, device, dtype = engine.folder, engine.device, engine.dtype
    files = sorted((folder / "ip_adapter").glob("*.safetensors"))
    if not files:
        raise BadModel(f"{folder} has no ip_adapter file, which a selfie needs; restore the model folder.")
    try:
        parts = {
            **engine.pipe.components,
            "unet": UNet2DConditionModel.from_pretrained(folder / "unet", dtype=dtype, use_safetensors=True),
            "image_encoder": CLIPVisionModelWithProjection.from_pretrained(
                folder / "image_encoder", dtype=dtype
            ),
            "feature_extractor": CLIPImageProcessor.from_pretrained(folder / "feature_extractor"),
            "scheduler": type(engine.pipe.scheduler).from_config(engine.pipe.scheduler.config),
        }
        zeros = engine.pipe.config.force_zeros_for_empty_prompt
        pipe = StudioPipeline(**parts, force_zeros_for_empty_prompt=zeros, add_watermarker=False)
        with indivisible("to load the model for a selfie"):
            pipe.to(device)
        pipe.load_ip_adapter(str(files[0].parent), "", files[0].name, image_encoder_folder=None)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise BadModel(
            f"The selfie part of {folder} cannot be read ({error}); restore the folder."
        ) from error
    lay_out(pipe)
    pipe.set_ip_adapter_scale(SCALE)
    pipe.set_progress_bar_config(disable=True)
    return Selfie(engine, pipe)


@torch.no_grad()
def look_at(selfie: Selfie, crop: Image.Image) -> Tensor:
    """A head crop (mode RGB) -> its embeddings, the empty picture's first; for any number of pictures."""
    (embeddings,) = selfie.pipe.prepare_ip_adapter_image_embeds(
        [crop.convert("RGB")], None, selfie.engine.device, 1, True
    )
    seen: Tensor = embeddings
    return seen


def try_on(
    selfie: Selfie,
    crop: Image.Image,
    orders: Sequence[studio.Order],
    *,
    keep: Keep = Keep(),
    progress: Progress = silent,
    cancelled: Callable[[], bool] = never,
    batch: int = 1,
) -> Iterator[Frame]:
    """Frames in the order asked, each shown as soon as its batch is done; nothing is learned or kept.

    ``crop`` is the head with its hair, as ``training_photos`` frames a headshot.
    """
    engine, seen, done = selfie.engine, look_at(selfie, crop), 0
    shots = (studio.shot(engine, order, keep, "") for order in orders)
    for images in studio.in_batches(engine, shots, batch, pipe=selfie.pipe, seen=seen, cancelled=cancelled):
        chosen = orders[done : done + len(images)]
        done += len(images)
        progress(done / len(orders), f"{done} of {len(orders)} pictures")
        for image, (look, direction, seed) in zip(images, chosen):
            yield Frame(image, look, direction, seed)
