"""No picture that the gate flags is shown, and nothing but the understudy draws without a gate."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image
from safetensors.torch import load_file, save_file
from transformers import ViTConfig, ViTForImageClassification

from generation.engine import measure, ranking, shoot
from generation.engine.gate import Open, load_gate
from generation.engine.intake import open_photo
from generation.engine.looks import CATALOGUE
from generation.engine.progress import silent
from generation.engine.reader import OwnReader, ReaderNet
from generation.engine.types import BadInput, BadModel, Frame, Keep

LOOK = CATALOGUE["studio-grey"]
BRIGHT, DARK = (Image.new("RGB", (64, 64), (level,) * 3) for level in (250, 5))


def build(model: Path, flag: str = "nsfw") -> Path:
    """A ViT of a few thousand parameters that flags what is bright: its last layer is computed so."""
    torch.manual_seed(0)
    labels = {"normal": 0, flag: 1}
    size = {"hidden_size": 8, "intermediate_size": 8, "num_hidden_layers": 1, "num_attention_heads": 1}
    config = ViTConfig(**size, image_size=32, patch_size=16, label2id=labels, id2label={0: "normal", 1: flag})
    net = ViTForImageClassification(config).eval()
    with torch.no_grad():
        dark, bright = (net.vit(torch.full((1, 3, 32, 32), level))[0][0, 0] for level in (-1.0, 1.0))
        way = 100 * (bright - dark) / (bright - dark).norm() ** 2
        net.classifier.weight.copy_(torch.stack([-way, way]))
        middle = way @ (bright + dark) / 2
        net.classifier.bias.copy_(torch.stack([middle, -middle]))
    net.save_pretrained(model / "gate")
    return model


def test_it_flags_what_its_classifier_flags(tmp_path: Path) -> None:
    gate = load_gate(build(tmp_path))
    assert gate.flags(BRIGHT)
    assert not gate.flags(DARK)


def test_a_model_without_its_gate_does_not_load(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"gate/config\.json, gate/model\.safetensors.*fetch_models"):
        load_gate(tmp_path)
    (tmp_path / "engine.json").write_text(json.dumps({"name": "faster", "steps": 8}))  # SDXL all the same
    with pytest.raises(BadModel, match="lacks its nudity gate"):
        load_gate(tmp_path)
    (tmp_path / "engine.json").write_text(json.dumps({"control": "sketch"}))
    assert isinstance(load_gate(tmp_path), Open)


def test_a_gate_whose_answers_would_be_chance_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match="no nudity gate: weights or labels are missing"):
        load_gate(build(tmp_path / "other", flag="cat"))
    weights = build(tmp_path / "half") / "gate" / "model.safetensors"
    state = {name: value for name, value in load_file(weights).items() if "classifier" not in name}
    save_file(state, weights)
    with pytest.raises(BadModel, match="no nudity gate: weights or labels are missing"):
        load_gate(tmp_path / "half")
    weights.write_bytes(b"altered")
    with pytest.raises(BadModel, match="cannot be read; restore"):
        load_gate(tmp_path / "half")


def test_a_flagged_frame_is_never_shown(tmp_path: Path, person: list[Path]) -> None:
    gate, reader = load_gate(build(tmp_path)), OwnReader(ReaderNet())
    photo = open_photo(person[0])
    subject = shoot.meet([photo], reader, now=(2026, 11), progress=silent)
    frames = [Frame(picture, LOOK, LOOK.directions[0], 0) for picture in (BRIGHT, photo.image, DARK)]
    found = measure.measure(frames, reader, gate, Keep())
    flagged = [one.nude for one in found]
    assert flagged[::2] == [True, False]
    found[1] = replace(found[1], nude=True)
    scores = ranking.rank(found, subject.own)
    assert [score.faults for score in scores] == [("nudity",), ("nudity",), ("no face",)]
    assert not any(score.rank or score.select for score in scores)
    assert ranking.missing(found, subject.own, 1) == 1
    with pytest.raises(BadInput, match=r"None of 2 pictures can be shown \(2 × nudity\)"):
        shoot.tried([frames[0], frames[0]], reader, gate, subject)
