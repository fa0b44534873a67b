"""The product's own reader: who is in a face, and which kept traits it shows.

A small residual network trained on rendered people only (``understudy``). Beside SDXL the same
Protocol is served by a recogniser with a commercial licence (``sface``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from torch.nn import functional as F

from . import sface
from .faces import align
from .looks import KEEP_GROUPS
from .types import BadModel, Bounds, Reading, Seen

SIZE = 128  # crops are SIZE x SIZE, aligned as in ``alignment``
EMBEDDING = 128
WIDTHS = (32, 64, 96, 128)
# Its training sets the scale: renders of others reach a likeness of 0.33, of the person 0.76 and more.
BOUNDS = Bounds(same_person=0.5, stranger=0.35)


class Reader(Protocol):
    """Anything that reads faces; it cuts them out of their pictures as it was taught."""

    def read(self, faces: Sequence[Seen]) -> list[Reading]: ...


class _Stage(nn.Module):
    """Halve the picture, widen the channels, then one residual block."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.down = nn.Conv2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
        self.norm = nn.BatchNorm2d(outputs)
        self.first = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.first_norm = nn.BatchNorm2d(outputs)
        self.second = nn.Conv2d(outputs, outputs, 3, padding=1, bias=False)
        self.second_norm = nn.BatchNorm2d(outputs)

    def forward(self, x: Tensor) -> Tensor:
        x = F.silu(self.norm(self.down(x)))
        residual = self.second_norm(self.second(F.silu(self.first_norm(self.first(x)))))
        return F.silu(x + residual)


class ReaderNet(nn.Module):
    """(n, 3, 128, 128) in [-1, 1] -> embeddings (n, 128), trait logits (n, sum of groups)."""

    def __init__(self) -> None:
        super().__init__()
        widths = (3, *WIDTHS)
        self.stages = nn.ModuleList(_Stage(a, b) for a, b in zip(widths[:-1], widths[1:], strict=True))
        self.squeeze = nn.Conv2d(WIDTHS[-1], 16, 1)
        self.embed = nn.Linear(16 * 8 * 8, EMBEDDING)
        self.traits = nn.Linear(WIDTHS[-1], sum(len(words) for words in KEEP_GROUPS.values()))

    def features(self, x: Tensor) -> list[Tensor]:
        """Activations after each stage; also the perceptual loss of the understudy's own training."""
        found = []
        for stage in self.stages:
            x = stage(x)
            found.append(x)
        return found

    def heads(self, last: Tensor) -> tuple[Tensor, Tensor]:
        embedding = self.embed(F.silu(self.squeeze(last)).flatten(1))
        return F.normalize(embedding.float(), dim=1), self.traits(last.mean((2, 3)))

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return self.heads(self.features(x)[-1])


class OwnReader:
    """``ReaderNet`` behind the Protocol."""

    def __init__(self, net: ReaderNet, device: str = "cpu") -> None:
        self.net = net.eval().to(device)
        self.device = device

    @torch.no_grad()
    def read(self, faces: Sequence[Seen]) -> list[Reading]:
        """One Reading for each face, in order."""
        if not faces:
            return []
        crops = np.stack([align(picture, face, SIZE) for picture, face in faces])
        pixels = torch.from_numpy(crops).to(self.device).permute(0, 3, 1, 2).float()
        embeddings, logits = self.net(pixels / 127.5 - 1)
        groups = torch.split(logits.float(), [len(words) for words in KEEP_GROUPS.values()], dim=1)
        shares = [group.softmax(1).cpu().numpy() for group in groups]
        return [
            Reading(
                embedding.cpu().numpy(),
                {name: share[i] for name, share in zip(KEEP_GROUPS, shares, strict=True)},
                BOUNDS,
            )
            for i, embedding in enumerate(embeddings)
        ]


def save_reader(net: ReaderNet, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    half = {
        name: value.half().contiguous()
        for name, value in net.state_dict().items()
        if value.is_floating_point()
    }
    save_file(half, folder / "model.safetensors")
    (folder / "config.json").write_text(json.dumps({"widths": WIDTHS, "traits": KEEP_GROUPS}, indent=1))


def load_reader(folder: Path) -> Reader:
    """The reader of a model folder: SFace where its file lies there, otherwise our own. Raises BadModel."""
    return sface.load(folder) if (folder / sface.FILE).is_file() else load_own(folder)


def load_own(folder: Path, device: str = "cpu") -> OwnReader:
    """Our own reader; raises BadModel when its file is missing or of another shape."""
    net = ReaderNet()
    try:
        state = {name: value.float() for name, value in load_file(folder / "model.safetensors").items()}
        missing, unexpected = net.load_state_dict(state, strict=False)
    except (OSError, RuntimeError) as error:
        raise BadModel(f"The reader in {folder.name}/ cannot be read; restore the model folder.") from error
    if unexpected or any(not name.endswith("num_batches_tracked") for name in missing):
        raise BadModel(f"The reader in {folder.name}/ has other layers than this version; restore it.")
    return OwnReader(net, device)
