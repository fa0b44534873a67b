"""Learning a person: the loop learns, stops and goes on exactly, chooses by likeness, spares the base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from generation.engine import adapter, identity, losses, memory, pipeline, training_step
from generation.engine.choosing import latest_of_the_best, score
from generation.engine.identity import TrainingPhoto, split, train
from generation.engine.pipeline import Engine
from generation.engine.types import BadInput, BadModel, Cancelled, Floats, Identity, Keep, OutOfMemory, Recipe
from tests.engine import tiny


def photos(count: int = 4) -> list[TrainingPhoto]:
    everywhere = np.ones((tiny.SIZE, tiny.SIZE), np.float32)
    return [
        TrainingPhoto(tiny.picture(seed), "phone photo of a sks person, smile", everywhere, None, seed)
        for seed in range(count)
    ]


def after(calls: int) -> Callable[[], bool]:
    """A cancel button that is pressed once it has been looked at so often."""
    looked = iter(range(calls))
    return lambda: next(looked, None) is None


def weights(made: Identity) -> dict[str, torch.Tensor]:
    return load_file(made.adapter)


def test_training_lowers_the_loss_and_leaves_the_base_as_it_was(engine: Engine, tmp_path: Path) -> None:
    recipe = Recipe(rank=8, steps=40, batch=4, learning_rate=1e-2, warmup=1, checkpoints=1)
    before, taught = engine.live_hash(), photos(1)

    def error() -> float:
        generator = torch.Generator().manual_seed(1)
        schedule = losses.noise_schedule(engine.pipe.scheduler)
        own = memory.remember(engine, taught, 1.0)
        with torch.no_grad():
            batches = [training_step.batch(engine, schedule, own, recipe, generator) for _ in range(8)]
            return float(np.mean([training_step.loss(engine, one).item() for one in batches]))

    untaught = error()
    made = train(engine, taught, recipe=recipe, out=tmp_path / "a.safetensors")
    assert engine.live_hash() == before
    assert error() == pytest.approx(untaught)
    adapter.wear(engine, made.adapter)
    assert error() < 0.95 * untaught  # 0.90 was seen; the same noise without training gives 1.00
    adapter.take_off(engine)
    assert engine.live_hash() == before


def only(engine: Engine, most: int, seen: list[int]) -> Callable[..., object]:
    """The UNet's forward on a card with room for so many examples."""
    whole = engine.pipe.unet.forward

    def forward(sample: torch.Tensor, *rest: object, **named: object) -> object:
        seen.append(len(sample))
        if len(sample) > most:
            raise torch.cuda.OutOfMemoryError("CUDA out of memory")
        return whole(sample, *rest, **named)

    return forward


@pytest.mark.parametrize(("split", "seen"), [(2, 4), (4, 2)])
def test_a_split_batch_is_learned_in_portions(
    engine: Engine, tmp_path: Path, split: int, seen: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes, recipe = list[int](), Recipe(rank=4, steps=3, batch=8, warmup=1, checkpoints=1)
    roomy = train(engine, photos(), recipe=recipe, out=tmp_path / "roomy.safetensors")
    monkeypatch.setattr(engine, "split", split)
    monkeypatch.setattr(engine.pipe.unet, "forward", only(engine, 8, sizes))
    tight = train(engine, photos(), recipe=recipe, out=tmp_path / "tight.safetensors")
    assert sizes == [seen] * 3 * split
    assert all(torch.allclose(v, weights(roomy)[n], atol=2e-4) for n, v in weights(tight).items())


@pytest.mark.parametrize("portion", [1, 3])
def test_portions_give_the_gradients_of_the_whole_batch(engine: Engine, portion: int) -> None:
    recipe, dice = Recipe(rank=4, batch=8), torch.Generator().manual_seed(1)
    trained = identity.attach(engine, recipe)
    schedule = losses.noise_schedule(engine.pipe.scheduler)
    own, prior = (
        training_step.batch(engine, schedule, memory.remember(engine, taught, 0.5), recipe, dice)
        for taught in (photos(4), photos(2))
    )
    for value in trained.values():  # a fresh adapter's gradients are half zero
        torch.nn.init.normal_(value, std=0.1)

    def gradients(portion: int) -> torch.Tensor:
        engine.pipe.unet.zero_grad()
        training_step.backward(engine, [(1.0, own), (0.5, prior)], portion)
        return torch.cat([value.grad.flatten() for value in trained.values() if value.grad is not None])

    whole = gradients(8)
    assert whole.abs().max() > 1e-4
    assert (gradients(portion) - whole).abs().max() < 1e-3 * whole.abs().max()
    engine.pipe.unet.unload_lora()


def test_a_gpu_without_room_for_one_example_says_so(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.pipe.unet, "forward", only(engine, 0, []))
    recipe = Recipe(rank=4, steps=1, batch=2, checkpoints=1)
    with pytest.raises(OutOfMemory, match="too little free memory to learn from photos, 2 at once"):
        train(engine, photos(), recipe=recipe, out=tmp_path / "a.safetensors")
    monkeypatch.setattr(engine, "split", 2)
    with pytest.raises(BadModel, match="too little free memory to learn from photos;"):
        train(engine, photos(), recipe=recipe, out=tmp_path / "a.safetensors")


@pytest.mark.parametrize("stop", [1, 3, 5])
def test_a_stopped_run_goes_on_and_ends_exactly_like_one_that_was_not(
    engine: Engine, tmp_path: Path, stop: int
) -> None:
    whole = train(engine, photos(), out=tmp_path / "whole.safetensors")
    work, out = tmp_path / "work", tmp_path / "resumed.safetensors"
    with pytest.raises(Cancelled):
        train(engine, photos(), out=out, resume=work, cancelled=after(stop))
    assert not out.exists()
    assert (work / "state.safetensors").is_file()
    resumed = train(engine, photos(), out=out, resume=work)
    for name, value in weights(whole).items():
        assert torch.equal(value, weights(resumed)[name]), name
    assert not list(work.iterdir())


def test_a_state_of_other_photos_is_not_gone_on_from(engine: Engine, tmp_path: Path) -> None:
    work = tmp_path / "work"
    with pytest.raises(Cancelled):
        train(engine, photos(3), out=tmp_path / "a.safetensors", resume=work, cancelled=after(4))
    fresh = train(engine, photos(4), out=tmp_path / "fresh.safetensors")
    other = train(engine, photos(4), out=tmp_path / "other.safetensors", resume=work)
    assert all(torch.equal(value, weights(other)[name]) for name, value in weights(fresh).items())


def test_a_damaged_state_is_a_fresh_start(engine: Engine, tmp_path: Path) -> None:
    work = tmp_path / "work"
    work.mkdir()
    (work / "state.safetensors").write_bytes(b"\0" * 40)
    assert train(engine, photos(), out=tmp_path / "a.safetensors", resume=work).adapter.is_file()


def test_progress_rises_to_the_end(engine: Engine, tmp_path: Path) -> None:
    seen: list[float] = []
    train(engine, photos(), out=tmp_path / "a.safetensors", progress=lambda share, _: seen.append(share))
    assert seen == sorted(seen)
    assert seen[0] == 0
    assert seen[-1] == 1


def test_the_checkpoint_that_looks_most_like_the_held_out_photo_is_chosen(
    engine: Engine, tmp_path: Path
) -> None:
    # This reader says the same of every photo, and of generated pictures that the first checkpoint is best.
    drawn = 0

    def read(image: Image.Image) -> Floats:
        nonlocal drawn
        own = any(image.tobytes() == photo.image.tobytes() for photo in photos(5))
        drawn += not own
        likeness = 1.0 if own or drawn <= 3 else 0.2
        return np.array([likeness, *[0.0] * 127], np.float32)

    held_out = photos(5)[4:]
    made = train(engine, photos(), held_out=held_out, read=read, out=tmp_path / "a.safetensors")
    notes = adapter.notes(made.adapter)
    assert notes["chosen"] == 0
    assert notes["steps"] == [3, 6]
    assert notes["scores"][0] > notes["scores"][1]
    assert made.references.shape == (5, 128)
    last = train(engine, photos(), out=tmp_path / "b.safetensors")
    assert any(not torch.equal(value, weights(last)[name]) for name, value in weights(made).items())


def test_an_earlier_checkpoint_must_be_surely_better() -> None:
    assert latest_of_the_best([0.60, 0.63, 0.61]) == 2  # three pictures differ as much by chance
    assert latest_of_the_best([0.60, 0.70, 0.61]) == 1
    assert latest_of_the_best([0.60, 0.61, 0.70]) == 2


def test_a_copy_of_a_training_photo_scores_below_a_new_picture_as_alike() -> None:
    own, new = tiny.picture(1), tiny.picture(2)
    alike = np.array([1.0, *[0.0] * 127], np.float32)

    def read(image: Image.Image) -> Floats:
        return alike

    assert score([own], [alike], [own], read) < score([new], [alike], [own], read) == pytest.approx(1)
    assert score([new], [alike], [own], lambda image: None) == 0


def test_newer_photos_are_drawn_more_often() -> None:
    ages: list[tuple[int, int] | None] = [(2024, 6), (2022, 6), None]
    chances = memory.chances([replace(photo, month=month) for photo, month in zip(photos(3), ages)])
    assert chances[1] == pytest.approx(chances[0].item() / 2)
    assert chances[2] == pytest.approx(chances[0].item())
    assert chances.sum() == pytest.approx(1)


def test_the_adapter_is_trained_in_float32_also_on_a_bfloat16_base(engine: Engine) -> None:
    half = pipeline.load(engine.folder, device="cpu", dtype=torch.bfloat16)
    parameters = identity.attach(half, Recipe(rank=4))
    assert {value.dtype for value in parameters.values()} == {torch.float32}
    assert half.base_hash == engine.base_hash


def test_a_bfloat16_base_learns(engine: Engine, tmp_path: Path) -> None:
    half = pipeline.load(engine.folder, device="cpu", dtype=torch.bfloat16)
    made = train(half, photos(), out=tmp_path / "a.safetensors")
    ups = [value for name, value in weights(made).items() if ".lora_B." in name]
    assert all(value.abs().max() > 0 for value in ups)


def test_prior_preservation_draws_people_in_general_and_changes_what_is_learned(
    engine: Engine, tmp_path: Path
) -> None:
    recipe = replace(engine.settings.recipe, steps=2)
    alone = train(engine, photos(), recipe=recipe, out=tmp_path / "a.safetensors")
    kept = train(engine, photos(), recipe=replace(recipe, prior_weight=1.0), out=tmp_path / "b.safetensors")
    assert any(not torch.equal(value, weights(kept)[name]) for name, value in weights(alone).items())


def test_no_photo_and_an_unwritable_place_are_said(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="no photo"):
        train(engine, [], out=tmp_path / "a.safetensors")
    (tmp_path / "file").write_text("")
    with pytest.raises(BadInput, match="cannot be written"):
        train(engine, photos(), keep=Keep(), out=tmp_path / "file" / "a.safetensors")
    assert not engine.slot


def test_held_out_photos_are_whole_photos_never_another_framing_of_one_that_is_learned() -> None:
    framings = [replace(photo, source=i // 2, yaw=3.0 * (i // 2)) for i, photo in enumerate(photos(24))]
    kept, held = split(framings)
    assert len(held) == 2
    assert not {photo.source for photo in kept} & {photo.source for photo in held}
    assert len(kept) == 20
    few, none = split(framings[:8])
    assert len(few) == 8
    assert not none
