"""The parts of an SDXL shoot on one GPU, each against what the card can do, and the stock scripts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, ControlNetModel, StableDiffusionXLControlNetPipeline
from peft import LoraConfig
from safetensors import safe_open
from safetensors.torch import load_file, save_file
from torch.nn import functional as F
from torch.utils.flop_counter import FlopCounterMode

from generation.engine import acceleration, adapter, identity, losses, memory, pipeline, studio, training_step
from generation.engine.looks import CATALOGUE
from generation.engine.pipeline import ATTENTION, Engine
from generation.engine.types import Identity, Keep

from . import full_size

Figures = dict[str, Any]
STOCK_STEPS, STOCK_PICTURES, STOCK_SAMPLER = 20, 3, 30
SUBJECTS = 20


def measure(folder: Path, out: Path) -> Figures:
    peak = matmul_peak()
    begun = time.perf_counter()
    engine = pipeline.load(folder)
    found: Figures = {"matmul_tflops": peak, "load": time.perf_counter() - begun}
    work = found["tflop"] = counted(engine)
    people = subjects(engine, out)
    found["parameters"] = sum(value.numel() for value in engine.pipe.unet.parameters())
    found["adapter_mb"] = people[0].adapter.stat().st_size / 1e6
    adapter.wear(engine, people[0].adapter)
    found["unet_eager_16"] = forward(engine, 16, work["unet"] / peak)
    acceleration.accelerate(engine)
    found["unet_16"] = forward(engine, 16, work["unet"] / peak)
    found["unet_32"] = forward(engine, 32, work["unet"] / peak)
    found["decode"] = decode(engine, work["decode"] / peak)
    found["swaps"] = swaps(engine, people)
    found["training"] = training(engine, 2 * work["unet"] / peak)
    return found


def counted(engine: Engine) -> dict[str, float]:
    """TFLOP of each part for one picture, by torch's own counter."""
    kind = {"device": engine.device, "dtype": engine.dtype}
    latents, picture = torch.randn(1, 4, 128, 128, **kind), torch.randn(1, 3, 1024, 1024, **kind)
    unet, control = asked(engine, 1), asked(engine, 1) | {"controlnet_cond": picture}
    parts: dict[str, Callable[[], object]] = {
        "unet": lambda: engine.pipe.unet(latents, **unet),
        "controlnet": lambda: engine.pipe.controlnet(latents, **control),
        "decode": lambda: engine.pipe.vae.decode(latents),
        "encode": lambda: engine.pipe.vae.encode(picture),
    }
    found = {}
    for name, part in parts.items():
        with torch.no_grad(), FlopCounterMode(display=False) as counter:
            part()
        found[name] = counter.get_total_flops() / 1e12
    return found


def asked(engine: Engine, batch: int) -> dict[str, Any]:
    """What the UNet and the ControlNet are told beside the noisy samples."""
    words, size = engine.words("studio portrait"), engine.settings.size
    frame = torch.tensor([[size, size, 0, 0, size, size]], device=engine.device, dtype=engine.dtype)
    return {
        "timestep": torch.full((batch,), 500, device=engine.device),
        "encoder_hidden_states": words.states.repeat(batch, 1, 1),
        "added_cond_kwargs": {
            "text_embeds": words.pooled.repeat(batch, 1),
            "time_ids": frame.repeat(batch, 1),
        },
    }


def seconds(work: Callable[[], object], times: int = 3) -> float:
    """Median, after one run that is not counted."""
    work()
    return statistics.median(_once(work) for _ in range(times))


def _once(work: Callable[[], object]) -> float:
    torch.cuda.synchronize()
    begun = time.perf_counter()
    work()
    torch.cuda.synchronize()
    return time.perf_counter() - begun


def matmul_peak() -> float:
    """TFLOP/s of a large bfloat16 product."""
    side = 8192
    a, b = (torch.randn(side, side, device="cuda", dtype=torch.bfloat16) for _ in range(2))
    return 2e-12 * side**3 / seconds(lambda: a @ b, 9)


def forward(engine: Engine, batch: int, least: float) -> Figures:
    """The UNet with an adapter on, as drawing asks it; ``least`` is the seconds of a sample at the peak."""
    noisy = torch.randn(batch, 4, 128, 128, device=engine.device, dtype=engine.dtype)
    told = asked(engine, batch)

    @torch.no_grad()
    def work() -> None:
        engine.pipe.unet(noisy, **told)

    first = _once(work)
    each = seconds(work) / batch
    return {"first": first, "ms_per_sample": 1000 * each, "share_of_peak": least / each}


def decode(engine: Engine, least: float) -> Figures:
    latents = torch.randn(4, 4, 128, 128, device=engine.device, dtype=engine.dtype)

    @torch.no_grad()
    def work() -> None:
        engine.pipe.vae.decode(latents)

    first = _once(work)
    each = seconds(work) / len(latents)
    return {"first": first, "ms_per_picture": 1000 * each, "share_of_peak": least / each}


def training(engine: Engine, least: float) -> Figures:
    """Steps as ``identity`` takes them; and a replayed step's gradients against those of a launched one."""
    adapter.take_off(engine)
    recipe = engine.settings.recipe
    own = memory.remember(engine, full_size.photos(engine.settings.size), recipe.background_weight)
    parameters = identity.attach(engine, recipe)
    optimiser = torch.optim.AdamW(parameters.values(), lr=1e-4, fused=True)
    schedule, dice = losses.noise_schedule(engine.pipe.scheduler), torch.Generator().manual_seed(0)
    gradients = training_step.Gradients(engine, [*parameters.values()], recipe.batch)

    def drawn() -> list[tuple[float, training_step.Batch]]:
        return [(1.0, training_step.batch(engine, schedule, own, recipe, dice))]

    def step() -> None:
        gradients.put(drawn())
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)

    torch.cuda.reset_peak_memory_stats()
    warm = [_once(step) for _ in range(gradients.WARM_UP + 1)]
    many = 10
    each = _once(lambda: [step() for _ in range(many)]) / many
    one = drawn()
    gradients.put(one)
    replayed = [value.grad.clone() for value in parameters.values() if value.grad is not None]

    def launched() -> list[torch.Tensor]:
        optimiser.zero_grad(set_to_none=True)
        training_step.backward(engine, one, gradients.portion)
        return [value.grad.clone() for value in parameters.values() if value.grad is not None]

    first, second = launched(), launched()
    found = {
        "first_steps": warm,
        "ms_per_step": 1000 * each,
        "samples_per_second": recipe.batch / each,
        "share_of_peak": least * recipe.batch / each,
        "portion": gradients.portion,
        "gib": torch.cuda.max_memory_allocated() / 2**30,
        "replayed_apart_from_launched": _furthest(replayed, first),
        "launched_apart_from_launched": _furthest(second, first),
    }
    engine.pipe.unet.unload_lora()
    return found


def _furthest(ones: Sequence[torch.Tensor], others: Sequence[torch.Tensor]) -> float:
    """The largest relative distance of two that belong together."""
    pairs = zip(ones, others, strict=True)
    return max(((one - other).norm() / other.norm().clamp_min(1e-12)).item() for one, other in pairs)


def swaps(engine: Engine, people: Sequence[Identity]) -> Figures:
    """A subject after another: time, trace, and whether the last is what a fresh load is."""
    base, times, held = engine.live_hash(), list[float](), list[int]()
    for who in people:
        times.append(_once(lambda who=who: adapter.wear(engine, who.adapter)))
        held.append(torch.cuda.memory_allocated())
    swapped = _drawn(engine, people[-1])
    again = _drawn(engine, people[-1])
    adapter.take_off(engine)
    fresh = _drawn(engine, people[-1])
    other = _drawn(engine, people[0])
    adapter.erase(engine)
    return {
        "ms": 1000 * statistics.median(times[2:]),
        "base_unchanged": engine.live_hash() == base,
        "memory_grew_bytes": held[-1] - held[2],
        "largest_difference_to_itself": _apart(swapped, again),
        "largest_difference_to_a_fresh_load": _apart(swapped, fresh),
        "largest_difference_to_the_other_person": _apart(swapped, other),
    }


def _apart(one: torch.Tensor, other: torch.Tensor) -> float:
    return (one - other).abs().max().item()


def _drawn(engine: Engine, who: Identity) -> torch.Tensor:
    adapter.wear(engine, who.adapter)
    orders = studio.orders_for([CATALOGUE["studio-grey"]], 4)
    shots = [studio.shot(engine, order, Keep(), who.token) for order in orders]
    return torch.stack(studio.draw(engine, shots, steps=4, output_type="latent"))


def subjects(engine: Engine, out: Path) -> list[Identity]:
    """One learned adapter, and as many others of its shape as make ``SUBJECTS``."""
    first, made = _learned(engine, out, 0), list[Identity]()
    layers = load_file(first.adapter)
    with safe_open(first.adapter, "pt") as file:
        notes = file.metadata()
    for number in range(SUBJECTS):
        torch.manual_seed(number)
        other = {name: value[torch.randperm(len(value))].contiguous() for name, value in layers.items()}
        path = out / f"subject-{number}.safetensors"
        save_file(other, path, notes)
        made.append(replace(first, adapter=path))
    return made


def _learned(engine: Engine, out: Path, seed: int) -> Identity:
    recipe = replace(engine.settings.recipe, steps=4, checkpoints=1, warmup=1, learning_rate=1e-2, seed=seed)
    photos = full_size.photos(engine.settings.size)[2 * seed : 2 * seed + 2]
    return identity.train(engine, photos, recipe=recipe, out=out / f"person-{seed}.safetensors")


def stock(folder: Path) -> Figures:
    """diffusers' DreamBooth LoRA step and plain pipeline at their defaults, batch 1, extrapolated.

    To as many samples and pictures as a shoot of ours, with ``STOCK_SAMPLER`` steps guided and controlled.
    """
    recipe, pictures = pipeline.SDXL_RECIPE, 100
    controlnet = ControlNetModel.from_pretrained(folder / "controlnet", torch_dtype=torch.bfloat16)
    pipe = StableDiffusionXLControlNetPipeline.from_pretrained(
        folder, controlnet=controlnet, torch_dtype=torch.bfloat16, add_watermarker=False
    ).to("cuda")
    pipe.set_progress_bar_config(disable=True)
    picture = full_size.photos(1024)[0].image

    def draw() -> None:
        pipe("a portrait", image=picture, num_inference_steps=STOCK_SAMPLER, height=1024, width=1024)

    each = seconds(draw, STOCK_PICTURES)
    step = _stock_step(pipe)
    train = _once(lambda: [step() for _ in range(STOCK_STEPS)]) / STOCK_STEPS
    samples = recipe.steps * recipe.batch
    return {
        "extrapolated_to": {"pictures": pictures, "training_steps_of_one": samples},
        "draw_seconds": pictures * each,
        "train_seconds": samples * train,
        "shoot_seconds": pictures * each + samples * train,
    }


def _stock_step(pipe: StableDiffusionXLControlNetPipeline) -> Callable[[], None]:
    """One step of the DreamBooth LoRA example: batch 1, rank 4, the photo encoded anew every time."""
    unet, vae = pipe.unet, AutoencoderKL.from_config(pipe.vae.config).to("cuda", torch.float32)
    unet.requires_grad_(False)
    unet.add_adapter(
        LoraConfig(r=4, lora_alpha=4, init_lora_weights="gaussian", target_modules=list(ATTENTION))
    )
    trained = [value for value in unet.parameters() if value.requires_grad]
    for value in trained:
        value.data = value.data.float()
    optimiser = torch.optim.AdamW(trained, lr=1e-4)
    schedule = losses.noise_schedule(pipe.scheduler)
    with torch.no_grad():
        states, _, pooled, _ = pipe.encode_prompt("a photo of sks person", do_classifier_free_guidance=False)
    frame = torch.tensor([[1024, 1024, 0, 0, 1024, 1024]], device="cuda", dtype=torch.bfloat16)
    photo = torch.randn(1, 3, 1024, 1024, device="cuda")

    def step() -> None:
        with torch.no_grad():
            latents = vae.encode(photo).latent_dist.sample() * vae.config.scaling_factor
        noise, at = torch.randn_like(latents), torch.randint(0, len(schedule), (1,), device="cuda")
        with torch.autocast("cuda", torch.bfloat16):
            answer = unet(
                schedule.add_noise(latents, noise, at),
                at,
                encoder_hidden_states=states,
                added_cond_kwargs={"text_embeds": pooled, "time_ids": frame},
            ).sample
        F.mse_loss(answer.float(), noise).backward()
        torch.nn.utils.clip_grad_norm_(trained, 1.0)
        optimiser.step()
        optimiser.zero_grad()

    step()
    return step
