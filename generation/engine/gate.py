"""The nudity gate: what SDXL draws is shown only if a classifier finds nothing in it.

Falconsai/nsfw_image_detection, a ViT-B/16 (arXiv 2010.11929) with two answers, normal and nsfw. On a CPU it
takes 0.6 s of one core a picture; on a GPU it has a stream of its own, so that it waits for no batch.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

import numpy as np
import torch
from PIL import Image
from safetensors import SafetensorError
from transformers import ViTForImageClassification

from .production import check_gate, needs_gate
from .types import BadModel

FLAG = "nsfw"  # the label of the model's configuration
FLAGGED = 0.5  # probability: the classifier's own decision between its two answers


class Gate(Protocol):
    """Anything that says whether a picture must not be shown."""

    def flags(self, picture: Image.Image) -> bool: ...


class Open:
    """The understudy's: taught on rendered heads and shoulders, it cannot draw what a gate looks for."""

    def flags(self, picture: Image.Image) -> bool:
        return False


class Classifier:
    """A ViT with a label ``nsfw``."""

    def __init__(self, net: Any) -> None:
        self.net = net.eval()
        self.side: int = net.config.image_size
        self.flag: int = net.config.label2id[FLAG]
        self.stream = torch.cuda.Stream(net.device) if net.device.type == "cuda" else None

    @torch.inference_mode()
    def flags(self, picture: Image.Image) -> bool:
        """Of the whole picture, shrunk to the ViT's square and scaled to [-1, 1] as in its training."""
        small = picture.convert("RGB").resize((self.side, self.side), Image.Resampling.BILINEAR)
        pixels = torch.from_numpy(np.asarray(small, np.float32) / 127.5 - 1).permute(2, 0, 1)
        with torch.cuda.stream(self.stream):
            shares = self.net(pixels[None].to(self.net.device)).logits[0].softmax(0)
            return bool(shares[self.flag] >= FLAGGED)


def load_gate(model: Path, device: str = "cpu") -> Gate:
    """The gate of a model folder. Raises BadModel where one is needed and cannot be used."""
    if not needs_gate(model):
        return Open()
    check_gate(model)
    folder, restore = model / "gate", "restore the model folder"
    options = {"dtype": torch.float32, "local_files_only": True, "use_safetensors": True}
    try:
        net, said = ViTForImageClassification.from_pretrained(folder, output_loading_info=True, **options)
    except (OSError, ValueError, RuntimeError, SafetensorError) as error:
        raise BadModel(f"The nudity gate in {folder} cannot be read; {restore}.") from error
    if said["missing_keys"] or FLAG not in net.config.label2id:  # its answers would be chance
        raise BadModel(f"The model in {folder} is no nudity gate: weights or labels are missing; {restore}.")
    return Classifier(net.to(device))
