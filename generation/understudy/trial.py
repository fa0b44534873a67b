"""One subject's shoot as a customer would have it, with what it is compared to: ``evaluate shoot``."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from ..engine import adapter, identity, intake, selfie, shoot, studio
from ..engine.disk import photo_files
from ..engine.gate import Open
from ..engine.pipeline import Engine
from ..engine.reader import Reader
from ..engine.types import BadInput, Frame, Identity, Keep, Recipe
from .cast import FRAMES, name_of, orders

COMPARED = 8  # pictures of each kind: untrained, from one selfie, of the last checkpoint
REBUILT = 4  # studio pictures through the VAE and back
NOW = (2026, 1)  # the photos carry no date


def _silent(share: float, doing: str) -> None:
    del share, doing


def _never() -> bool:
    return False


def shoot_subject(folder: Path, index: int, engine: Engine, reader: Reader, recipe: Recipe | None) -> None:
    """Train and shoot the photos of ``folder``; everything drawn is kept. A finished one is skipped."""
    if (folder / "shot").is_file():
        return
    begun = time.monotonic()
    given = [intake.open_photo(file) for file in photo_files(folder / "photos")]
    subject = shoot.meet(given, reader, now=NOW, progress=_silent)
    keep, asked = shoot.keep_for(subject, Keep()), orders(index)
    _compare(folder, engine, subject, keep, asked[:COMPARED])
    learning = time.monotonic()
    file, checkpoints = folder / "identity.safetensors", folder / "checkpoints"
    who = shoot.learn(
        engine,
        reader,
        subject,
        keep=keep,
        out=file,
        work=checkpoints,
        recipe=recipe,
        progress=_silent,
        cancelled=_never,
    )
    drawing, failed = time.monotonic(), ""
    frames = _made(folder / "frames")
    try:
        taken = shoot.take(
            engine,
            who,
            reader,
            Open(),
            subject,
            asked,
            count=FRAMES,
            work=frames,
            progress=_silent,
            cancelled=_never,
        )
    except BadInput as error:  # not a picture passed: what counts is that there is no gallery
        taken, failed = shoot.Taken((), {}), str(error)
    ended = time.monotonic()
    _last_checkpoint(folder, engine, subject, who, asked[:COMPARED], recipe)
    said = {
        "keep": keep.words,
        "photos_used": len(subject.photos),
        "failed": failed,
        "seconds": {"learn": drawing - learning, "shoot": ended - drawing, "all": time.monotonic() - begun},
        "chosen": adapter_notes(file),
        "frames": [_line(one, taken) for one in taken.everything],
    }
    (folder / "shoot.json").write_text(json.dumps(said, indent=1))
    (folder / "shot").touch()


def _line(one: shoot.Ranked, taken: shoot.Taken) -> dict[str, object]:
    """A frame's record; rank and select as the gallery has them, 0 and false outside."""
    shown = {id(other.frame): other.score for other in taken.frames}
    score = shown.get(id(one.frame))
    look, direction = one.frame.look.id, asdict(one.frame.direction)
    return {
        "name": name_of((one.frame.look, one.frame.direction, one.frame.seed)),
        "look": look,
        "direction": direction,
        "seed": one.frame.seed,
        "rank": score.rank if score else 0,
        "select": bool(score and score.select),
        "faults": one.score.faults,
        "likeness": one.score.likeness,
        "skin_shift": None if np.isnan(one.score.skin_shift) else one.score.skin_shift,
        "value": one.score.value,
    }


def adapter_notes(file: Path) -> dict[str, object]:
    """Which checkpoint was chosen, out of how many."""
    notes = adapter.notes(file)
    return {
        "steps": notes.get("steps", []),
        "chosen": notes.get("chosen", 0),
        "scores": notes.get("scores", []),
    }


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _save(folder: Path, frames: Iterable[Frame]) -> None:
    _made(folder)
    for number, frame in enumerate(frames):
        name = name_of((frame.look, frame.direction, frame.seed))
        frame.image.save(folder / f"{number:04d}-{name}.png")


def _compare(
    folder: Path, engine: Engine, subject: shoot.Subject, keep: Keep, asked: Sequence[studio.Order]
) -> None:
    """The same orders by the untrained base and from one selfie; studio pictures through the VAE."""
    _save(folder / "base", studio.shoot(engine, None, asked, keep=keep))
    frontal = int(np.argmin([abs(face.yaw) for face in subject.faces]))
    one = slice(frontal, frontal + 1)
    crop = identity.prepare(subject.photos[one], subject.faces[one], engine)[0].image
    _save(folder / "selfie", selfie.try_on(selfie.open_selfie(engine), crop, asked, keep=keep, batch=4))
    for order in asked[:REBUILT]:
        with Image.open(folder / "truth" / f"{name_of(order)}.png") as picture:
            rebuilt(engine, picture.convert("RGB")).save(_made(folder / "vae") / f"{name_of(order)}.png")


@torch.no_grad()
def rebuilt(engine: Engine, picture: Image.Image) -> Image.Image:
    """A picture of the model's size through the VAE and back."""
    vae = engine.pipe.vae
    latents = studio.encode(engine.pipe, [picture]).mean / vae.config.scaling_factor
    decoded = vae.decode(latents.to(vae.device, vae.dtype)).sample
    made: Image.Image = engine.pipe.image_processor.postprocess(decoded, output_type="pil")[0]
    return made


def _last_checkpoint(
    folder: Path,
    engine: Engine,
    subject: shoot.Subject,
    who: Identity,
    asked: Sequence[studio.Order],
    recipe: Recipe | None,
) -> None:
    """Pictures of the chosen and the last checkpoint: training without a reader ends with the last."""
    _save(folder / "chosen", studio.shoot(engine, who, asked))
    notes = adapter_notes(folder / "identity.safetensors")
    steps, chosen = notes["steps"], notes["chosen"]
    if isinstance(steps, list) and chosen == len(steps) - 1:
        return
    prepared = identity.prepare(subject.photos, subject.faces, engine, keep=who.keep)
    kept, held_out = identity.split(prepared)
    last = identity.train(
        engine, kept, held_out=held_out, out=folder / "last.safetensors", keep=who.keep, recipe=recipe
    )
    _save(folder / "last", studio.shoot(engine, last, asked))
