"""The understudy's parts, built small with SDXL's own classes; ``build`` writes them with random weights."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    DPMSolverMultistepScheduler,
    StableDiffusionXLControlNetPipeline,
    UNet2DConditionModel,
)
from safetensors.torch import save_file
from torch import Tensor
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from ..engine.reader import ReaderNet, save_reader
from .tokens import CONTEXT, build_tokenizer

SIZE = 256
LATENTS = 8
HIDDEN = 128  # of each text encoder; the UNet sees both side by side
IMAGE_EMBEDDING = 256
IP_TOKENS = 4
CHANNELS = (96, 128, 160)
SCHEDULE: dict[str, Any] = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "prediction_type": "v_prediction",
    "rescale_betas_zero_snr": True,
    "timestep_spacing": "trailing",
}
SETTINGS: dict[str, Any] = {
    "name": "understudy",
    "size": SIZE,
    "control": "sketch",
    "steps": 14,
    "guidance": 2.5,
    "guidance_window": [0.0, 1.0],
    "control_until": 1.0,
    "start_strength": 1.0,
}


def vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(32, 64, 128, 128),
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=LATENTS,
        norm_num_groups=16,
        mid_block_add_attention=False,
        sample_size=SIZE,
        scaling_factor=1.0,
        force_upcast=False,
    )


def unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIZE // 8,
        in_channels=LATENTS,
        out_channels=LATENTS,
        block_out_channels=CHANNELS,
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=2 * HIDDEN,
        # diffusers' name for the number of heads
        attention_head_dim=tuple(width // 32 for width in CHANNELS),
        addition_embed_type="text_time",
        addition_time_embed_dim=32,
        projection_class_embeddings_input_dim=6 * 32 + HIDDEN,
        use_linear_projection=True,
        norm_num_groups=16,
    )


def controlnet(of: UNet2DConditionModel) -> ControlNetModel:
    """Without attention: 2.6 M parameters instead of 4.7 M, and the map needs none."""
    plain = {
        **of.config,
        "down_block_types": ("DownBlock2D",) * 3,
        "mid_block_type": "UNetMidBlock2D",
        "conditioning_channels": 3,
        "conditioning_embedding_out_channels": (16, 32, 64, 96),
    }
    accepted = ControlNetModel.from_config({k: v for k, v in plain.items() if not k.startswith("_")})
    if not isinstance(accepted, ControlNetModel):
        raise TypeError("diffusers built another class than ControlNetModel")
    return accepted


def text_encoders(vocab: int, *, bos: int, eos: int) -> tuple[CLIPTextModel, CLIPTextModelWithProjection]:
    config = CLIPTextConfig(
        vocab_size=vocab,
        hidden_size=HIDDEN,
        intermediate_size=256,
        num_hidden_layers=3,
        num_attention_heads=4,
        max_position_embeddings=CONTEXT,
        projection_dim=HIDDEN,
        bos_token_id=bos,
        eos_token_id=eos,
        pad_token_id=eos,
    )
    return CLIPTextModel(config), CLIPTextModelWithProjection(config)


def image_encoder() -> CLIPVisionModelWithProjection:
    return CLIPVisionModelWithProjection(
        CLIPVisionConfig(
            hidden_size=128,
            intermediate_size=384,
            num_hidden_layers=4,
            num_attention_heads=4,
            image_size=128,
            patch_size=16,
            projection_dim=IMAGE_EMBEDDING,
        )
    )


def image_processor() -> CLIPImageProcessor:
    half = [0.5, 0.5, 0.5]
    return CLIPImageProcessor(
        size={"shortest_edge": 128}, crop_size={"height": 128, "width": 128}, image_mean=half, image_std=half
    )


def ip_adapter(of: UNet2DConditionModel) -> dict[str, Tensor]:
    """A fresh IP-Adapter in the published file's naming: keys ``image_proj.*`` and ``ip_adapter.*``.

    Keys and values start as copies of the text ones, as in the paper (arXiv 2308.06721)."""
    cross = 2 * HIDDEN
    state = {
        "image_proj.proj.weight": torch.randn(IP_TOKENS * cross, IMAGE_EMBEDDING) * IMAGE_EMBEDDING**-0.5,
        "image_proj.proj.bias": torch.zeros(IP_TOKENS * cross),
        "image_proj.norm.weight": torch.ones(cross),
        "image_proj.norm.bias": torch.zeros(cross),
    }
    weights = of.state_dict()
    for index, name in enumerate(of.attn_processors):
        if name.endswith("attn2.processor"):
            layer = name.removesuffix("processor")
            for letter in "kv":
                key = f"ip_adapter.{index}.to_{letter}_ip.weight"
                state[key] = weights[f"{layer}to_{letter}.weight"].clone()
    return state


def parts() -> dict[str, Any]:
    """Every part with random weights, by its folder's name in the hub layout."""
    tokenizer = build_tokenizer()
    first, second = text_encoders(len(tokenizer), bos=tokenizer.bos_token_id, eos=tokenizer.eos_token_id)
    net = unet()
    return {
        "vae": vae(),
        "unet": net,
        "text_encoder": first,
        "text_encoder_2": second,
        "tokenizer": tokenizer,
        "tokenizer_2": tokenizer,
        "scheduler": DPMSolverMultistepScheduler(**SCHEDULE, algorithm_type="dpmsolver++", solver_order=2),
        "controlnet": controlnet(net),
        "image_encoder": image_encoder(),
        "ip_adapter": ip_adapter(net),
        "reader": ReaderNet(),
    }


def save(made: dict[str, Any], out: Path) -> None:
    """Write all parts as fp16 safetensors in the hub layout that ``from_pretrained`` reads."""
    made = dict(made)
    reader, adapter = made.pop("reader"), made.pop("ip_adapter")
    encoder = made.pop("image_encoder")
    for part in ("vae", "unet", "text_encoder", "text_encoder_2", "controlnet"):
        made[part] = made[part].to("cpu", torch.float16)
    pipeline = StableDiffusionXLControlNetPipeline(
        **made, force_zeros_for_empty_prompt=False, add_watermarker=False
    )
    pipeline.save_pretrained(out, max_shard_size="15MB")
    encoder.to("cpu", torch.float16).save_pretrained(out / "image_encoder")
    image_processor().save_pretrained(out / "feature_extractor")
    (out / "ip_adapter").mkdir(exist_ok=True)
    half = {name: value.detach().cpu().half().contiguous() for name, value in adapter.items()}
    save_file(half, out / "ip_adapter" / "ip_adapter.safetensors")
    save_reader(reader.cpu(), out / "reader")
    (out / "engine.json").write_text(json.dumps(SETTINGS, indent=1) + "\n")


def build(out: Path, seed: int = 0) -> None:
    """A model folder of the shipped shapes with random weights, for tests of the plumbing."""
    torch.manual_seed(seed)
    save(parts(), out)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=build.__doc__)
    parser.add_argument("--out", type=Path, required=True)
    build(parser.parse_args().out)
