"""Stage 3: text encoders and UNet learn to draw from captions (v-prediction, zero terminal SNR)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from diffusers import AutoencoderKL, DDPMScheduler
from torch import Tensor, nn

from . import model
from .loop import Average, Clock, Data, Place, cosine, half, keep, kept, same_everywhere, share_gradients
from .tokens import build_tokenizer
from .train_vae import encode

NAME = "unet"
BATCH = 256
PEAK = 8e-4
CAPTION_DROPOUT = 0.12  # to the empty prompt, which is also the negative prompt
FACE_WEIGHT = 2.0  # of the loss where the face is; a weight per pixel moves no pixel's optimum


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


def some_tokens(data: Data, rows: Tensor, empty: Tensor) -> Tensor:
    """One caption of each row at random, or the empty prompt."""
    chosen = torch.randint(data["tokens"].shape[1], rows.shape, device=rows.device)
    tokens = data["tokens"][rows, chosen].long()
    dropped = torch.rand(len(rows), 1, device=rows.device) < CAPTION_DROPOUT
    return torch.where(dropped, empty, tokens)


def conditions(pooled: Tensor) -> dict[str, Any]:
    """SDXL's added conditions: the pooled text and the constant size, crop and target of 256 px."""
    sizes = torch.tensor([256.0, 256, 0, 0, 256, 256], device=pooled.device)
    return {"text_embeds": pooled, "time_ids": sizes.expand(len(pooled), 6)}


def weighted(made: Tensor, target: Tensor, weights: Tensor) -> Tensor:
    return ((made.float() - target) ** 2 * weights).mean()


def train(data: Data, latents: Latents, work: Path, place: Place, seconds: float) -> tuple[nn.Module, Words]:
    unet, words = model.unet().to(place.device), Words().to(place.device)
    if state := kept(work, NAME):
        load(unet, words, state)
    same_everywhere([unet, words], place)
    unet = unet.to(memory_format=torch.channels_last)
    both = nn.ModuleList([unet, words])
    parameters = list(both.parameters())
    optimiser = torch.optim.AdamW(parameters, PEAK, betas=(0.9, 0.99), weight_decay=0.01)
    average, noise, clock = Average(both, 0.9997), Noise(place.device), Clock(seconds, place, NAME)
    forward = torch.compile(unet, dynamic=False) if place.device.type == "cuda" else unet
    for share in clock:
        rows = data.rows(BATCH)
        noisy, target, steps = noise(latents[rows])
        with half(place.device):
            states, pooled = words(some_tokens(data, rows, words.empty))
            made = forward(noisy, steps, states, added_cond_kwargs=conditions(pooled), return_dict=False)[0]
        loss = weighted(made, target, latents.weights(rows))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        share_gradients(parameters, place)
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        for group in optimiser.param_groups:
            group["lr"] = cosine(share, clock.steps, PEAK)
        optimiser.step()
        average.update()
        if place.first and clock.steps % 500 == 0:
            print(f"{NAME} {share:.0%} loss {loss.item():.4f}", flush=True)
    average.apply()
    keep(work, NAME, place, {**_named("unet", unet), **_named("words", words)})
    return unet.eval(), words.eval()


def _named(prefix: str, module: nn.Module) -> dict[str, Tensor]:
    return {f"{prefix}.{name}": value for name, value in module.state_dict().items()}


def load(unet: nn.Module, words: nn.Module, state: dict[str, Tensor]) -> None:
    for prefix, module in (("unet.", unet), ("words.", words)):
        module.load_state_dict({k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)})
