"""The identity's file: what it says, what is refused, and that wearing it leaves no trace."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from generation.engine import adapter, identity, pipeline, studio
from generation.engine.looks import CATALOGUE
from generation.engine.pipeline import Engine
from generation.engine.types import BadModel, Identity, Keep, Recipe
from tests.engine import tiny

Tensors = dict[str, torch.Tensor]
KEEP = Keep(("round glasses", "grey hair"))


def learned(engine: Engine, out: Path, seed: int, rank: int = 4) -> Identity:
    everywhere = np.ones((tiny.SIZE, tiny.SIZE), np.float32)
    photo = identity.TrainingPhoto(tiny.picture(seed), "phone photo of a sks person", everywhere)
    recipe = Recipe(rank=rank, steps=3, batch=1, warmup=1, checkpoints=1, learning_rate=2e-2, seed=seed)
    skin = np.array([[60.25, 12.5, 18.75]], np.float32)

    def read(_: Image.Image) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return np.full(128, 0.25, np.float32)

    return identity.train(engine, [photo], recipe=recipe, keep=KEEP, skin=skin, read=read, out=out)


@pytest.fixture(scope="module")
def people(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> list[Identity]:
    folder = tmp_path_factory.mktemp("people")
    return [learned(engine, folder / f"{name}.safetensors", seed) for seed, name in enumerate("abcde")]


def pixels(engine: Engine, who: Identity | None) -> torch.Tensor:
    frames = studio.shoot(engine, who, studio.orders_for([CATALOGUE["studio-grey"]], 1, 3))
    return torch.from_numpy(np.stack([np.asarray(frame.image) for frame in frames]).astype(np.int16))


def altered(source: Path, out: Path, change: Callable[[Tensors], None]) -> Path:
    tensors = load_file(source)
    change(tensors)
    with safe_open(source, "pt") as file:
        save_file(tensors, out, file.metadata())
    return out


def test_the_file_says_whose_and_of_which_model_it_is(engine: Engine, people: list[Identity]) -> None:
    found = adapter.read(people[0].adapter)
    assert found.base_hash == engine.base_hash
    assert found.keep == KEEP
    assert found.token == "sks"
    np.testing.assert_allclose(found.references, people[0].references, atol=1e-4)
    np.testing.assert_allclose(found.skin, [[60.25, 12.5, 18.75]])
    assert adapter.notes(people[0].adapter)["chosen"] == 0


def test_all_weights_are_half_precision_pairs_of_the_unets_layers(people: list[Identity]) -> None:
    tensors = load_file(people[0].adapter)
    assert {value.dtype for value in tensors.values()} == {torch.float16}
    assert all(name.startswith("unet.") for name in tensors)
    downs = {name.replace("lora_A", "*") for name in tensors if "lora_A" in name}
    assert downs == {name.replace("lora_B", "*") for name in tensors if "lora_B" in name}


def test_the_same_run_writes_the_same_bytes(engine: Engine, people: list[Identity], tmp_path: Path) -> None:
    again = learned(engine, tmp_path / "again.safetensors", 0)
    assert again.adapter.read_bytes() == people[0].adapter.read_bytes()


def test_swapping_a_b_a_gives_as_pictures_exactly(engine: Engine, people: list[Identity]) -> None:
    first, second = people[:2]
    a, b = pixels(engine, first), pixels(engine, second)
    assert not torch.equal(a, b)
    assert torch.equal(pixels(engine, first), a)
    assert torch.equal(pixels(engine, second), b)
    fresh = pipeline.load(engine.folder, device="cpu")
    assert torch.equal(pixels(fresh, second), b)


def test_taking_off_gives_the_bases_pictures_and_hash_back_after_five_people(
    engine: Engine, people: list[Identity]
) -> None:
    adapter.take_off(engine)
    base, before = pixels(engine, None), engine.live_hash()
    for who in people:
        assert not torch.equal(pixels(engine, who), base)
        assert engine.live_hash() == before
    assert torch.equal(pixels(engine, None), base)
    assert engine.live_hash() == before
    assert engine.worn is None


def test_a_larger_rank_is_worn_and_the_smaller_one_after_it_is_unchanged(
    engine: Engine, people: list[Identity], tmp_path: Path
) -> None:
    a = pixels(engine, people[0])
    large = learned(engine, tmp_path / "large.safetensors", 7, rank=12)
    assert not torch.equal(pixels(engine, large), a)
    assert (pixels(engine, people[0]) - a).abs().max() <= 1  # padded with zeros: rounding alone may differ


def broken(name: str) -> Callable[[Tensors], None]:
    def change(tensors: Tensors) -> None:
        key = next(iter(tensors))
        if name == "not finite":
            tensors[key][0, 0] = float("nan")
        elif name == "a foreign layer":
            tensors["unet.up_blocks.9.to_q.lora_A.weight"] = torch.zeros(4, 4, dtype=torch.float16)
        elif name == "a text encoder's":
            tensors["text_encoder.layers.0.q_proj.lora_A.weight"] = torch.zeros(4, 4, dtype=torch.float16)
        elif name == "another shape":
            tensors[key] = tensors[key][:, :-1].contiguous()
        elif name == "another type":
            tensors[key] = tensors[key].float()
        elif name == "half a pair":
            del tensors[key]

    return change


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("not finite", "not finite"),
        ("a foreign layer", "does not have"),
        ("a text encoder's", "does not have"),
        ("another shape", "unexpected shape"),
        ("another type", "unexpected shape or type"),
        ("half a pair", "incomplete"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_and_not_worn(
    engine: Engine, people: list[Identity], tmp_path: Path, name: str, sentence: str
) -> None:
    bad = altered(people[0].adapter, tmp_path / "bad.safetensors", broken(name))
    worn = engine.worn
    with pytest.raises(BadModel, match=sentence):
        adapter.wear(engine, bad)
    assert engine.worn == worn


def test_an_identity_of_another_model_is_refused(
    engine: Engine, people: list[Identity], tmp_path: Path
) -> None:
    other = pipeline.load(tiny.build(tmp_path / "other", seed=9), device="cpu")
    with pytest.raises(BadModel, match="another model"):
        adapter.wear(other, people[0].adapter)


@pytest.mark.parametrize("content", [b"", b"GIF89a", pickle.dumps({"unet": 1}), b"\xff" * 4096])
def test_what_is_no_safetensors_is_refused(engine: Engine, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "identity.safetensors"
    path.write_bytes(content)
    with pytest.raises(BadModel, match="not an identity"):
        adapter.check(path, engine)


def test_a_strangers_lora_and_a_missing_file_are_refused(engine: Engine, tmp_path: Path) -> None:
    save_file({"unet.x.lora_A.weight": torch.zeros(4, 4)}, tmp_path / "stranger.safetensors")
    with pytest.raises(BadModel, match="not an identity"):
        adapter.read(tmp_path / "stranger.safetensors")
    with pytest.raises(BadModel, match="no identity at"):
        adapter.read(tmp_path / "nowhere.safetensors")
