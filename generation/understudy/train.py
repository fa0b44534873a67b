"""Trains the understudy stage by stage and writes the model folder; one command repeats it from nothing.

    FACEKIT=head.npz python -m generation.understudy.dataset --out data/
    python -m generation.understudy.train --data data/ --work work/ --out weights/

With several GPUs: ``torchrun --nproc-per-node N -m generation.understudy.train …``. Each stage starts from
its own last weights in ``--work`` if there are any, or from those of a model folder (``--resume``);
``--stages`` chooses which of them go on training.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import torch
from torch import nn

from ..engine.reader import ReaderNet
from . import model, train_control, train_reader, train_selfie, train_unet, train_vae
from .loop import Data, Place, join, kept
from .resume import unpack
from .sheet import reconstructions, samples
from .tokens import build_tokenizer

SECONDS = {"reader": 60.0, "vae": 300.0, "unet": 420.0, "control": 180.0, "selfie": 120.0}


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
    if max(list(SECONDS).index(stage) for stage in seconds) < 2 and not kept(work, train_unet.NAME):
        return
    latents = train_unet.Latents(data, vae)
    unet, words = _unet(data, latents, work, place, seconds)
    if "control" in seconds:
        control = train_control.train(data, latents, unet, words, work, place, seconds["control"])
        directed = train_control.Directed(unet, control)
    else:
        directed = train_control.Directed(unet, train_control.fresh(unet).to(place.device))
        directed.load_state_dict(_needed(work, train_control.NAME))
    weights = {name: value.detach().clone() for name, value in directed.unet.state_dict().items()}
    encoder, adapter = _selfie(data, latents, directed, words, reader, work, place, seconds)
    if place.first:
        _export(out, vae, weights, words, directed.control, encoder, adapter, reader)
        samples(out, data, work / "sheet-samples.png")


def _needed(work: Path, name: str) -> dict[str, torch.Tensor]:
    state = kept(work, name)
    if state is None:
        raise SystemExit(f"Stage {name} has no weights in {work}; train it first.")
    return state


def _reader(data: Data, work: Path, place: Place, seconds: dict[str, float]) -> ReaderNet:
    if "reader" in seconds:
        return train_reader.train(data, work, place, seconds["reader"])
    net = ReaderNet().to(place.device)
    net.load_state_dict(_needed(work, train_reader.NAME))
    return net.eval()


def _vae(data: Data, reader: ReaderNet, work: Path, place: Place, seconds: dict[str, float]) -> Any:
    if "vae" in seconds:
        return train_vae.train(data, reader, work, place, seconds["vae"])
    vae = model.vae().to(place.device)
    vae.load_state_dict(_needed(work, train_vae.NAME))
    return vae.eval()


def _unet(
    data: Data, latents: train_unet.Latents, work: Path, place: Place, seconds: dict[str, float]
) -> tuple[nn.Module, train_unet.Words]:
    if "unet" in seconds:
        return train_unet.train(data, latents, work, place, seconds["unet"])
    unet, words = model.unet().to(place.device), train_unet.Words().to(place.device)
    train_unet.load(unet, words, _needed(work, train_unet.NAME))
    return unet, words.eval()


def _selfie(
    data: Data,
    latents: train_unet.Latents,
    directed: train_control.Directed,
    words: train_unet.Words,
    reader: ReaderNet,
    work: Path,
    place: Place,
    seconds: dict[str, float],
) -> tuple[nn.Module, dict[str, torch.Tensor]]:
    if "selfie" in seconds:
        return train_selfie.train(data, latents, directed, words, reader, work, place, seconds["selfie"])
    state = kept(work, train_selfie.NAME) or {}
    encoder = model.image_encoder()
    if not state:
        return encoder, model.ip_adapter(directed.unet)  # type: ignore[arg-type]
    encoder.load_state_dict(
        {k.removeprefix("encoder."): v for k, v in state.items() if k.startswith("encoder.")}
    )
    return encoder, {k: v for k, v in state.items() if not k.startswith("encoder.")}


def _export(
    out: Path,
    vae: Any,
    unet_weights: dict[str, torch.Tensor],
    words: train_unet.Words,
    control: nn.Module,
    encoder: nn.Module,
    adapter: dict[str, torch.Tensor],
    reader: ReaderNet,
) -> None:
    unet, tokenizer = model.unet(), build_tokenizer()
    unet.load_state_dict(unet_weights)
    made = model.parts() | {
        "vae": vae,
        "unet": unet,
        "text_encoder": words.first,
        "text_encoder_2": words.second,
        "tokenizer": tokenizer,
        "tokenizer_2": tokenizer,
        "controlnet": control,
        "image_encoder": encoder,
        "ip_adapter": adapter,
        "reader": reader,
    }
    model.save(made, out)


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
