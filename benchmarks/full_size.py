"""SDXL in full size with random weights, as the hub lays it out: it draws noise, but costs what it costs."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch
from diffusers import (
    AutoencoderKL,
    ControlNetModel,
    EulerDiscreteScheduler,
    StableDiffusionXLPipeline,
    UNet2DConditionModel,
)
from diffusers.models.embeddings import IPAdapterPlusImageProjection
from PIL import Image
from safetensors.torch import save_file
from torch import nn
from transformers import (
    CLIPTextConfig,
    CLIPTextModel,
    CLIPTextModelWithProjection,
    CLIPVisionConfig,
    CLIPVisionModelWithProjection,
    ViTConfig,
    ViTForImageClassification,
)

from generation.engine import identity
from generation.engine.__main__ import MODEL as UNDERSTUDY
from generation.engine.gate import FLAG
from generation.engine.pipeline import ATTENTION
from generation.understudy.tokens import build_tokenizer

PHOTOS = 4


def build(folder: Path) -> None:
    """Write SDXL base 1.0's shapes, a ControlNet, a selfie's parts and the gate as the hub lays them out."""
    torch.manual_seed(0)
    tokenizer = build_tokenizer()
    with torch.device("cuda" if torch.cuda.is_available() else "cpu"):
        unet = UNet2DConditionModel(
            sample_size=128,
            block_out_channels=(320, 640, 1280),
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
            transformer_layers_per_block=(1, 2, 10),
            attention_head_dim=(5, 10, 20),
            cross_attention_dim=2048,
            use_linear_projection=True,
            addition_embed_type="text_time",
            addition_time_embed_dim=256,
            projection_class_embeddings_input_dim=2816,
        )
        controlnet = ControlNetModel.from_unet(unet)
        vae = AutoencoderKL(
            block_out_channels=(128, 256, 512, 512),
            down_block_types=("DownEncoderBlock2D",) * 4,
            up_block_types=("UpDecoderBlock2D",) * 4,
            layers_per_block=2,
            sample_size=1024,
            scaling_factor=0.13025,
        )
        first = CLIPTextModel(_text(tokenizer.eos_token_id, hidden=768, layers=12, heads=12))
        second = CLIPTextModelWithProjection(
            _text(tokenizer.eos_token_id, hidden=1280, layers=32, heads=20, hidden_act="gelu")
        )
    pipe = StableDiffusionXLPipeline(
        vae=vae,
        unet=unet,
        text_encoder=first,
        text_encoder_2=second,
        tokenizer=tokenizer,
        tokenizer_2=tokenizer,
        scheduler=EulerDiscreteScheduler(
            beta_start=0.00085, beta_end=0.012, beta_schedule="scaled_linear", steps_offset=1
        ),
        add_watermarker=False,
    )
    pipe.to(dtype=torch.float16).save_pretrained(folder)
    controlnet.half().save_pretrained(folder / "controlnet")
    _build_selfie(folder, pipe.unet)
    shutil.copytree(UNDERSTUDY / "reader", folder / "reader", dirs_exist_ok=True)
    _build_gate(folder / "gate")


def _build_selfie(folder: Path, unet: UNet2DConditionModel) -> None:
    """IP-Adapter plus with its ViT-H, and a few-step adapter of rank 64, as published."""
    with torch.device(unet.device):
        vision = CLIPVisionModelWithProjection(
            CLIPVisionConfig(
                hidden_size=1280,
                intermediate_size=5120,
                projection_dim=1024,
                num_hidden_layers=32,
                num_attention_heads=16,
                image_size=224,
                patch_size=14,
                hidden_act="gelu",
            )
        )
        tokens = IPAdapterPlusImageProjection(1280, 2048, 1280, depth=4, heads=20, num_queries=16)
    vision.half().save_pretrained(folder / "image_encoder")
    state = {
        f"image_proj.{name.replace('to_out.0', 'to_out')}": value
        for name, value in tokens.state_dict().items()
    }
    layers = dict(unet.named_modules())
    for index, name in enumerate(unet.attn_processors):
        if ".attn2." in name:
            for letter in "kv":
                like = layers[f"{name.removesuffix('.processor')}.to_{letter}"].weight
                state[f"ip_adapter.{index}.to_{letter}_ip.weight"] = 0.02 * torch.randn_like(like)
    _save(folder / "ip_adapter" / "ip-adapter-plus-face.safetensors", state)
    few = {}
    for name, layer in layers.items():
        if name.endswith(ATTENTION) and isinstance(layer, nn.Linear):
            few[f"unet.{name}.lora_A.weight"] = 0.02 * torch.randn(64, layer.in_features)
            few[f"unet.{name}.lora_B.weight"] = 0.001 * torch.randn(layer.out_features, 64)
    _save(folder / "few_steps" / "few_steps.safetensors", few)


def _build_gate(folder: Path) -> None:
    """A ViT-B of two answers that flags nothing, whatever is drawn: noise must not cost pictures."""
    labels = {"normal": 0, FLAG: 1}
    gate = ViTForImageClassification(ViTConfig(id2label={0: "normal", 1: FLAG}, label2id=labels))
    nn.init.zeros_(gate.classifier.weight)
    with torch.no_grad():
        gate.classifier.bias.copy_(torch.tensor([1.0, -1.0]))
    gate.save_pretrained(folder)


def _save(path: Path, tensors: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file({name: value.half().cpu().contiguous() for name, value in tensors.items()}, path)


def _text(
    eos: int, *, hidden: int, layers: int, heads: int, hidden_act: str = "quick_gelu"
) -> CLIPTextConfig:
    return CLIPTextConfig(
        vocab_size=49408,
        hidden_size=hidden,
        intermediate_size=4 * hidden,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        projection_dim=hidden,
        hidden_act=hidden_act,
        bos_token_id=eos - 1,
        eos_token_id=eos,
        pad_token_id=eos,
    )


def photos(size: int) -> list[identity.TrainingPhoto]:
    """Pictures of a person's size and number; what they show is of no consequence here."""
    dice, everywhere = np.random.default_rng(0), np.ones((size, size), np.float32)
    made = []
    for index in range(PHOTOS):
        small = Image.fromarray(dice.integers(0, 255, (8, 8, 3), np.uint8))
        picture = small.resize((size, size), Image.Resampling.BICUBIC)
        made.append(identity.TrainingPhoto(picture, "phone photo of a sks person", everywhere, None, index))
    return made
