"""The selfie path: a picture instead of training, on a UNet of its own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from generation.engine import pipeline, selfie, studio
from generation.engine.looks import CATALOGUE
from generation.engine.pipeline import Engine
from generation.engine.selfie import Selfie
from generation.engine.types import BadModel, Cancelled, Frame
from tests.engine import tiny

ORDERS = studio.orders_for([CATALOGUE["studio-grey"], CATALOGUE["garden"]], 3, 2)


@pytest.fixture(scope="module")
def opened(engine: Engine) -> Selfie:
    return selfie.open_selfie(engine)


def pixels(frames: list[Frame]) -> np.ndarray[tuple[int, ...], np.dtype[np.int16]]:
    return np.stack([np.asarray(frame.image, np.int16) for frame in frames])


def test_frames_come_in_order_one_by_one_and_show_the_picture_that_was_given(opened: Selfie) -> None:
    shares: list[float] = []
    one = list(
        selfie.try_on(
            opened, tiny.picture(1), ORDERS, progress=lambda share, _: shares.append(round(share, 2))
        )
    )
    assert [(frame.look, frame.direction, frame.seed) for frame in one] == ORDERS
    assert shares == [0.33, 0.67, 1.0]
    same = pixels(list(selfie.try_on(opened, tiny.picture(1), ORDERS, batch=3)))
    other = pixels(list(selfie.try_on(opened, tiny.picture(2), ORDERS)))
    assert abs(pixels(one) - same).max() <= 1
    assert abs(pixels(one) - other).max() > 4


def test_the_shoots_unet_never_sees_the_selfie(opened: Selfie, engine: Engine) -> None:
    before, base = engine.live_hash(), pixels(list(studio.shoot(engine, None, ORDERS)))
    list(selfie.try_on(opened, tiny.picture(1), ORDERS))
    assert engine.live_hash() == before
    assert abs(pixels(list(studio.shoot(engine, None, ORDERS))) - base).max() == 0
    ours = {value.data_ptr() for value in engine.pipe.unet.parameters()}
    assert not ours & {value.data_ptr() for value in opened.pipe.unet.parameters()}
    assert engine.pipe.scheduler is not opened.pipe.scheduler


def test_the_embeddings_are_the_pictures_own_and_can_be_used_again(opened: Selfie) -> None:
    one, again = selfie.look_at(opened, tiny.picture(1)), selfie.look_at(opened, tiny.picture(1))
    assert (one - again).abs().max() == 0
    nothing, something = one.chunk(2)
    assert (nothing - something).abs().max() > 0


def test_a_cancelled_try_stops(opened: Selfie) -> None:
    with pytest.raises(Cancelled):
        list(selfie.try_on(opened, tiny.picture(1), ORDERS, cancelled=lambda: True))


def test_a_model_without_its_selfie_part_says_so(tmp_path: Path) -> None:
    engine = pipeline.load(tiny.build(tmp_path), device="cpu")
    (tmp_path / "image_encoder" / "config.json").unlink()
    with pytest.raises(BadModel, match="restore"):
        selfie.open_selfie(engine)
    (tmp_path / "ip_adapter" / "ip_adapter.safetensors").unlink()
    with pytest.raises(BadModel, match="ip_adapter"):
        selfie.open_selfie(engine)
