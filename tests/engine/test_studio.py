"""The studio: every picture is its own seed's, whatever the batch; settings do what they say."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler
from django.conf import LazySettings

from generation import lab
from generation.engine import memory, pipeline, studio
from generation.engine.looks import CATALOGUE
from generation.engine.pipeline import Engine
from generation.engine.training_photos import TrainingPhoto
from generation.engine.types import BadInput, BadModel, Cancelled, Keep, OutOfMemory, Recipe
from tests.engine import tiny

LOOKS = [CATALOGUE[name] for name in ("studio-grey", "clean-white", "low-key")]


@pytest.fixture
def engine(tiny_model: Path) -> Engine:
    """A fresh one for each test, because these change its settings."""
    return pipeline.load(tiny_model, device="cpu")


def drawn(engine: Engine, shots: list[studio.Shot]) -> torch.Tensor:
    """(n, 3, size, size) in 0-1, before rounding to bytes."""
    return torch.stack(studio.draw(engine, shots, output_type="pt"))  # type: ignore[arg-type]


def shots(engine: Engine, count: int = 3) -> list[studio.Shot]:
    return [studio.shot(engine, order, Keep(), "") for order in studio.orders_for(LOOKS, count, 5)]


def test_a_batch_equals_single_pictures(engine: Engine) -> None:
    together = drawn(engine, shots(engine, 5))
    alone = torch.cat([drawn(engine, [one]) for one in shots(engine, 5)])
    assert (together - alone).abs().max() < 1e-4
    assert together.std() > 0.01


def test_frames_come_in_order_with_the_order_that_they_fulfil(engine: Engine) -> None:
    orders = studio.orders_for(LOOKS, 5, 1)
    shares: list[float] = []
    frames = list(studio.shoot(engine, None, orders, batch=2, progress=lambda share, _: shares.append(share)))
    assert [(frame.look, frame.direction, frame.seed) for frame in frames] == orders
    assert shares == [0.4, 0.8, 1.0]
    assert {frame.image.size for frame in frames} == {(tiny.SIZE, tiny.SIZE)}


def test_the_seed_and_the_look_and_the_kept_traits_each_change_the_picture(engine: Engine) -> None:
    look, direction, seed = studio.orders_for(LOOKS, 1)[0]
    one = studio.shot(engine, (look, direction, seed), Keep(), "")
    other_seed = studio.shot(engine, (look, direction, seed + 1), Keep(), "")
    other_look = studio.shot(engine, (LOOKS[2], direction, seed), Keep(), "")
    kept = studio.shot(engine, (look, direction, seed), Keep(("headscarf",)), "")
    pictures = drawn(engine, [one, other_seed, other_look, kept])
    again = drawn(engine, [one])
    assert (pictures[0] - again[0]).abs().max() < 1e-4
    assert all((pictures[0] - picture).abs().max() > 1e-3 for picture in pictures[1:])


@pytest.mark.parametrize("window", [(0.0, 0.5), (0.5, 1.0), (0.3, 0.7)])
def test_guidance_in_a_window_equals_full_guidance_there_and_none_elsewhere(
    engine: Engine, window: tuple[float, float]
) -> None:
    # With guidance 1 both answers weigh as much as the prompt's alone: switching must change nothing.
    engine.settings = replace(engine.settings, guidance=1.0)
    full = drawn(engine, shots(engine))
    engine.settings = replace(engine.settings, guidance_window=window)
    assert (drawn(engine, shots(engine)) - full).abs().max() < 1e-4
    engine.settings = replace(engine.settings, guidance=3.0)
    guided = drawn(engine, shots(engine))
    assert (guided - full).abs().max() > 1e-3
    engine.settings = replace(engine.settings, guidance_window=(0.0, 1.0))
    assert (drawn(engine, shots(engine)) - guided).abs().max() > 1e-3


def test_control_counts_in_its_share_of_the_steps_and_costs_nothing_after(engine: Engine) -> None:
    asked: list[float] = []
    hook = engine.pipe.controlnet.controlnet_cond_embedding.register_forward_hook(
        lambda *_: asked.append(1.0)
    )
    half = drawn(engine, shots(engine))
    assert len(asked) == engine.settings.steps // 2
    engine.settings = replace(engine.settings, control_until=1.0)
    whole = drawn(engine, shots(engine))
    hook.remove()
    assert len(asked) == engine.settings.steps // 2 + engine.settings.steps
    assert (half - whole).abs().max() > 1e-3


def test_late_control_is_exactly_what_the_stock_controlnet_gives(engine: Engine) -> None:
    ours = drawn(engine, shots(engine))
    engine.pipe.controlnet.__class__ = pipeline.ControlNetModel
    assert torch.equal(drawn(engine, shots(engine)), ours)


def test_beginning_with_the_noised_control_image_brings_its_colours(engine: Engine) -> None:
    engine.settings = replace(engine.settings, start_strength=0.5, control_until=0.01)
    white, black = (studio.shot(engine, (LOOKS[i], LOOKS[0].directions[0], 1), Keep(), "") for i in (1, 2))
    swapped = drawn(engine, [replace(white, control=black.control), white])
    assert (swapped[0] - swapped[1]).abs().max() > 1e-3
    assert (drawn(engine, [white])[0] - swapped[1]).abs().max() < 1e-4


@pytest.mark.parametrize("kind", [EulerDiscreteScheduler, DDIMScheduler])
def test_other_samplers_batch_alike_and_a_late_start_is_exact_or_refused(tmp_path: Path, kind: type) -> None:
    scheduler = kind(beta_schedule="scaled_linear", timestep_spacing="trailing")
    engine = pipeline.load(tiny.build(tmp_path, scheduler=scheduler), device="cpu")
    together = drawn(engine, shots(engine, 2))
    assert (together - torch.cat([drawn(engine, [one]) for one in shots(engine, 2)])).abs().max() < 1e-4
    engine.settings = replace(engine.settings, start_strength=0.5)
    if kind is DDIMScheduler:
        with pytest.raises(BadModel, match="start_strength"):
            drawn(engine, shots(engine))
    else:
        assert torch.isfinite(drawn(engine, shots(engine))).all()


def test_a_split_batch_is_drawn_in_portions(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    decode = engine.pipe.vae.decode

    def noted(latents: torch.Tensor, **options: bool) -> object:
        sizes.append(len(latents))
        return decode(latents, **options)

    monkeypatch.setattr(engine.pipe.vae, "decode", noted)
    monkeypatch.setattr(engine, "split", 2)
    monkeypatch.setattr(engine, "batches", (1, 4))  # of which the larger is more than is let be
    orders = studio.orders_for(LOOKS, 5)
    frames = list(studio.shoot(engine, None, orders, batch=4))
    assert [frame.seed for frame in frames] == [seed for *_, seed in orders]
    assert sizes == [2, 2, 1]


def test_a_gpu_without_room_for_one_picture_says_so(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> object:
        raise torch.cuda.OutOfMemoryError("CUDA out of memory")

    monkeypatch.setattr(engine.pipe.vae, "decode", full)
    with pytest.raises(OutOfMemory, match="too little free memory to draw pictures, 2 at once"):
        list(studio.shoot(engine, None, studio.orders_for(LOOKS, 3), batch=2))
    with pytest.raises(BadModel, match="too little free memory to draw pictures;"):
        list(studio.shoot(engine, None, studio.orders_for(LOOKS, 3), batch=1))
    monkeypatch.setattr(engine.pipe.vae, "encode", full)
    with pytest.raises(BadModel, match="too little free memory to look at a photo"):
        memory.remember(engine, [TrainingPhoto(tiny.picture(), "", np.ones((64, 64), np.float32))], 1.0)


def test_a_cancelled_shoot_stops_between_two_steps_and_can_shoot_again(engine: Engine) -> None:
    orders = studio.orders_for(LOOKS, 2)
    with pytest.raises(Cancelled):
        list(studio.shoot(engine, None, orders, cancelled=lambda: True))
    assert len(list(studio.shoot(engine, None, orders))) == 2


def test_orders_are_spread_over_looks_and_directions_and_never_share_a_seed() -> None:
    orders = studio.orders_for(LOOKS, 40, 7)
    assert max(Counter(look.id for look, *_ in orders).values()) == 14
    for look in LOOKS:
        turns = Counter(direction for own, direction, _ in orders if own is look)
        assert set(turns) == set(look.directions)
    assert len({seed for *_, seed in orders}) == 40
    assert studio.orders_for(LOOKS, 10, 7) == orders[:10]
    assert not {s for *_, s in studio.orders_for(LOOKS, 40, 8)} & {s for *_, s in orders}
    with pytest.raises(BadInput):
        studio.orders_for([], 3)
    with pytest.raises(BadInput):
        studio.orders_for(LOOKS, 0)


def test_settings_come_with_the_model_and_are_sdxls_where_there_are_none(
    tmp_path: Path, tiny_model: Path
) -> None:
    own = pipeline.read_settings(tiny_model)
    assert (own.name, own.size, own.control, own.recipe.rank) == ("tiny", tiny.SIZE, "sketch", 4)
    bare = pipeline.read_settings(tiny.build(tmp_path / "bare", settings={}))
    assert (bare.size, bare.control, bare.recipe.targets) == (1024, "openpose", pipeline.ATTENTION)
    assert bare.recipe.rank * 1_451_520 * 2 < 20e6 < Recipe().rank * 1_451_520 * 2


@pytest.mark.parametrize("told", [None, {}, {"recipe": {"steps": 50, "rank": 4}}])
def test_a_worker_knows_how_many_examples_a_training_takes(
    tmp_path: Path, settings: LazySettings, told: dict[str, object] | None
) -> None:
    if told is not None:
        (tmp_path / "engine.json").write_text(json.dumps(told))
    settings.MODEL = str(tmp_path)
    recipe = pipeline.read_settings(tmp_path).recipe
    assert lab.samples() == recipe.steps * recipe.batch


def test_the_base_hash_is_of_the_weights_alone_and_the_same_for_any_precision(
    tmp_path: Path, tiny_model: Path
) -> None:
    as_stored = pipeline.load(tiny_model, device="cpu", dtype=torch.bfloat16).base_hash
    assert pipeline.load(tiny_model, device="cpu").base_hash == as_stored
    assert pipeline.load(tiny.build(tmp_path / "again"), device="cpu").base_hash == as_stored
    assert pipeline.load(tiny.build(tmp_path / "other", seed=1), device="cpu").base_hash != as_stored


def test_a_missing_or_damaged_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(BadModel, match=r"model_index\.json"):
        pipeline.load(tmp_path)
    for part in (
        "unet/diffusion_pytorch_model.safetensors",
        "tokenizer/tokenizer.json",
        "controlnet/config.json",
    ):
        folder = tiny.build(tmp_path / part.split("/")[0])
        (folder / part).unlink()
        with pytest.raises(BadModel, match="restore"):
            pipeline.load(folder, device="cpu")
    cut = tiny.build(tmp_path / "cut") / "vae" / "diffusion_pytorch_model.safetensors"
    cut.write_bytes(cut.read_bytes()[:-100])
    with pytest.raises(BadModel, match="restore"):
        pipeline.load(tmp_path / "cut", device="cpu")
    (tiny.build(tmp_path / "said") / "engine.json").write_text(json.dumps({"recipe": {"speed": 9}}))
    with pytest.raises(BadModel, match=r"engine\.json"):
        pipeline.load(tmp_path / "said", device="cpu")


def test_a_file_that_the_listing_knows_differently_is_refused(tmp_path: Path) -> None:
    folder = tiny.build(tmp_path)
    listing = folder / "weights.sha256"
    lines = [f"{value}  {name}" for name, value in pipeline._hashes(folder).items()]
    listing.write_text("\n".join(lines) + "\n")
    pipeline.load(folder, device="cpu")
    unet = folder / "unet" / "diffusion_pytorch_model.safetensors"
    held = bytearray(unet.read_bytes())
    held[-1] ^= 1
    unet.write_bytes(held)
    with pytest.raises(BadModel, match="altered"):
        pipeline.load(folder, device="cpu")
    unet.unlink()
    with pytest.raises(BadModel, match="missing"):
        pipeline.load(folder, device="cpu")


def test_an_empty_prompt_is_what_the_model_was_taught(engine: Engine) -> None:
    assert engine.words("").states.abs().max() > 0
    engine.pipe.register_to_config(force_zeros_for_empty_prompt=True)
    engine._words.clear()
    assert engine.words("").states.abs().max() == 0
    assert engine.words("studio portrait").states.abs().max() > 0
    assert np.isfinite(engine.words("studio portrait").pooled.numpy()).all()
