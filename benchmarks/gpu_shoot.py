"""A whole SDXL shoot on this machine's GPUs in the worker's own processes, and where its time goes.

    make bench-gpu, or python -m benchmarks.gpu_shoot --out DIR [--model DIR] [--photos DIR] [PART ...]

Without --model, SDXL of full size with random weights is built below DIR: it costs exactly what the real one
costs, but draws noise, so no frame passes the gate and all that were ordered are drawn. There is no web
beside it: the worker's processes are asked directly. Each part is added to DIR/gpu-shoot-<kind>.json as soon
as it is measured, so that parts can be measured one by one.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch

from generation.engine import pipeline
from generation.engine.__main__ import PHOTOS
from generation.engine.types import StoredPhoto

from . import full_size, gpu_parts, gpu_worker
from .gpu_worker import Figures, Worker
from .made_on import made_on
from .shortcuts import samples


def measured(
    folder: Path, photos: list[StoredPhoto], out: Path, report: Figures
) -> dict[str, Callable[[], Any]]:
    """What can be measured, by name."""
    work = out / "work"
    shutil.rmtree(work, ignore_errors=True)  # a finished checkpoint would spare the training
    workers = [Worker(folder, photos, work, number) for number in range(torch.cuda.device_count())]
    return {
        "shoots": lambda: gpu_worker.shoots(workers[0]),
        "workers": lambda: gpu_worker.side_by_side(workers, report["seconds_total"]),
        "faults": lambda: gpu_worker.faults(workers[0]),
        "parts": lambda: gpu_parts.measure(folder, out),
        "stock": lambda: gpu_parts.stock(folder),
    }


def rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: rounded(one) for name, one in value.items()}
    if isinstance(value, list):
        return [rounded(one) for one in value]
    return round(value, 3) if isinstance(value, float) else value


def table(report: Figures) -> Iterator[str]:
    """Stage, seconds, TFLOP, share of the card's own matmul peak, beside the stock scripts."""
    stages, settings = report["stages"], pipeline.Settings()
    warm, parts, stock = stages["shoots"]["warm"], stages["parts"], stages["stock"]
    work, recipe = parts["tflop"], settings.recipe
    drawn, controlled = samples(settings)
    drawing = warm["frames"] * (drawn * work["unet"] + controlled * work["controlnet"] + work["decode"])
    rows = {
        "look at the photos": (
            warm["learn"] - sum(warm[f"learn_{name}"] for name in ("encode", "train", "choose")),
            0.0,
            0.0,
        ),
        "encode": (warm["learn_encode"], report["photos"] * work["encode"], 0.0),
        "train": (
            warm["learn_train"],
            2 * recipe.steps * recipe.batch * work["unet"],
            stock["train_seconds"],
        ),
        "choose": (warm["learn_choose"], 0.0, 0.0),
        "draw, measure": (warm["draw"], drawing, stock["draw_seconds"]),
        "whole shoot": (warm["seconds_total"], 0.0, stock["shoot_seconds"]),
    }
    yield f"{'stage':<20}{'seconds':>9}{'TFLOP':>9}{'of peak':>9}{'stock':>9}"
    for name, (seconds, tflop, theirs) in rows.items():
        share = f"{tflop / seconds / parts['matmul_tflops']:.0%}" if tflop else ""
        done, other = f"{tflop:.0f}" if tflop else "", f"{theirs:.0f}" if theirs else ""
        yield f"{name:<20}{seconds:>9.1f}{done:>9}{share:>9}{other:>9}"
    slice_of = f"{gpu_parts.STOCK_STEPS} steps and {gpu_parts.STOCK_PICTURES} pictures"
    yield f"memory {warm['gib']:.0f} GiB; the stock scripts are extrapolated from {slice_of}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--model", type=Path)
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    parser.add_argument("parts", nargs="*", metavar="PART")
    given = parser.parse_args()
    if not torch.cuda.is_available():
        parser.error("there is no GPU here; run it on one")
    kind = torch.cuda.get_device_name().lower().replace(" ", "-")
    file = given.out / f"gpu-shoot-{kind}.json"
    folder = given.model or given.out / "sdxl"
    if not (folder / "model_index.json").is_file():
        full_size.build(folder)
        torch.cuda.empty_cache()
    photos = [StoredPhoto(one.read_bytes(), name=one.name) for one in sorted(given.photos.glob("*.jpg"))]
    known: Figures = json.loads(file.read_text()) if file.is_file() else {"stages": {}}
    report = {
        **known,
        **made_on("gpu-shoot"),
        "gpu": torch.cuda.get_device_name(),
        "torch": torch.__version__,
        "photos": len(photos),
    }
    parts = measured(folder, photos, given.out, report)
    for name in given.parts or parts:
        found = rounded(parts[name]())
        torch.cuda.empty_cache()
        if name == "workers":
            report["workers"] = found
        else:
            report["stages"][name] = found
        if name == "shoots":
            report["seconds_total"] = found["warm"]["seconds_total"]
        if name == "stock":
            report["stock_seconds_total"] = found["shoot_seconds"]
        file.write_text(json.dumps(report, indent=1) + "\n")
        print(name, json.dumps(found), flush=True)
    if not {"shoots", "parts", "stock"} - set(report["stages"]):
        print("\n".join(table(report)))


if __name__ == "__main__":
    main()
