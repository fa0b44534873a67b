"""The identity as a file: safetensors that stock diffusers reads, checked before a model wears it."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from diffusers import StableDiffusionXLPipeline, UNet2DConditionModel
from peft.utils import get_peft_model_state_dict
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save_file
from torch import Tensor

from .pipeline import Engine
from .types import BadInput, BadModel, Floats, Identity, Keep

KEY = "headshots"  # our entry in the file's metadata
LARGEST_RANK = 128
LARGEST_FILE = 64 << 20  # bytes; a full-rank SDXL adapter is larger than anything this engine writes
SLOT = "subject"  # the adapter's name on the UNet
HALVES = {".lora_A.weight": 0, ".lora_B.weight": 1}  # peft's names of the two factors: down, up


def write(
    out: Path, unet: UNet2DConditionModel, rank: int, identity: Identity, story: Mapping[str, Any]
) -> None:
    """Write the adapter that was trained on a UNet, up to ``rank``, as fp16 safetensors.

    Diffusers' own metadata is in it (alpha would be lost without) and ours; ``story`` (JSON) says how it came
    to be. The file appears whole or not at all. Raises BadInput on a full disk.
    """
    layers = {name: _cut(name, value, rank) for name, value in get_peft_model_state_dict(unet).items()}
    half = {name: value.detach().to("cpu", torch.float16).contiguous() for name, value in layers.items()}
    lora = {**unet.peft_config["default"].to_dict(), "r": rank, "lora_alpha": rank}
    ours = {
        "base_hash": identity.base_hash,
        "token": identity.token,
        "keep": list(identity.keep.words),
        "references": np.round(identity.references, 4).tolist(),
        "skin": np.round(identity.skin, 2).tolist(),
        **story,
    }
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out.parent, prefix=".adapter-") as folder:
            StableDiffusionXLPipeline.save_lora_weights(
                folder,
                unet_lora_layers=half,
                unet_lora_adapter_metadata=_plain(lora),
                weight_name="lora.safetensors",
            )
            stock = Path(folder) / "lora.safetensors"
            with safe_open(stock, "pt") as file:
                metadata = dict(file.metadata())
            done = Path(folder) / "done.safetensors"
            save_file(load_file(stock), done, {**metadata, KEY: json.dumps(ours, sort_keys=True)})
            _order_header(done)
            os.replace(done, out)
    except (OSError, SafetensorError) as error:
        raise BadInput(
            f"The identity cannot be written to {out} ({error}); free some space or name another."
        ) from error


def read(path: Path) -> Identity:
    """The identity that ``write`` stored; raises BadModel when the file is none of ours."""
    said = notes(path)
    try:
        return Identity(
            adapter=path,
            base_hash=str(said["base_hash"]),
            keep=Keep(tuple(said["keep"])),
            references=_rows(said["references"], 128),
            skin=_rows(said["skin"], 3),
            token=str(said["token"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise BadModel(f"{path} lacks what an identity must say ({error}); train it again.") from error


def check(path: Path, engine: Engine) -> None:
    """Refuse a file that this model must not wear; raises BadModel with the reason.

    Allowed: safetensors of this base, two fp16 halves for layers that the UNet has, in their shapes, of
    one rank up to 128, all finite.
    """
    _checked(path, engine)


def _checked(path: Path, engine: Engine) -> dict[str, Tensor]:
    """What a file that passes ``check`` holds, on the engine's device: copied there in one piece."""
    if notes(path).get("base_hash") != engine.base_hash:
        raise BadModel(f"{path} was trained on another model; train it again with this one.")
    ranks: dict[str, set[int]] = {}
    halves: dict[str, set[int]] = {}
    layers: dict[str, Tensor] = load_file(path)
    for key, value in layers.items():
        name, half = _layer(key)
        shape = engine.layers.get(name)
        if shape is None:
            raise BadModel(f"{path} holds {key!r}, which this model does not have; train it again.")
        rank = value.shape[0] if half == 0 else value.shape[1]
        wanted = (rank, *shape[1:]) if half == 0 else (shape[0], rank, *(1,) * (len(shape) - 2))
        if tuple(value.shape) != wanted or not 1 <= rank <= LARGEST_RANK or value.dtype != torch.float16:
            raise BadModel(f"{path} holds {key!r} in an unexpected shape or type; train it again.")
        ranks.setdefault(name, set()).add(rank)
        halves.setdefault(name, set()).add(half)
    if (
        not ranks
        or any(len(found) != 1 for found in ranks.values())
        or any(len(h) != 2 for h in halves.values())
    ):
        raise BadModel(f"{path} is incomplete; train it again.")
    whole = torch.cat([value.flatten() for value in layers.values()]).to(engine.device)
    if not whole.isfinite().all():
        raise BadModel(f"{path} holds numbers that are not finite; train it again.")
    parts = whole.split([value.numel() for value in layers.values()])
    return {key: part.view(layers[key].shape) for key, part in zip(layers, parts, strict=True)}


def wear(engine: Engine, path: Path) -> None:
    """Put an adapter on the engine's UNet in place of any other; raises BadModel as ``check`` does.

    The slot is hot-swapped: A, then B, then A again gives exactly A's pictures.
    """
    path = path.resolve()
    layers = _checked(path, engine)
    if not _fits(layers, engine.slot):
        take_off(engine)
        rank = max(value.shape[_layer(key)[1]] for key, value in layers.items())
        engine.pipe.enable_lora_hotswap(target_rank=engine.rank(max(engine.settings.recipe.rank, rank)))
        engine.pipe.load_lora_weights(path.parent, weight_name=path.name, adapter_name=SLOT)
        engine.slot = {
            f"unet.{name.replace(f'.{SLOT}.', '.')}": value
            for name, value in engine.pipe.unet.named_parameters()
            if f".{SLOT}." in name
        }
    _fill(engine.slot, layers)
    engine.worn = path


def erase(engine: Engine) -> None:
    """Leave nothing of the last person in the model's memory; the slot stays for the next."""
    _fill(engine.slot, {})
    engine.worn = None


def _fits(layers: Mapping[str, Tensor], slot: Mapping[str, Tensor]) -> bool:
    """Whether the slot has the file's layers, and none else, with room for their ranks."""
    room = all(key in slot and value.numel() <= slot[key].numel() for key, value in layers.items())
    return room and len(layers) == len(slot)


@torch.no_grad()
def _fill(slot: Mapping[str, Tensor], layers: Mapping[str, Tensor]) -> None:
    """Write a file's layers into the slot, which is 0 beyond its rank and where there are none.

    Twice as fast as peft's own hot swap, which looks each layer up by its name.
    """
    for place in slot.values():
        place.zero_()
    for key, value in layers.items():
        place = slot[key]
        (place[: len(value)] if _layer(key)[1] == 0 else place[:, : value.shape[1]]).copy_(value)


def take_off(engine: Engine) -> None:
    """Leave the base model alone on the engine, exactly as it was loaded."""
    if engine.slot:
        engine.pipe.unload_lora_weights()
        engine.slot, engine.worn = {}, None


def _layer(key: str) -> tuple[str, int]:
    """A file's key -> the UNet layer's name and which half: 0 down, 1 up; ('', 0) for a foreign key."""
    for ending, half in HALVES.items():
        if key.startswith("unet.") and key.endswith(ending):
            return key.removeprefix("unet.").removesuffix(ending), half
    return "", 0


def _cut(name: str, value: Tensor, rank: int) -> Tensor:
    """A trained half without what lies beyond the rank."""
    return value[:rank] if "lora_A" in name else value[:, :rank]


def notes(path: Path) -> dict[str, Any]:
    """What ``write`` noted in the file: base_hash, token, keep, references, skin, steps, chosen, scores.

    Raises BadModel when the file is missing, too large, or none of ours.
    """
    if not path.is_file():
        raise BadModel(f"There is no identity at {path}; train it first.")
    if path.stat().st_size > LARGEST_FILE:
        raise BadModel(f"{path} is larger than any identity of ours; train it again.")
    try:
        with safe_open(path, "pt") as file:
            said = json.loads((file.metadata() or {})[KEY])
    except (SafetensorError, OSError, KeyError, ValueError) as error:
        raise BadModel(f"{path} is not an identity that this engine wrote; train it again.") from error
    if not isinstance(said, dict):
        raise BadModel(f"{path} is not an identity that this engine wrote; train it again.")
    return said


def _rows(values: list[list[float]], width: int) -> Floats:
    return np.asarray(values, np.float32).reshape(-1, width)


def _order_header(path: Path) -> None:
    """Sort the header's keys, which safetensors writes in random order: the same run gives the same bytes."""
    data = path.read_bytes()
    end = 8 + int.from_bytes(data[:8], "little")
    header = json.dumps(json.loads(data[8:end]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    path.write_bytes(len(header).to_bytes(8, "little") + header + data[end:])


def _plain(lora: Mapping[str, Any]) -> dict[str, Any]:
    """peft's config without sets, whose order would differ from run to run."""
    return {name: sorted(value) if isinstance(value, set) else value for name, value in lora.items()}
