"""Send the whole corpus of hostile files and two phone photos through the decoder; record time and memory.

The result is ``benchmarks/results/corpus.json``. Ends with an error where a file met a fate that it must not.
Seconds of processor time are the same on a busy machine; those of the clock mean something on an idle one.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from pathlib import Path
from time import monotonic

import numpy as np
import pillow_heif
from PIL import Image

from generation.engine import decoder
from tests.engine import corpus
from tests.engine.test_decoder import fate, growth, server, spent

from .made_on import made_on

RESULT = Path(__file__).parent / "results" / "corpus.json"
PHOTO = Path(__file__).parent.parent / "generation" / "photos" / "photo-01.jpg"
TWELVE = (4032, 3024)  # pixels: what phones store
TIMES = 40


def main() -> None:
    made = made_on("corpus")
    decoder.network_isolated()
    first = server()
    met, wrong, clocks, processors, grown = Counter[str](), [], [], [], [0.0]
    slowest = ""
    for case in chain(corpus.cases(), corpus.largest()):
        seen: list[str] = []
        before, start = spent(), monotonic()
        grown.append(growth(lambda case=case, seen=seen: seen.append(fate(case))))
        clocks.append(monotonic() - start)
        processors.append(spent() - before)
        slowest = case.name if processors[-1] >= max(processors) else slowest
        met[seen[0]] += 1
        if case.fate not in (seen[0], "either"):
            wrong.append(case.name)
    figures = {
        **made,
        "network isolated": decoder.network_isolated(),
        "files": sum(met.values()),
        "mutated": corpus.MUTATED,
        "accepted": met["accepted"],
        "refused": met["refused"],
        "another fate than it must": wrong,
        "the decoding server died": server() != first,
        "seconds, median, p95, longest": _spread(clocks),
        "processor seconds, median, p95, longest": _spread(processors),
        "the one that took longest": slowest,
        "web process grew at most by MB": round(max(grown), 1),
        **dict(_phone_photos()),
    }
    RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    sys.exit(bool(wrong))


def _spread(seconds: list[float]) -> list[float]:
    return [round(float(np.quantile(seconds, share)), 3) for share in (0.5, 0.95, 1.0)]


def _phone_photos() -> Iterator[tuple[str, dict[str, object]]]:
    """One of the bundled photos at a phone's size, with grain, in the two formats that phones write."""
    with Image.open(PHOTO) as opened:
        large = np.asarray(opened.convert("RGB").resize(TWELVE, Image.Resampling.BICUBIC), np.int16)
    grain = np.random.default_rng(corpus.SEED).normal(0, 1.5, (*large.shape[:2], 1)).round().astype(np.int16)
    picture = Image.fromarray(np.clip(large + grain, 0, 255).astype(np.uint8))
    jpeg, heic = BytesIO(), BytesIO()
    picture.save(jpeg, "JPEG", quality=90)
    pillow_heif.from_pillow(picture).save(heic, quality=50, enc_params={"preset": "veryfast"})
    for kind, data in (("JPEG", jpeg.getvalue()), ("HEIC", heic.getvalue())):
        clocks, processors = [], []
        for _ in range(TIMES):
            before, start = spent(), monotonic()
            decoder.decode(data, f"phone.{kind}")
            clocks.append(monotonic() - start)
            processors.append(spent() - before)
        figures = {"MB": round(len(data) / 1e6, 1), "seconds": _spread(clocks)}
        yield f"12-megapixel {kind}", {**figures, "processor seconds": _spread(processors)}


if __name__ == "__main__":
    main()
