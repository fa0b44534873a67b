"""Wall time and peak memory of ``shoot`` and ``try``, beside a plain way of drawing, in one run."""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from generation.engine import pipeline, studio
from generation.engine.__main__ import FOUR_LOOKS, MODEL, PHOTOS
from generation.engine.looks import chosen_looks

from .made_on import made_on

RESULTS = Path(__file__).parent / "results" / "engine.json"
DRAWN = 8  # pictures for the comparison of the two ways of drawing


def command(*words: str) -> dict[str, float]:
    """Run the command line in its own process: seconds, peak memory in MiB, seconds to a first picture."""
    begun, first = time.monotonic(), float("nan")
    running = subprocess.Popen(
        [sys.executable, "-m", "generation.engine", *words], stderr=subprocess.PIPE, text=True
    )
    if running.stderr is None:
        raise RuntimeError("the command's messages were not piped")
    for line in running.stderr:
        print(line, end="", file=sys.stderr)
        if "first picture after" in line:
            first = time.monotonic() - begun
    _, status, used = os.wait4(running.pid, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"`{' '.join(words)}` failed; see its message above.")
    said = {"seconds": time.monotonic() - begun, "peak_mib": used.ru_maxrss / 1024, "first_picture": first}
    return {name: round(value, 2) for name, value in said.items() if value == value}


def shoot(count: int, photos: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as out:
        figures = command("shoot", "--photos", str(photos), "--out", out, "--count", str(count))
        made = json.loads((Path(out) / "gallery.json").read_text())
        adapter = (Path(out) / "identity.safetensors").stat().st_size
    return {
        **figures,
        "headshots": len(made["headshots"]),
        "photos": len([path for path in photos.iterdir() if path.is_file()]),
        "adapter_mb": round(adapter / 1e6, 2),
        "stages": made["timings"],
    }


def tried(photo: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory() as out:
        return command("try", "--photo", str(photo), "--out", out)


def drawing() -> dict[str, float]:
    """Seconds a picture: as shipped, and one by one with control and guidance in every step."""
    engine = pipeline.load(MODEL)
    orders = studio.orders_for(chosen_looks(FOUR_LOOKS), DRAWN)
    list(studio.shoot(engine, None, orders[:1]))
    shipped = _seconds(engine, orders, None)
    engine.settings = replace(engine.settings, guidance_window=(0.0, 1.0), control_until=1.0)
    plain = _seconds(engine, orders, 1)
    return {"as_shipped": round(shipped, 3), "plain": round(plain, 3), "faster": round(plain / shipped, 2)}


def _seconds(engine: pipeline.Engine, orders: list[studio.Order], batch: int | None) -> float:
    begun = time.monotonic()
    made = list(studio.shoot(engine, None, orders, batch=batch))
    return (time.monotonic() - begun) / len(made)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--photos", type=Path, default=PHOTOS)
    said = parser.parse_args()
    figures = {
        **made_on("engine"),
        "try": tried(sorted(said.photos.iterdir())[0]),
        "shoot": shoot(said.count, said.photos),
        "seconds_a_picture": drawing(),
        "peak_mib_of_this_process": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
