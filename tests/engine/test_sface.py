"""SFace behind the reader's Protocol, with a tiny network of its shapes: its weights cannot be committed."""

from __future__ import annotations

import shutil
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from generation.engine import production, sface
from generation.engine.faces import align, five_points, largest
from generation.engine.reader import OwnReader, ReaderNet, load_reader, save_reader
from generation.engine.types import BadModel, Face
from generation.engine.weights import digest

from . import onnx


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sdxl")
    onnx.write(folder / "reader" / sface.FILE)
    return folder


@pytest.fixture(scope="module")
def seen(person: list[Path]) -> list[tuple[Image.Image, Face]]:
    pictures = [Image.open(file).convert("RGB") for file in person[:2]]
    return [(picture, face) for picture in pictures if (face := largest(picture))]


def test_faces_are_cut_out_where_opencv_cuts_them(model: Path, seen: list[tuple[Image.Image, Face]]) -> None:
    picture, face = seen[0]
    side = picture.width * 100 // round(face.box[2] - face.box[0])  # neither we nor OpenCV shrink it first
    small = picture.resize((side, side), Image.Resampling.LANCZOS)
    face = replace(face, landmarks=face.landmarks * np.float32(side / picture.width))
    row = np.zeros(15, np.float32)
    row[4:14] = five_points(face).ravel()
    recogniser = cv2.FaceRecognizerSF.create(str(model / "reader" / sface.FILE), "")
    theirs = recogniser.alignCrop(np.asarray(small), row)
    ours = align(small, face, sface.SIZE, sface.TEMPLATE)
    inside = np.s_[16:-16, 16:-16]  # what lies outside of the picture is black with OpenCV, repeated with us
    assert np.abs(ours[inside].astype(int) - theirs[inside]).mean() < 1


def test_an_embedding_has_unit_length_and_is_its_faces_own(
    model: Path, seen: list[tuple[Image.Image, Face]]
) -> None:
    reader = load_reader(model / "reader")
    one, other, again = reader.read([*seen, seen[0]])
    assert one.embedding.shape == (128,)
    assert np.linalg.norm(one.embedding) == pytest.approx(1, abs=1e-6)
    np.testing.assert_array_equal(one.embedding, again.embedding)
    assert one.embedding @ other.embedding < 0.999
    assert one.traits == {}
    assert one.bounds == sface.BOUNDS
    assert reader.read([]) == []


def test_colours_reach_it_as_opencv_gives_them(model: Path, seen: list[tuple[Image.Image, Face]]) -> None:
    (picture, face), recogniser = seen[0], cv2.FaceRecognizerSF.create(str(model / "reader" / sface.FILE), "")
    file = BytesIO()
    Image.fromarray(align(picture, face, sface.SIZE, sface.TEMPLATE)).save(file, "PNG")
    theirs = recogniser.feature(cv2.imdecode(np.frombuffer(file.getvalue(), np.uint8), cv2.IMREAD_COLOR))[0]
    ours = load_reader(model / "reader").read([(picture, face)])[0].embedding
    np.testing.assert_allclose(ours, theirs / np.linalg.norm(theirs), atol=1e-6)


def test_a_folder_says_by_its_file_which_reader_it_has(model: Path, tmp_path: Path) -> None:
    save_reader(ReaderNet(), tmp_path / "reader")
    assert isinstance(load_reader(tmp_path / "reader"), OwnReader)
    assert isinstance(load_reader(model / "reader"), sface.SFace)
    with pytest.raises(BadModel, match="restore the model folder"):
        load_reader(tmp_path / "none")


def test_another_file_than_sface_is_refused_in_words(model: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(model, tmp_path / "sdxl")
    file = copy / "reader" / sface.FILE
    (copy / production.LISTING).write_text(f"{digest(file)}  reader/{sface.FILE}\n")
    load_reader(copy / "reader")
    onnx.write(file, answers=64)
    with pytest.raises(BadModel, match=r"was altered .*restore the model folder"):
        load_reader(copy / "reader")
    (copy / production.LISTING).unlink()
    with pytest.raises(BadModel, match=r"is not SFace: it answers \(1, 64\)"):
        load_reader(copy / "reader")
    file.write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(BadModel, match="cannot be read as a network; restore"):
        load_reader(copy / "reader")
