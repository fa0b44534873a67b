"""Base + identity + control + look + seeds -> frames, in batches; one seed a picture, whatever the batch."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from inspect import signature
from itertools import islice
from typing import Any

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from . import adapter
from .looks import prompt
from .orders import orders_for as orders_for  # with Order, the studio's own words to its callers
from .pipeline import Engine, StudioPipeline
from .portions import portion, room
from .progress import Progress, never, silent
from .sketch import control_image
from .types import BadModel, Cancelled, Frame, Identity, Keep
from .types import Order as Order


@dataclass(frozen=True)
class Shot:
    """One picture to draw: what the model is told, what it is shown, where its noise begins."""

    prompt: str
    control: Image.Image
    seed: int


def shoot(
    engine: Engine,
    identity: Identity | None,
    orders: Sequence[Order],
    *,
    keep: Keep | None = None,
    progress: Progress = silent,
    cancelled: Callable[[], bool] = never,
    batch: int | None = None,
) -> Iterator[Frame]:
    """Frames in the order asked, as each batch is done; without an identity the base model draws.

    ``keep`` replaces the identity's own keep list. Raises BadModel when the identity does not belong to
    this model, Cancelled between two steps, OutOfMemory.
    """
    if identity is None:
        adapter.take_off(engine)
    else:
        adapter.wear(engine, identity.adapter)
        keep = identity.keep if keep is None else keep
    token = identity.token if identity else ""
    batch = batch or (16 if engine.device.type == "cuda" else 4)
    shots = (shot(engine, order, keep or Keep(), token) for order in orders)
    done = 0
    for images in in_batches(engine, shots, batch, cancelled=cancelled):
        chosen = orders[done : done + len(images)]
        done += len(images)
        progress(done / len(orders), f"{done} of {len(orders)} pictures")
        for image, (look, direction, seed) in zip(images, chosen):
            yield Frame(image, look, direction, seed)


def in_batches(engine: Engine, shots: Iterable[Shot], batch: int, **how: Any) -> Iterator[list[Image.Image]]:
    """Pictures of all shots in order, as each batch is done; ``how`` is ``draw``'s.

    Raises OutOfMemory, or BadModel where one picture is too many.
    """
    coming, size = iter(shots), portion(batch, engine.split)
    while chosen := list(islice(coming, size)):
        filled = _filled(chosen, [one for one in engine.batches if one <= size])
        with room("to draw pictures", len(filled)):
            images = draw(engine, filled, **how)
        yield images[: len(chosen)]


def _filled(shots: list[Shot], sizes: Sequence[int]) -> list[Shot]:
    """As many shots as the next of these sizes, the last one again and again; as they are beyond them."""
    size = next((size for size in sizes if size >= len(shots)), len(shots))
    return shots + shots[-1:] * (size - len(shots))


def shot(engine: Engine, order: Order, keep: Keep, token: str) -> Shot:
    """An order in the model's own terms."""
    look, direction, seed = order
    control = control_image(look, direction, size=engine.settings.size, style=engine.settings.control)
    return Shot(prompt(look, direction, keep, token=token), control, seed)


def draw(
    engine: Engine,
    shots: Sequence[Shot],
    *,
    pipe: StudioPipeline | None = None,
    steps: int | None = None,
    window: tuple[float, float] | None = None,
    seen: Tensor | None = None,
    cancelled: Callable[[], bool] = never,
    **more: Any,
) -> list[Image.Image]:
    """Pictures (mode RGB, ``size`` a side) of one batch, with whatever the UNet wears.

    ``pipe`` replaces the engine's pipeline, ``steps`` and ``window`` its settings' steps and guidance window;
    ``seen`` is what it sees of a selfie (``selfie.look_at``), and ``more`` goes to its call. Batches equal
    single pictures to rounding: each picture has its own noise, drawn on the CPU.
    """
    pipe, settings = pipe or engine.pipe, engine.settings
    steps = steps or settings.steps
    words, nothing = [engine.words(one.prompt) for one in shots], engine.words("")
    generators = [torch.Generator().manual_seed(one.seed) for one in shots]
    controls = [one.control for one in shots]
    latents, timing = _first_latents(engine, pipe, controls, generators, steps)
    count = len(timing.get("timesteps", range(steps)))
    plan = [within((i + 0.5) / count, window or settings.guidance_window) for i in range(count)]
    pipe.guided = plan[0]
    empty = {
        "negative_prompt_embeds": nothing.states.expand(len(shots), -1, -1),
        "negative_pooled_prompt_embeds": nothing.pooled.expand(len(shots), -1),
    }
    if seen is not None:
        more["ip_adapter_image_embeds"] = [seen.repeat_interleave(len(shots), 0)]
    result = pipe(
        image=controls,
        prompt_embeds=torch.stack([one.states for one in words]),
        pooled_prompt_embeds=torch.stack([one.pooled for one in words]),
        **empty,
        height=settings.size,
        width=settings.size,
        **timing,
        guidance_scale=settings.guidance,
        control_guidance_end=settings.control_until,
        generator=generators,
        latents=latents,
        callback_on_step_end=_between_steps(plan, nothing.states, nothing.pooled, cancelled),
        callback_on_step_end_tensor_inputs=["prompt_embeds", "add_text_embeds", "add_time_ids", "image"],
        **more,
    )
    if pipe.interrupt:
        raise Cancelled("The shoot was stopped; what was finished is kept.")
    return list(result.images)


def within(share: float, window: tuple[float, float]) -> bool:
    return window[0] <= share <= window[1]


def _between_steps(
    plan: Sequence[bool], states: Tensor, pooled: Tensor, cancelled: Callable[[], bool]
) -> Callable[..., dict[str, Any]]:
    """A callback that stops a cancelled run and switches guidance as planned.

    Guided, the pipeline's tensors hold the unguided half first; they are cut or doubled here, so that an
    unguided step costs half and changes nothing else.
    """

    def after(pipe: StudioPipeline, step: int, _: Any, tensors: dict[str, Any]) -> dict[str, Any]:
        if cancelled():
            pipe._interrupt = True
        if step + 1 >= len(plan) or plan[step + 1] == pipe.guided:
            return {}
        pipe.guided = plan[step + 1]
        if not pipe.guided:
            return {name: value.chunk(2)[1] for name, value in tensors.items()}
        count = len(tensors["prompt_embeds"])
        empty = {"prompt_embeds": states.expand(count, -1, -1), "add_text_embeds": pooled.expand(count, -1)}
        return {name: torch.cat([empty.get(name, value), value]) for name, value in tensors.items()}

    return after


@torch.no_grad()
def _first_latents(
    engine: Engine,
    pipe: StudioPipeline,
    controls: Sequence[Image.Image],
    generators: Sequence[torch.Generator],
    steps: int,
) -> tuple[Tensor, dict[str, Any]]:
    """(n, channels, h, w) where the sampler begins, and the steps to take, as the pipeline's arguments.

    Below a start strength of 1 that is the control image under noise (SDEdit, arXiv 2108.01073): the
    backdrop's colour and the light's side are then given, not guessed.
    """
    strength, side = engine.settings.start_strength, engine.settings.size // pipe.vae_scale_factor
    shape = (1, pipe.unet.config.in_channels, side, side)
    noise = torch.cat([torch.randn(shape, generator=one) for one in generators]).to(engine.device)
    if strength >= 1:
        return noise.to(engine.dtype), {"num_inference_steps": steps}
    if "timesteps" not in signature(pipe.scheduler.set_timesteps).parameters:
        raise BadModel(f"{type(pipe.scheduler).__name__} cannot begin late; set start_strength to 1.")
    pipe.scheduler.set_timesteps(steps)
    taken = pipe.scheduler.timesteps.tolist()[steps - max(1, round(steps * strength)) :]
    pipe.scheduler.set_timesteps(timesteps=taken, device=engine.device)
    begin = torch.tensor([taken[0]] * len(controls), device=engine.device)
    begun = (
        pipe.scheduler.add_noise(encode(pipe, controls).mean, noise, begin) / pipe.scheduler.init_noise_sigma
    )
    return begun.to(engine.dtype), {"timesteps": taken}


@dataclass(frozen=True)
class Latents:
    """The VAE's posterior, scaled as the UNet takes it: (n, channels, h, w) each, float32."""

    mean: Tensor
    std: Tensor


@torch.no_grad()
def encode(pipe: StudioPipeline, images: Sequence[Image.Image]) -> Latents:
    """Pictures (all of one size, mode RGB) -> the posterior of their latents."""
    means, stds = [], []
    for image in images:
        pixels = torch.from_numpy(np.asarray(image.convert("RGB")).copy()).permute(2, 0, 1)[None]
        scaled = (pixels.float() / 127.5 - 1).to(pipe.vae.device, pipe.vae.dtype)
        posterior = pipe.vae.encode(scaled).latent_dist
        means.append(posterior.mean.float())
        stds.append(posterior.std.float())
    scale = pipe.vae.config.scaling_factor
    return Latents(torch.cat(means) * scale, torch.cat(stds) * scale)
