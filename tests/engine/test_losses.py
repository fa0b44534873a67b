"""The loss: finite and positive everywhere, blind to what the mask leaves out."""

from __future__ import annotations

from typing import Any

import diffusers
import numpy as np
import pytest
import torch

from generation.engine import losses
from generation.engine.types import BadModel

BETAS: dict[str, Any] = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear"}
SAMPLERS = (
    "DDPMScheduler",
    "DDIMScheduler",
    "EulerDiscreteScheduler",
    "DPMSolverMultistepScheduler",
    "UniPCMultistepScheduler",
)


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize("kind", ["epsilon", "v_prediction"])
@pytest.mark.parametrize("zero_snr", [False, True])
def test_every_timestep_of_every_schedule_has_a_finite_positive_weight(
    sampler: str, kind: str, zero_snr: bool
) -> None:
    scheduler = getattr(diffusers, sampler)(**BETAS, prediction_type=kind, rescale_betas_zero_snr=zero_snr)
    weights = losses.timestep_weights(losses.noise_schedule(scheduler))
    assert weights.shape == (1000,)
    assert torch.isfinite(weights).all()
    assert (weights > 0).all()
    assert weights.max() <= 1


def test_velocity_counts_alike_at_every_timestep_and_noise_is_capped() -> None:
    velocity = diffusers.DDPMScheduler(**BETAS, prediction_type="v_prediction", rescale_betas_zero_snr=True)
    assert (losses.timestep_weights(velocity) == 1).all()
    noise = diffusers.DDPMScheduler(**BETAS)
    weights = losses.timestep_weights(noise)
    assert weights[-1] == 1
    assert weights[0] < 0.01


def test_an_unknown_prediction_is_refused() -> None:
    with pytest.raises(BadModel, match="sample"):
        losses.noise_schedule(diffusers.DDPMScheduler(prediction_type="sample"))


def test_the_target_is_what_turns_noise_back_into_latents() -> None:
    schedule = diffusers.DDPMScheduler(**BETAS, prediction_type="v_prediction", rescale_betas_zero_snr=True)
    latents, noise, timesteps = torch.randn(2, 4, 3, 3), torch.randn(2, 4, 3, 3), torch.tensor([10, 999])
    noisy = schedule.add_noise(latents, noise, timesteps)
    velocity = losses.target(schedule, latents, noise, timesteps)
    share = schedule.alphas_cumprod[timesteps].view(-1, 1, 1, 1)
    torch.testing.assert_close(share.sqrt() * noisy - (1 - share).sqrt() * velocity, latents)


def test_an_error_outside_the_mask_counts_for_nothing_and_inside_for_all() -> None:
    answer, wanted = torch.zeros(1, 4, 4, 4), torch.zeros(1, 4, 4, 4)
    wanted[..., :2] = 3.0
    outside = torch.zeros(1, 1, 4, 4)
    outside[..., 2:] = 1
    assert losses.masked_error(answer, wanted, outside).item() == 0
    assert losses.masked_error(answer, wanted, 1 - outside).item() == pytest.approx(9)


def test_the_mask_is_grown_and_the_background_keeps_its_weight() -> None:
    mask = np.zeros((64, 64), np.float32)
    mask[32:40, 32:40] = 1
    weights = losses.latent_mask(mask, background=0.15, factor=8, reach=8)
    assert weights.shape == (1, 8, 8)
    assert weights[0, 0, 0] == pytest.approx(0.15)
    assert (weights[0, 3:6, 3:6] == 1).all()
    assert weights.min() >= 0.15


def test_a_batch_of_timesteps_covers_the_schedule_evenly() -> None:
    generator = torch.Generator().manual_seed(0)
    for _ in range(20):
        timesteps = losses.stratified_timesteps(1000, 4, generator)
        assert sorted((timesteps // 250).tolist()) == [0, 1, 2, 3]
