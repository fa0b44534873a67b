"""The adapter is everybody's: stock diffusers, alone in a process, draws exactly what we draw with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from diffusers import StableDiffusionXLPipeline

from generation.engine import adapter, identity
from generation.engine.pipeline import Engine
from generation.engine.types import Recipe
from tests.engine import tiny

PROMPT, SEED, STEPS, GUIDANCE = "studio portrait of a sks person, smile", 11, 3, 2.0
STRANGER = """
import sys
import numpy as np
import torch
from diffusers import StableDiffusionXLPipeline
model, lora, out, prompt, seed, steps, guidance = sys.argv[1:]
pipe = StableDiffusionXLPipeline.from_pretrained(model, dtype=torch.float32, add_watermarker=False)
size = pipe.vae.config.sample_size

def draw():
    return pipe(prompt, height=size, width=size, num_inference_steps=int(steps), output_type="np",
                guidance_scale=float(guidance), negative_prompt="",
                generator=torch.Generator().manual_seed(int(seed))).images

without = draw()
pipe.load_lora_weights(lora)
np.save(out, np.concatenate([without, draw()]))
assert not [name for name in sys.modules if name.split(".")[0] == "generation"]
"""


def test_stock_diffusers_draws_the_same_picture_to_the_last_bit(engine: Engine, tmp_path: Path) -> None:
    everywhere = np.ones((tiny.SIZE, tiny.SIZE), np.float32)
    photo = identity.TrainingPhoto(tiny.picture(1), "phone photo of a sks person", everywhere)
    recipe = Recipe(rank=4, steps=4, batch=2, warmup=1, checkpoints=1, learning_rate=2e-2)
    made = identity.train(engine, [photo], recipe=recipe, out=tmp_path / "lora.safetensors")
    adapter.wear(engine, made.adapter)
    engine.pipe.unet.to(memory_format=torch.contiguous_format)  # as stock diffusers lays it out
    engine.pipe.vae.to(memory_format=torch.contiguous_format)
    parts = {name: part for name, part in engine.pipe.components.items() if name != "controlnet"}
    parts["scheduler"] = type(engine.pipe.scheduler).from_config(engine.pipe.scheduler.config)
    ours = StableDiffusionXLPipeline(**parts, force_zeros_for_empty_prompt=False, add_watermarker=False)(
        PROMPT,
        height=tiny.SIZE,
        width=tiny.SIZE,
        num_inference_steps=STEPS,
        guidance_scale=GUIDANCE,
        negative_prompt="",
        generator=torch.Generator().manual_seed(SEED),
        output_type="np",
    ).images
    arguments = [
        str(value)
        for value in (engine.folder, made.adapter, tmp_path / "out.npy", PROMPT, SEED, STEPS, GUIDANCE)
    ]
    subprocess.run(
        [sys.executable, "-c", STRANGER, *arguments], check=True, cwd=tmp_path, capture_output=True
    )
    without, theirs = np.load(tmp_path / "out.npy")
    assert np.abs(ours[0] - theirs).max() == 0
    assert np.abs(theirs - without).max() > 1e-3
