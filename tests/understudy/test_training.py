"""The parts of training that a wrong sign would spoil silently; no head and no GPU needed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from generation.engine.alignment import TEMPLATE, five_of_68, umeyama
from generation.engine.reader import SIZE, ReaderNet
from generation.engine.sketch import landmarks
from generation.engine.types import Direction
from generation.understudy import drawing, loop, model, train_drawing, train_reader, train_selfie, train_vae
from generation.understudy.dataset import FAMILY, member, trait_indices
from generation.understudy.resume import unpack

HERE = loop.Place(0, 1, torch.device("cpu"))
WEIGHTS = Path(model.__file__).parent / "weights"


class Pictures:
    """As much of ``loop.Data`` as a stage's preparation reads."""

    place, known, pictures = HERE, 4, 2

    def __init__(self, images: torch.Tensor) -> None:
        self.arrays = {"images": images}

    def __getitem__(self, name: str) -> torch.Tensor:
        return self.arrays[name]


def some_landmarks() -> torch.Tensor:
    directions = (Direction(), Direction(yaw=40, roll=8), Direction(yaw=-30, pitch=12))
    return torch.stack([torch.from_numpy(landmarks(direction, 256)).float() for direction in directions])


def test_alignment_on_the_device_is_the_engines() -> None:
    points = some_landmarks()
    ours = train_reader.alignments(points).numpy()
    engines = np.stack([umeyama(five_of_68(p.numpy()), SIZE) for p in points])
    np.testing.assert_allclose(ours, engines, atol=1e-3)


def test_a_crop_shows_the_left_eye_where_the_template_has_it() -> None:
    points = some_landmarks()[:1]
    eye = points[0, 36:42].mean(0).round().long()
    picture = torch.full((1, 3, 256, 256), -1.0)
    picture[0, :, eye[1] - 2 : eye[1] + 3, eye[0] - 2 : eye[0] + 3] = 1.0
    bright = train_reader.crops(picture, points)[0, 0]
    row, column = divmod(int(bright.argmax()), SIZE)
    assert abs(column - TEMPLATE[0, 0] * SIZE) < 4
    assert abs(row - TEMPLATE[0, 1] * SIZE) < 4


def test_whitening_changes_latents_and_no_picture() -> None:
    torch.manual_seed(0)
    vae = model.vae().eval()
    data = Pictures(torch.randint(0, 255, (8, 64, 64, 3), dtype=torch.uint8))
    before = vae.decode(train_vae.encode(vae, data["images"])).sample
    train_vae.whiten(vae, data)  # type: ignore[arg-type]
    latents = train_vae.encode(vae, data["images"])
    torch.testing.assert_close(latents.mean((0, 2, 3)), torch.zeros(8), atol=1e-3, rtol=0)
    torch.testing.assert_close(latents.std((0, 2, 3)), torch.ones(8), atol=1e-3, rtol=0)
    torch.testing.assert_close(vae.decode(latents).sample, before, atol=1e-3, rtol=1e-3)


def test_the_velocity_gives_the_latents_back() -> None:
    torch.manual_seed(0)
    latents = torch.randn(4, 8, 4, 4)
    noise = drawing.Noise(HERE.device)
    noisy, velocity, steps = noise(latents)
    alpha = noise.alphas[steps].view(-1, 1, 1, 1)
    torch.testing.assert_close(alpha.sqrt() * noisy - (1 - alpha).sqrt() * velocity, latents)
    assert noise.alphas[-1] == 0, "the last step is to be pure noise"


def test_an_average_follows_and_replaces_the_weights() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    average = loop.Average(layer, 0.5)
    for value in (1.0, 3.0):
        layer.weight.data.fill_(value)
        average.update()
    average.apply()
    assert 1.0 < layer.weight.item() < 3.0


def test_a_family_shares_every_trait_but_the_head() -> None:
    family = [member(3, index) for index in range(FAMILY)]
    assert len({tuple(trait_indices(person)) for person in family}) == 1
    assert len({person.tone for person in family}) == 1
    assert len({person.shape.tobytes() for person in family}) == FAMILY
    assert member(3, FAMILY).tone != family[0].tone


def test_the_shipped_model_can_go_on_training(tmp_path: Path) -> None:
    unpack(WEIGHTS, tmp_path, HERE)
    fresh = {
        train_reader.NAME: ReaderNet(),
        train_vae.NAME: model.vae(),
        train_drawing.NAME: train_drawing.Drawing(),
    }
    for name, module in fresh.items():
        state = loop.kept(tmp_path, name)
        assert state is not None
        module.load_state_dict(state)
    state = loop.kept(tmp_path, train_selfie.NAME)
    assert state is not None
    adapter = train_selfie.load_encoder(model.image_encoder(), state)
    unet = fresh[train_drawing.NAME].directed.unet
    assert adapter.keys() == model.ip_adapter(unet).keys()
    train_selfie.load_adapter(unet, adapter)
    again = train_selfie.published(unet)
    assert again.keys() == adapter.keys()
    assert all(torch.equal(again[name], adapter[name].float()) for name in adapter)


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_the_rate_never_leaves_its_bounds(share: float) -> None:
    assert 0 < loop.cosine(share, 10_000, 1e-3) <= 1e-3
    assert loop.cosine(share, 0, 1e-3) < loop.cosine(share, 10_000, 1e-3)
