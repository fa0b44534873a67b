"""Stage 1: the reader learns who is who (CosFace over the rendered people) and their kept traits."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ..engine.alignment import TEMPLATE
from ..engine.looks import KEEP_GROUPS
from ..engine.reader import EMBEDDING, SIZE, ReaderNet
from .loop import Clock, Data, Place, cosine, descend, half, keep, kept, pixels, same_everywhere

NAME = "reader"
BATCH = 512
PEAK = 2e-3
MARGIN, SCALE = 0.25, 32.0  # CosFace (arXiv 1801.09414)
SECTIONS = [len(words) for words in KEEP_GROUPS.values()]


def alignments(landmarks: Tensor) -> Tensor:
    """(n, 68, 2) pixels -> (n, 2, 3) similarities onto the reader's square.

    The closed form of ``alignment.umeyama`` in the plane: rotation and scale as one complex number."""
    five = torch.stack(
        [landmarks[:, 36:42].mean(1), landmarks[:, 42:48].mean(1), *(landmarks[:, i] for i in (30, 48, 54))],
        1,
    )
    target = torch.as_tensor(TEMPLATE * SIZE, dtype=five.dtype, device=five.device)
    source_mean, target_mean = five.mean(1), target.mean(0)
    s, t = five - source_mean[:, None], target - target_mean
    spread = (s**2).sum((1, 2))
    a = (s * t).sum((1, 2)) / spread
    b = (s[..., 0] * t[:, 1] - s[..., 1] * t[:, 0]).sum(1) / spread
    turn = torch.stack([torch.stack([a, -b], -1), torch.stack([b, a], -1)], 1)
    return torch.cat([turn, (target_mean - (turn @ source_mean[..., None])[..., 0])[..., None]], 2)


def crops(images: Tensor, landmarks: Tensor, *, jitter: float = 0.0) -> Tensor:
    """Aligned crops (n, 3, 128, 128) of pictures (n, 3, h, w) in [-1, 1]; ``jitter`` moves them at random."""
    matrices = alignments(landmarks)
    n, device = len(images), images.device
    if jitter:
        angle = jitter * torch.randn(n, device=device)
        zoom = torch.exp(jitter * torch.randn(n, device=device))
        turn = torch.stack(
            [zoom * angle.cos(), -zoom * angle.sin(), zoom * angle.sin(), zoom * angle.cos()], -1
        )
        turn = turn.view(n, 2, 2)
        centre = torch.full((2,), SIZE / 2, device=device)
        moved = turn @ (matrices - torch.cat([torch.zeros(2, 2, device=device), centre[:, None]], 1))
        shift = centre + jitter * SIZE * 0.6 * torch.randn(n, 2, device=device)
        matrices = torch.cat([moved[..., :2], moved[..., 2:] + shift[..., None]], 2)
    return F.grid_sample(
        images, _grid(matrices, images.shape[-1]), align_corners=False, padding_mode="border"
    )


def _grid(matrices: Tensor, side: int) -> Tensor:
    """Where in the picture, in [-1, 1], each pixel of the square comes from."""
    inverse = torch.linalg.inv(matrices[..., :2].float())
    at = torch.arange(SIZE, device=matrices.device) + 0.5
    square = torch.stack(torch.meshgrid(at, at, indexing="xy"), -1).view(1, -1, 2)
    source = (square - matrices[:, None, :, 2]) @ inverse.transpose(1, 2)
    return (source / side * 2 - 1).view(-1, SIZE, SIZE, 2)


def spoiled(x: Tensor) -> Tensor:
    """Exposure, white balance, blur and noise at random: what phones, and our own VAE, do to a face."""
    n = len(x)
    gain = (
        1 + 0.12 * torch.randn(n, 1, 1, 1, device=x.device) + 0.04 * torch.randn(n, 3, 1, 1, device=x.device)
    )
    x = (x + 1) * gain - 1
    side = int(torch.randint(48, SIZE + 1, ()))
    x = F.interpolate(F.interpolate(x, side, mode="area"), SIZE, mode="bilinear") if side < 120 else x
    return (x + 0.03 * torch.rand(n, 1, 1, 1, device=x.device) * torch.randn_like(x)).clamp(-1, 1)


def trait_loss(logits: Tensor, truth: Tensor) -> Tensor:
    groups = torch.split(logits.float(), SECTIONS, 1)
    return torch.stack([F.cross_entropy(group, truth[:, i].long()) for i, group in enumerate(groups)]).mean()


def train(data: Data, work: Path, place: Place, seconds: float) -> ReaderNet:
    net = ReaderNet().to(place.device)
    people = nn.Parameter(torch.randn(data.known, EMBEDDING, device=place.device) * 0.05)
    if state := kept(work, NAME):
        net.load_state_dict(state)
    same_everywhere([net, nn.ParameterList([people])], place)
    parameters = [*net.parameters(), people]
    cuda = place.device.type == "cuda"
    optimiser = torch.optim.AdamW(parameters, PEAK, weight_decay=0.02, fused=cuda)
    forward = torch.compile(net) if cuda else net
    clock = Clock(seconds, place, NAME)
    for share in clock:
        rows = data.rows(BATCH)
        x = spoiled(crops(pixels(data["images"][rows]), data["landmarks"][rows], jitter=0.05))
        with half(place.device):
            embeddings, logits = forward(x)
        who = rows // data.pictures
        cosines = embeddings @ F.normalize(people, dim=1).T
        cosines = cosines - MARGIN * min(1.0, 4 * share) * F.one_hot(who, data.known)
        loss = F.cross_entropy(SCALE * cosines, who) + trait_loss(logits, data["traits"][rows])
        loss.backward()
        descend(optimiser, parameters, place, cosine(share, clock.steps, PEAK))
        clock.say(share, loss=loss)
    keep(work, NAME, place, net.state_dict())
    if place.first:
        print(NAME, measured(net.eval(), data), flush=True)
    return net.eval()


@torch.no_grad()
def measured(net: ReaderNet, data: Data) -> dict[str, float]:
    """On people never trained on: is another picture of the same person the nearest, among all and among
    the family that shares every trait; share of traits read right."""
    rows = data.held_out_rows(2400)
    found = [net(crops(pixels(data["images"][part]), data["landmarks"][part])) for part in rows.split(256)]
    embeddings, logits = torch.cat([f[0] for f in found]), torch.cat([f[1] for f in found])
    who = (rows // data.pictures).to(embeddings.device)
    alike = embeddings @ embeddings.T
    alike.fill_diagonal_(-1)
    family = who // 4
    within = alike.masked_fill(family[:, None] != family[None], -1)
    right = [
        (group.argmax(1) == data["traits"][rows][:, i]).float().mean().item()
        for i, group in enumerate(torch.split(logits, SECTIONS, 1))
    ]
    return {
        "nearest": round((who[alike.argmax(1)] == who).float().mean().item(), 3),
        "nearest_in_family": round((who[within.argmax(1)] == who).float().mean().item(), 3),
        **{name: round(value, 3) for name, value in zip(KEEP_GROUPS, right, strict=True)},
    }
