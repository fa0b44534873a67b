"""What the drawing stages share: words, noise, latents, and UNet with ControlNet in one call."""

from __future__ import annotations

from typing import Any

import torch
from diffusers import AutoencoderKL, ControlNetModel, DDPMScheduler
from torch import Tensor, nn

from . import model
from .loop import Data
from .tokens import build_tokenizer
from .train_vae import encode

CAPTION_DROPOUT = 0.12  # to the empty prompt, which is also the negative prompt
FACE_WEIGHT = 3.0  # of the loss where the face is; a weight per pixel moves no pixel's optimum


class Words(nn.Module):
    """Both text encoders, read as SDXL's pipeline reads them."""

    def __init__(self) -> None:
        super().__init__()
        tokenizer = build_tokenizer()
        self.first, self.second = model.text_encoders(
            len(tokenizer), bos=tokenizer.bos_token_id, eos=tokenizer.eos_token_id
        )
        empty = tokenizer("", padding="max_length", max_length=77, return_tensors="pt").input_ids
        self.register_buffer("empty", empty, persistent=False)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(n, 77) -> (n, 77, 256) states of the layers before the last, (n, 128) pooled."""
        first = self.first(tokens, output_hidden_states=True)
        second = self.second(tokens, output_hidden_states=True)
        return torch.cat([first.hidden_states[-2], second.hidden_states[-2]], -1), second.text_embeds


class Noise:
    """The schedule on the device: noisy latents and the velocity that the UNet is to say."""

    def __init__(self, device: torch.device) -> None:
        scheduler = DDPMScheduler(**model.SCHEDULE)
        self.alphas = scheduler.alphas_cumprod.to(device)

    def __call__(self, latents: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """(n, c, h, w) -> noisy latents, targets, timesteps (n,)."""
        steps = torch.randint(len(self.alphas), (len(latents),), device=latents.device)
        alpha = self.alphas[steps].view(-1, 1, 1, 1)
        noise = torch.randn_like(latents)
        noisy = alpha.sqrt() * latents + (1 - alpha).sqrt() * noise
        return noisy, alpha.sqrt() * noise - (1 - alpha).sqrt() * latents, steps


class Latents:
    """The training set as latents, encoded once; and where each picture's face is."""

    def __init__(self, data: Data, vae: AutoencoderKL) -> None:
        vae = vae.to(memory_format=torch.channels_last)
        parts = torch.arange(len(data["images"]), device=data.place.device).split(128)
        self.values = torch.cat([encode(vae, data["images"][part]).to(torch.bfloat16) for part in parts])
        self.low = data["landmarks"].amin(1) / 8 - 1
        self.high = data["landmarks"].amax(1) / 8 + 1
        self.cells = torch.arange(self.values.shape[-1], device=data.place.device) + 0.5

    def __getitem__(self, rows: Tensor) -> Tensor:
        return self.values[rows].float()

    def weights(self, rows: Tensor) -> Tensor:
        """(n, 1, h, w): FACE_WEIGHT inside the box of the landmarks, 1 elsewhere."""
        low, high = self.low[rows], self.high[rows]
        across = (self.cells > low[:, :1]) & (self.cells < high[:, :1])
        down = (self.cells > low[:, 1:]) & (self.cells < high[:, 1:])
        return 1 + (FACE_WEIGHT - 1) * (down[:, None, :, None] & across[:, None, None, :]).float()


class Directed(nn.Module):
    """UNet with ControlNet in one call; ``shown`` (n,) switches the sketch on or off for each picture."""

    def __init__(self, unet: nn.Module, control: ControlNetModel) -> None:
        super().__init__()
        self.unet, self.control = unet, control

    def forward(
        self,
        noisy: Tensor,
        steps: Tensor,
        states: Tensor,
        pooled: Tensor,
        sketch: Tensor,
        shown: Tensor,
        image: Tensor | None = None,
    ) -> Tensor:
        """The velocity; ``image`` (n, 256) are the IP-Adapter's embeddings where one is loaded."""
        added = conditions(pooled)
        down, middle = self.control(
            noisy, steps, states, controlnet_cond=sketch, added_cond_kwargs=added, return_dict=False
        )
        switch = shown.view(-1, 1, 1, 1).to(middle.dtype)
        prompts = {} if image is None else {"image_embeds": [image[:, None]]}
        made: Tensor = self.unet(
            noisy,
            steps,
            states,
            added_cond_kwargs=added | prompts,
            down_block_additional_residuals=[residual * switch for residual in down],
            mid_block_additional_residual=middle * switch,
            return_dict=False,
        )[0]
        return made


def conditions(pooled: Tensor) -> dict[str, Any]:
    """SDXL's added conditions: the pooled text and the constant size, crop and target of 256 px."""
    sizes = torch.tensor([256.0, 256, 0, 0, 256, 256], device=pooled.device)
    return {"text_embeds": pooled, "time_ids": sizes.expand(len(pooled), 6)}


def some_tokens(data: Data, rows: Tensor, empty: Tensor) -> Tensor:
    """One caption of each row at random, or the empty prompt."""
    chosen = torch.randint(data["tokens"].shape[1], rows.shape, device=rows.device)
    dropped = torch.rand(len(rows), 1, device=rows.device) < CAPTION_DROPOUT
    return torch.where(dropped, empty, data["tokens"][rows, chosen].long())


def sketches(data: Data, rows: Tensor) -> Tensor:
    """(n, 3, s, s) in [0, 1], as the pipeline prepares control images."""
    return data["sketches"][rows].permute(0, 3, 1, 2).float().div_(255)


def weighted(made: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    return ((made.float() - target) ** 2 * weights).mean()
