"""A random SDXL-shaped model of some 100,000 parameters in the hub layout, built in about a second."""

from __future__ import annotations

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
from PIL import Image
from safetensors.torch import save_file
from transformers import (
    CLIPImageProcessor,
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
)

from generation.understudy.tokens import build_tokenizer

SIZE, LATENTS, HIDDEN, IP_TOKENS = 64, 4, 16, 4
SETTINGS: dict[str, Any] = {
    "name": "tiny",
    "size": SIZE,
    "control": "sketch",
    "steps": 4,
    "guidance": 2.0,
    "guidance_window": [0.0, 1.0],
    "control_until": 0.5,
    "start_strength": 1.0,
    "recipe": {"rank": 4, "steps": 6, "batch": 2, "checkpoints": 2, "warmup": 1},
}


def _vae() -> AutoencoderKL:
    return AutoencoderKL(
        block_out_channels=(8,) * 4,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        layers_per_block=1,
        latent_channels=LATENTS,
        norm_num_groups=4,
        mid_block_add_attention=False,
        sample_size=SIZE,
        scaling_factor=1.0,
        force_upcast=False,
    )


def _unet() -> UNet2DConditionModel:
    return UNet2DConditionModel(
        sample_size=SIZE // 8,
        in_channels=LATENTS,
        out_channels=LATENTS,
        block_out_channels=(16, 32),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
        layers_per_block=1,
        cross_attention_dim=2 * HIDDEN,
        attention_head_dim=(1, 2),
        addition_embed_type="text_time",
        addition_time_embed_dim=8,
        projection_class_embeddings_input_dim=6 * 8 + HIDDEN,
        use_linear_projection=True,
        norm_num_groups=8,
    )


def _ip_adapter(unet: UNet2DConditionModel) -> dict[str, torch.Tensor]:
    cross, weights = 2 * HIDDEN, unet.state_dict()
    state = {
        "image_proj.proj.weight": torch.randn(IP_TOKENS * cross, HIDDEN),
        "image_proj.proj.bias": torch.zeros(IP_TOKENS * cross),
        "image_proj.norm.weight": torch.ones(cross),
        "image_proj.norm.bias": torch.zeros(cross),
    }
    for index, name in enumerate(unet.attn_processors):
        if name.endswith("attn2.processor"):
            for letter in "kv":
                key = f"{name.removesuffix('processor')}to_{letter}.weight"
                state[f"ip_adapter.{index}.to_{letter}_ip.weight"] = torch.randn_like(weights[key])
    return state


def build(out: Path, seed: int = 0, *, scheduler: Any = None, settings: dict[str, Any] | None = None) -> Path:
    """Write the model to ``out``; ``scheduler`` replaces the v-prediction one, ``settings`` engine.json's."""
    torch.manual_seed(seed)
    tokenizer, unet = build_tokenizer(), _unet()
    text = CLIPTextConfig(
        vocab_size=len(tokenizer),
        hidden_size=HIDDEN,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=77,
        projection_dim=HIDDEN,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=tokenizer.eos_token_id,
        pad_token_id=tokenizer.eos_token_id,
    )
    controlnet = ControlNetModel.from_unet(unet, conditioning_embedding_out_channels=(4, 4, 8, 8))
    with torch.no_grad():  # a fresh ControlNet says nothing; a test of control needs one that speaks
        for name, value in controlnet.named_parameters():
            if "controlnet_" in name:
                value.normal_(0, 0.1)
    StableDiffusionXLControlNetPipeline(
        vae=_vae(),
        unet=unet,
        text_encoder=CLIPTextModel(text),
        text_encoder_2=CLIPTextModelWithProjection(text),
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        scheduler=scheduler or v_scheduler(),
        controlnet=controlnet,
        force_zeros_for_empty_prompt=False,
        add_watermarker=False,
    ).to(dtype=torch.float16).save_pretrained(out)
    vision = CLIPVisionConfig(
        hidden_size=16,
        intermediate_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        image_size=32,
        patch_size=16,
        projection_dim=HIDDEN,
    )
    CLIPVisionModelWithProjection(vision).half().save_pretrained(out / "image_encoder")
    sides = {"height": 32, "width": 32}
    CLIPImageProcessor(size={"shortest_edge": 32}, crop_size=sides).save_pretrained(out / "feature_extractor")
    (out / "ip_adapter").mkdir(exist_ok=True)
    half = {name: value.half().contiguous() for name, value in _ip_adapter(unet).items()}
    save_file(half, out / "ip_adapter" / "ip_adapter.safetensors")
    if settings is None or settings:
        (out / "engine.json").write_text(json.dumps(SETTINGS | (settings or {})))
    return out


def v_scheduler() -> DPMSolverMultistepScheduler:
    """The understudy's schedule: v-prediction, zero terminal SNR, trailing spacing."""
    return DPMSolverMultistepScheduler(
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="v_prediction",
        rescale_betas_zero_snr=True,
        timestep_spacing="trailing",
        algorithm_type="dpmsolver++",
    )


def picture(seed: int = 0, size: int = SIZE) -> Image.Image:
    """A smooth random picture that stands for a photo."""
    generator = torch.Generator().manual_seed(seed)
    small = torch.rand(4, 4, 3, generator=generator).mul(255).byte().numpy()
    return Image.fromarray(small).resize((size, size), Image.Resampling.BICUBIC)
