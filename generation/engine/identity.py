"""DreamBooth + LoRA: photos of one person -> an adapter; the training loop in plain sight."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import torch
from diffusers.training_utils import cast_training_params
from peft import LoraConfig
from torch import Tensor

from . import adapter, checkpoints, choosing, losses, training_step
from .memory import Memory, of_people, remember
from .pipeline import Engine
from .progress import Progress, never, silent
from .training_photos import TrainingPhoto, prepare, split
from .types import BadInput, Cancelled, Floats, Identity, Keep, Recipe

__all__ = ["TrainingPhoto", "prepare", "split", "train"]

STATE_EVERY = 20  # steps, about 10 s on two cores: what a kill may cost
LAST_RATE = 0.1  # of the learning rate, at the last step
Saved = Callable[[int], None]


def unnoted(step: int) -> None:
    """For a caller who does not ask when something was saved."""


def train(
    engine: Engine,
    photos: Sequence[TrainingPhoto],
    *,
    out: Path,
    held_out: Sequence[TrainingPhoto] = (),
    keep: Keep = Keep(),
    skin: Floats | None = None,
    recipe: Recipe | None = None,
    read: choosing.Read | None = None,
    progress: Progress = silent,
    cancelled: Callable[[], bool] = never,
    saved: Saved = unnoted,
    resume: Path | None = None,
) -> Identity:
    """Learn one person and write the adapter to ``out``.

    ``read`` is the product's reader (a picture -> (128,) embedding, None without a face); with it and
    ``held_out`` the checkpoint most like the held-out photos is chosen, otherwise the last. ``resume`` is a
    folder for checkpoints: a later call with the same photos, recipe and model goes on from the newest in
    it and gives exactly what an uninterrupted run gives; it is emptied at the end. ``saved`` hears of each
    step that is safe there. ``skin`` (n, 3) goes into the identity as it is. Raises BadInput without photos,
    Cancelled (after saving) when asked to stop, OutOfMemory, and BadModel when not even one photo fits.
    """
    if not photos:
        raise BadInput("There is no photo to learn from; add at least one that is accepted.")
    recipe = recipe or engine.settings.recipe
    begun = time.monotonic()
    adapter.take_off(engine)
    progress(0.0, "Reading the photos")
    own = remember(engine, photos, recipe.background_weight)
    prior = of_people(engine) if recipe.prior_weight else None
    encoded = time.monotonic()
    fingerprint = _fingerprint(engine, photos, recipe)
    work = resume or Path(tempfile.mkdtemp(prefix="identity-"))
    try:
        run = checkpoints.Run(work, attach(engine, recipe), recipe.learning_rate, recipe.seed, fingerprint)
        candidates = _learn(engine, own, prior, recipe, run, progress, cancelled, saved)
        trained = time.monotonic()
        choice = choosing.choose(
            engine,
            [partial(run.load_candidate, step) for step in candidates],
            photos,
            held_out,
            keep=keep,
            token=recipe.token,
            read=read,
            progress=lambda share: progress(0.88 + 0.12 * share, "Choosing the best checkpoint"),
            cancelled=cancelled,
        )
        run.load_candidate(candidates[choice.index])
        identity = Identity(
            adapter=out,
            base_hash=engine.base_hash,
            keep=keep,
            references=_references([*photos, *held_out], read),
            skin=np.zeros((0, 3), np.float32) if skin is None else skin,
            token=recipe.token,
            timings=_timings(begun, encoded, trained),
        )
        story = {"steps": candidates, "chosen": choice.index, "scores": choice.scores}
        adapter.write(out, engine.pipe.unet, recipe.rank, identity, story)
        run.clear()
    finally:
        engine.pipe.unet.unload_lora()
        if resume is None:
            shutil.rmtree(work, ignore_errors=True)
    progress(1.0, "Identity learned")
    return identity


def _learn(
    engine: Engine,
    own: Memory,
    prior: Memory | None,
    recipe: Recipe,
    run: checkpoints.Run,
    progress: Progress,
    cancelled: Callable[[], bool],
    saved: Saved,
) -> list[int]:
    """The training loop; returns the steps at which a candidate was saved."""
    schedule = losses.noise_schedule(engine.pipe.scheduler)
    candidates = sorted(
        {round(recipe.steps * (i + 1) / recipe.checkpoints) for i in range(recipe.checkpoints)} - {0}
    )
    step = run.restore()
    gradients = training_step.Gradients(engine, [*run.parameters.values()], recipe.batch)
    while step < recipe.steps:
        if cancelled():
            run.save(step)
            raise Cancelled("Training was stopped; the same command goes on from here.")
        gradients.put(
            [
                (weight, training_step.batch(engine, schedule, memory, recipe, run.generator))
                for weight, memory in ((1.0, own), (recipe.prior_weight, prior))
                if memory
            ]
        )
        torch.nn.utils.clip_grad_norm_(run.parameters.values(), 1.0)
        run.optimiser.param_groups[0]["lr"] = recipe.learning_rate * _rate(step, recipe)
        run.optimiser.step()
        run.optimiser.zero_grad(set_to_none=True)
        step += 1
        if step in candidates:
            run.save_candidate(step)
        if step in candidates or step % STATE_EVERY == 0:
            run.save(step)
            saved(step)
        progress(0.02 + 0.86 * step / recipe.steps, f"Learning the person: step {step} of {recipe.steps}")
    return candidates


def attach(engine: Engine, recipe: Recipe) -> dict[str, Tensor]:
    """A fresh adapter on the UNet, alpha = rank, float32 whatever the base is; returns what is trained.

    Where a GPU asks for a higher rank, what is beyond the recipe's is 0 and stays 0, for its gradients are.
    """
    unet, rank = engine.pipe.unet, engine.rank(recipe.rank)
    unet.requires_grad_(False)
    torch.manual_seed(recipe.seed)  # of the gaussian start
    unet.add_adapter(
        LoraConfig(
            r=rank,
            lora_alpha=rank,
            init_lora_weights="gaussian",
            target_modules=list(recipe.targets),
        )
    )
    cast_training_params(unet, dtype=torch.float32)
    trained = {name: value for name, value in unet.named_parameters() if value.requires_grad}
    for name, value in trained.items():
        if rank > recipe.rank and "lora_A" in name:  # peft divides the start by the rank
            value.data[: recipe.rank] *= rank / recipe.rank
            value.data[recipe.rank :] = 0
    return trained


def _rate(step: int, recipe: Recipe) -> float:
    """Share of the learning rate: a linear start, then down in a line."""
    return min(1.0, (step + 1) / max(1, recipe.warmup)) * (1 - (1 - LAST_RATE) * step / recipe.steps)


def _references(photos: Sequence[TrainingPhoto], read: choosing.Read | None) -> Floats:
    """(n, 128) embeddings, one of each photo that the reader can read."""
    firsts = {photo.source: photo for photo in reversed(photos)}
    found = [read(photo.image) for photo in firsts.values()] if read else []
    return np.array([one for one in found if one is not None], np.float32).reshape(-1, 128)


def _fingerprint(engine: Engine, photos: Sequence[TrainingPhoto], recipe: Recipe) -> str:
    """What a checkpoint belongs to: model, recipe, photos, masks, captions."""
    digest = hashlib.sha256(f"{engine.base_hash} {recipe}".encode())
    for photo in photos:
        digest.update(photo.caption.encode() + photo.image.tobytes() + photo.mask.tobytes())
    return digest.hexdigest()


def _timings(begun: float, encoded: float, trained: float) -> dict[str, float]:
    """Seconds of each part."""
    return {"encode": encoded - begun, "train": trained - encoded, "choose": time.monotonic() - trained}
