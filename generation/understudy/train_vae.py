"""Stage 2: the autoencoder; no likeness can pass its ceiling, so faces weigh most and stay sharp."""

from __future__ import annotations

from pathlib import Path

import torch
from diffusers import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.parametrizations import spectral_norm

from ..engine.reader import ReaderNet
from . import model
from .loop import (
    Average,
    Clock,
    Data,
    Place,
    cosine,
    descend,
    half,
    keep,
    kept,
    pixels,
    same_everywhere,
    share_gradients,
)

NAME = "vae"
CROP = 128
BATCH_CROPS, BATCH_FULL = 64, 16
PEAK = 6e-4
KL = 1e-5  # on the mean over latents
PERCEPTUAL = 0.35
CRITIC_FROM, CRITIC_SHARE = 0.75, 0.2  # of the stage; of the reconstruction's gradient


class Critic(nn.Module):
    """A patch critic (pix2pix) with spectral norm, for the last part of the stage."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, 48, 96, 160)
        layers: list[nn.Module] = []
        for a, b in zip(widths[:-1], widths[1:], strict=True):
            layers += [spectral_norm(nn.Conv2d(a, b, 4, 2, 1)), nn.LeakyReLU(0.2)]
        self.layers = nn.Sequential(*layers, spectral_norm(nn.Conv2d(widths[-1], 1, 3, 1, 1)))

    def forward(self, x: Tensor) -> Tensor:
        scores: Tensor = self.layers(x)
        return scores


def face_crops(images: Tensor, landmarks: Tensor) -> Tensor:
    """(n, s, s, 3) -> (n, CROP, CROP, 3): three of four about a point of the face, the rest anywhere."""
    n, side = images.shape[:2]
    at = landmarks[torch.arange(n), torch.randint(68, (n,))] - CROP / 2 + 14 * torch.randn(n, 2).to(landmarks)
    anywhere = torch.rand(n, 2, device=at.device) * (side - CROP)
    at = torch.where(torch.rand(n, 1, device=at.device) < 0.75, at, anywhere)
    at = at.round().long().clamp(0, side - CROP)
    steps = torch.arange(CROP, device=at.device)
    rows, columns = at[:, 1, None] + steps, at[:, 0, None] + steps
    return images[torch.arange(n, device=at.device)[:, None, None], rows[:, :, None], columns[:, None, :]]


def perceptual(net: ReaderNet, made: Tensor, true: Tensor) -> Tensor:
    """Distance between the reader's unit-length activations, as LPIPS (arXiv 1801.03924) but our own net."""
    with torch.no_grad():
        wanted = [F.normalize(f.float(), dim=1) for f in net.features(true)[:3]]
    found = [F.normalize(f.float(), dim=1) for f in net.features(made)[:3]]
    return torch.stack([((a - b) ** 2).sum(1).mean() for a, b in zip(found, wanted, strict=True)]).sum()


def reconstruction(net: ReaderNet, made: Tensor, true: Tensor) -> Tensor:
    edges = sum((made.diff(dim=d) - true.diff(dim=d)).abs().mean() for d in (2, 3))
    return (
        F.l1_loss(made, true)
        + F.mse_loss(made, true)
        + 0.5 * edges
        + PERCEPTUAL * perceptual(net, made, true)
    )


class Coder(nn.Module):
    """Encoder and decoder in one call, so that they compile as one graph."""

    def __init__(self, vae: AutoencoderKL) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        """Pictures (n, 3, h, w) -> reconstructions and the mean KL."""
        mean, logvar = self.vae.quant_conv(self.vae.encoder(x)).float().chunk(2, 1)
        logvar = logvar.clamp(-20, 10)
        kl = 0.5 * (mean**2 + logvar.exp() - 1 - logvar).mean()
        latents = mean + torch.randn_like(mean) * (0.5 * logvar).exp()
        return self.vae.decoder(self.vae.post_quant_conv(latents)).float(), kl


def train(data: Data, reader: ReaderNet, work: Path, place: Place, seconds: float) -> AutoencoderKL:
    vae = model.vae().to(place.device)
    if state := kept(work, NAME):
        vae.load_state_dict(state)
    vae = vae.to(memory_format=torch.channels_last)
    critic = Critic().to(place.device)
    same_everywhere([vae, critic], place)
    reader.requires_grad_(False)
    coder = Coder(vae)
    cuda = place.device.type == "cuda"
    forward = torch.compile(coder, dynamic=False) if cuda else coder
    parameters, judges = list(vae.parameters()), list(critic.parameters())
    optimiser = torch.optim.AdamW(parameters, PEAK, betas=(0.9, 0.99), weight_decay=0.01, fused=cuda)
    critics = torch.optim.AdamW(judges, 3e-4, betas=(0.5, 0.99))
    average, clock = Average(vae, 0.9995), Clock(seconds, place, NAME)
    for share in clock:
        x = _batch(data, full=clock.steps % 8 == 7)
        with half(place.device):
            made, kl = forward(x)
        leaf = made.detach().requires_grad_()
        with half(place.device):
            loss = reconstruction(reader, leaf, x)
        (gradient,) = torch.autograd.grad(loss, leaf)
        if share > CRITIC_FROM:
            gradient = gradient + _criticised(critic, critics, judges, leaf, x, gradient, place)
        torch.autograd.backward([made, KL * kl], [gradient, None])
        descend(optimiser, parameters, place, cosine(share, clock.steps, PEAK))
        average.update()
        clock.say(share, loss=loss, psnr=-10 * torch.log10(F.mse_loss(made, x) / 4), kl=kl)
    average.apply()
    whiten(vae, data)
    keep(work, NAME, place, vae.state_dict())
    if place.first:
        print(NAME, measured(vae, data), flush=True)
    return vae.eval()


def _batch(data: Data, *, full: bool) -> Tensor:
    rows = data.rows(BATCH_FULL if full else BATCH_CROPS)
    images = data["images"][rows]
    chosen = images if full else face_crops(images, data["landmarks"][rows])
    return pixels(chosen).contiguous(memory_format=torch.channels_last)


def _criticised(
    critic: Critic,
    optimiser: torch.optim.Optimizer,
    parameters: list[nn.Parameter],
    made: Tensor,
    true: Tensor,
    gradient: Tensor,
    place: Place,
) -> Tensor:
    """One step of the critic (hinge loss), and its wish for the picture, scaled against ``gradient``."""
    optimiser.zero_grad(set_to_none=True)
    with half(place.device):
        (F.relu(1 - critic(true)).mean() + F.relu(1 + critic(made.detach())).mean()).backward()
    share_gradients(parameters, place)
    optimiser.step()
    with half(place.device):
        (wish,) = torch.autograd.grad(-critic(made).mean(), made)
    return wish * (CRITIC_SHARE * gradient.norm() / wish.norm().clamp_min(1e-12))


@torch.no_grad()
def encode(vae: AutoencoderKL, images: Tensor) -> Tensor:
    """uint8 (n, h, w, 3) -> latent means (n, 8, h/8, w/8)."""
    with half(images.device):
        moments = vae.quant_conv(vae.encoder(pixels(images).contiguous(memory_format=torch.channels_last)))
    return moments.float().chunk(2, 1)[0]


@torch.no_grad()
def whiten(vae: AutoencoderKL, data: Data) -> None:
    """Fold shift and scale of each latent channel into the 1x1 convolutions: mean 0, deviation 1.

    SDXL's pipeline can only scale all channels alike; a weak channel would drown in noise at once."""
    rows = torch.arange(0, data.known * data.pictures, max(1, data.known * data.pictures // 2048))
    latents = torch.cat([encode(vae, data["images"][part]) for part in rows.to(data.place.device).split(64)])
    mean, deviation = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    count = len(mean)
    out, back = vae.quant_conv, vae.post_quant_conv
    out.weight[:count] /= deviation[:, None, None, None]
    out.bias[:count] = (out.bias[:count] - mean) / deviation
    out.bias[count:] -= 2 * deviation.log()
    back.bias += (back.weight[:, :, 0, 0] * mean).sum(1)
    back.weight *= deviation[None, :, None, None]


@torch.no_grad()
def measured(vae: AutoencoderKL, data: Data) -> dict[str, float]:
    """PSNR on people never trained on, of the whole picture and inside the box of the landmarks."""
    rows = data.held_out_rows(512)[::4]
    whole, face = [], []
    for part in rows.split(32):
        true = pixels(data["images"][part])
        made = vae.decode(encode(vae, data["images"][part])).sample.float().clamp(-1, 1)
        error = ((made - true) ** 2).mean(1) / 4
        whole.append(error.mean((1, 2)))
        for row, picture in zip(part, error, strict=True):
            points = data["landmarks"][row].long().clamp(0, 255)
            low, high = points.amin(0), points.amax(0)
            face.append(picture[low[1] : high[1] + 1, low[0] : high[0] + 1].mean())
    decibel = lambda errors: round(float((-10 * torch.log10(errors)).mean()), 2)  # noqa: E731
    return {"psnr": decibel(torch.cat(whole)), "psnr_face": decibel(torch.stack(face))}
