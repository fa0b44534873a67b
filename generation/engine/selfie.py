"""Headshots from one selfie without training: IP-Adapter on a UNet of its own (arXiv 2308.06721)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from diffusers import EulerDiscreteScheduler, UNet2DConditionModel
from PIL import Image
from safetensors import SafetensorError
from torch import Tensor
from transformers import CLIPImageProcessor, CLIPVisionModelWithProjection

from . import studio
from .pipeline import Engine, StudioPipeline, lay_out, variant
from .portions import room
from .progress import Progress, never, silent
from .types import BadModel, Frame, Keep

SCALE = 0.9  # of the picture's words against the prompt's; at 1 the selfie's own pose begins to win
FEW = 4  # steps of a model with a few-step adapter (arXiv 2402.13929), which is never guided
ALWAYS, NEVER = (0.0, 1.0), (2.0, 2.0)  # guidance windows


@dataclass
class Selfie:
    """A pipeline whose UNet hears pictures; it shares only what nobody changes with the engine."""

    engine: Engine
    pipe: StudioPipeline
    few_steps: bool  # whether its UNet needs no more than ``FEW``


def open_selfie(engine: Engine) -> Selfie:
    """Load the model's IP-Adapter (folders ``ip_adapter`` and ``image_encoder``) and what goes with it.

    That is ``feature_extractor``, otherwise CLIP's own, and a few-step adapter in ``few_steps``, if there is
    one. Both adapters change the UNet that they are loaded into, so the UNet is read a second time: the
    shoot's never sees them. Raises BadModel when a folder is missing or unreadable.
    """
    folder, device, dtype = engine.folder, engine.device, engine.dtype
    options = {"dtype": dtype, "local_files_only": True, "use_safetensors": True}
    files = sorted((folder / "ip_adapter").glob("*.safetensors"))
    if not files:
        raise BadModel(f"{folder} has no ip_adapter file, which a selfie needs; restore the model folder.")
    try:
        parts = {
            **engine.pipe.components,
            "unet": UNet2DConditionModel.from_pretrained(folder / "unet", variant=variant(folder), **options),
            "image_encoder": CLIPVisionModelWithProjection.from_pretrained(
                folder / "image_encoder", **options
            ),
            "feature_extractor": _feature_extractor(folder / "feature_extractor"),
            "scheduler": type(engine.pipe.scheduler).from_config(engine.pipe.scheduler.config),
        }
        zeros = engine.pipe.config.force_zeros_for_empty_prompt
        pipe = StudioPipeline(**parts, force_zeros_for_empty_prompt=zeros, add_watermarker=False)
        with room("to load the model for a selfie"):
            pipe.to(device)
        few_steps = _take_few_steps(pipe, folder / "few_steps")
        pipe.load_ip_adapter(str(files[0].parent), "", files[0].name, image_encoder_folder=None)
    except (OSError, ValueError, RuntimeError, KeyError, SafetensorError) as error:
        raise BadModel(
            f"The selfie part of {folder} cannot be read ({error}); restore the folder."
        ) from error
    lay_out(pipe)
    pipe.set_ip_adapter_scale(SCALE)
    pipe.set_progress_bar_config(disable=True)
    return Selfie(engine, pipe, few_steps)


def _feature_extractor(folder: Path) -> CLIPImageProcessor:
    return CLIPImageProcessor.from_pretrained(folder) if folder.is_dir() else CLIPImageProcessor()


def _take_few_steps(pipe: StudioPipeline, folder: Path) -> bool:
    """Melt the few-step adapter into the UNet, with the sampler that it was made for; False without one."""
    files = sorted(folder.glob("*.safetensors"))
    if files:
        pipe.load_lora_weights(folder, weight_name=files[0].name)
        pipe.fuse_lora()
        pipe.unload_lora_weights()
        pipe.scheduler = EulerDiscreteScheduler.from_config(
            pipe.scheduler.config, timestep_spacing="trailing", use_karras_sigmas=False
        )
    return bool(files)


@torch.no_grad()
def look_at(selfie: Selfie, crop: Image.Image) -> Tensor:
    """A head crop (mode RGB) -> its embeddings for any number of pictures.

    The empty picture's come first where the model is guided.
    """
    (embeddings,) = selfie.pipe.prepare_ip_adapter_image_embeds(
        [crop.convert("RGB")], None, selfie.engine.device, 1, not selfie.few_steps
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
    batch: int | None = None,
) -> Iterator[Frame]:
    """Frames in the order asked, each shown as soon as its batch is done; nothing is learned or kept.

    ``crop`` is the head with its hair, as ``training_photos`` frames a headshot.
    """
    engine, seen, done = selfie.engine, look_at(selfie, crop), 0
    batch = batch or (4 if engine.device.type == "cuda" else 1)
    shots = (studio.shot(engine, order, keep, "") for order in orders)
    steps, window = (FEW, NEVER) if selfie.few_steps else (None, ALWAYS)
    how = {"pipe": selfie.pipe, "seen": seen, "steps": steps, "window": window, "cancelled": cancelled}
    for images in studio.in_batches(engine, shots, batch, **how):
        chosen = orders[done : done + len(images)]
        done += len(images)
        progress(done / len(orders), f"{done} of {len(orders)} pictures")
        for image, (look, direction, seed) in zip(images, chosen):
            yield Frame(image, look, direction, seed)
