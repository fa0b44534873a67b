"""Trains the understudy stage by stage and writes the model folder; one command repeats it from nothing.

    FACEKIT=head.npz python -m generation.understudy.dataset --out data/
    python -m generation.understudy.train --data data/ --work work/ --out weights/

With several GPUs: ``torchrun --nproc-per-node N -m generation.understudy.train …``. Each stage starts from
its own last weights in ``--work`` if there are any, or from those of a model folder (``--resume``);
``--stages`` chooses which of them go on training.
"""

from __future__ import annotations

import argparse
import copy
from pathlib import Path
from typing import Any, TypeVar

import torch
from torch import nn

from ..engine.reader import ReaderNet
from . import model, train_drawing, train_reader, train_selfie, train_vae
from .drawing import Latents
from .loop import Data, Place, join, kept
from .resume import unpack
from .sheet import reconstructions, samples

Module = TypeVar("Module", bound=nn.Module)

SECONDS = {"reader": 60.0, "vae": 300.0, "drawing": 800.0, "selfie": 120.0}


def run(
    data_folder: Path, work: Path, out: Path, seconds: dict[str, float], resume: Path | None = None
) -> None:
    """Train the stages that ``seconds`` names, take the others from ``work``, and save the model folder."""
    place = join()
    if resume:
        unpack(resume, work, place)
    data = Data(data_folder, place, ("images", "sketches", "landmarks", "tokens", "traits"))
    reader = _reader(data, work, place, seconds)
    vae = _vae(data, reader, work, place, seconds)
    if place.first:
        reconstructions(vae, data, work / "sheet-vae.png")
    latents = Latents(data, vae)
    drawing = _drawing(data, latents, work, place, seconds)
    parts = {
        "vae": vae,
        "unet": copy.deepcopy(drawing.directed.unet),  # before the IP-Adapter is loaded into it
        "text_encoder": drawing.words.first,
        "text_encoder_2": drawing.words.second,
        "controlnet": drawing.directed.control,
        "reader": reader,
    }
    encoder, adapter = _selfie(data, latents, drawing, reader, work, place, seconds)
    if place.first:
        model.save(model.parts() | parts | {"image_encoder": encoder, "ip_adapter": adapter}, out)
        samples(out, data, work / "sheet-samples.png")


def _needed(work: Path, name: str) -> dict[str, torch.Tensor]:
    state = kept(work, name)
    if state is None:
        raise SystemExit(f"Stage {name} has no weights in {work}; train it first.")
    return state


def _restored(module: Module, work: Path, name: str, place: Place) -> Module:
    """A stage's module with its last weights, for a run that does not train it."""
    module.load_state_dict(_needed(work, name))
    return module.to(place.device).eval()


def _reader(data: Data, work: Path, place: Place, seconds: dict[str, float]) -> ReaderNet:
    if "reader" in seconds:
        return train_reader.train(data, work, place, seconds["reader"])
    return _restored(ReaderNet(), work, train_reader.NAME, place)


def _vae(data: Data, reader: ReaderNet, work: Path, place: Place, seconds: dict[str, float]) -> Any:
    if "vae" in seconds:
        return train_vae.train(data, reader, work, place, seconds["vae"])
    return _restored(model.vae(), work, train_vae.NAME, place)


def _drawing(
    data: Data, latents: Latents, work: Path, place: Place, seconds: dict[str, float]
) -> train_drawing.Drawing:
    if "drawing" in seconds:
        return train_drawing.train(data, latents, work, place, seconds["drawing"])
    return _restored(train_drawing.Drawing(), work, train_drawing.NAME, place)


def _selfie(
    data: Data,
    latents: Latents,
    drawing: train_drawing.Drawing,
    reader: ReaderNet,
    work: Path,
    place: Place,
    seconds: dict[str, float],
) -> tuple[nn.Module, dict[str, torch.Tensor]]:
    if "selfie" in seconds:
        return train_selfie.train(data, latents, drawing, reader, work, place, seconds["selfie"])
    state, encoder = _needed(work, train_selfie.NAME), model.image_encoder()
    encoder.load_state_dict(
        {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}
    )
    return encoder, {k: v for k, v in state.items() if not k.startswith("encoder.")}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument(
        "--stages", nargs="*", default=[f"{k}={v:.0f}" for k, v in SECONDS.items()], metavar="STAGE=SECONDS"
    )
    parser.add_argument("--resume", type=Path, help="a model folder to start every stage from")
    a = parser.parse_args()
    chosen = {name: float(value) for name, value in (stage.split("=") for stage in a.stages)}
    if unknown := set(chosen) - set(SECONDS):
        raise SystemExit(f"Unknown stage {unknown.pop()}; stages are {', '.join(SECONDS)}.")
    run(a.data, a.work, a.out, chosen, a.resume)
