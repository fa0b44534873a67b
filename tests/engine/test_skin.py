"""Skin tone: the published CIEDE2000 pairs, known colours, and shifts under like light."""

from __future__ import annotations

import numpy as np
import pytest

from generation.engine import skin

# Table 1 of Sharma, Wu, Dalal (2005): L1 a1 b1 L2 a2 b2 dE00.
SHARMA = np.loadtxt(
    """
    50 2.6772 -79.7751 50 0 -82.7485 2.0425
    50 3.1571 -77.2803 50 0 -82.7485 2.8615
    50 2.8361 -74.0200 50 0 -82.7485 3.4412
    50 -1.3802 -84.2814 50 0 -82.7485 1.0000
    50 -1.1848 -84.8006 50 0 -82.7485 1.0000
    50 -0.9009 -85.5211 50 0 -82.7485 1.0000
    50 0 0 50 -1 2 2.3669
    50 -1 2 50 0 0 2.3669
    50 2.4900 -0.0010 50 -2.4900 0.0009 7.1792
    50 2.4900 -0.0010 50 -2.4900 0.0010 7.1792
    50 2.4900 -0.0010 50 -2.4900 0.0011 7.2195
    50 2.4900 -0.0010 50 -2.4900 0.0012 7.2195
    50 -0.0010 2.4900 50 0.0009 -2.4900 4.8045
    50 -0.0010 2.4900 50 0.0010 -2.4900 4.8045
    50 -0.0010 2.4900 50 0.0011 -2.4900 4.7461
    50 2.5 0 50 0 -2.5 4.3065
    50 2.5 0 73 25 -18 27.1492
    50 2.5 0 61 -5 29 22.8977
    50 2.5 0 56 -27 -3 31.9030
    50 2.5 0 58 24 15 19.4535
    50 2.5 0 50 3.1736 0.5854 1.0000
    50 2.5 0 50 3.2972 0 1.0000
    50 2.5 0 50 1.8634 0.5757 1.0000
    50 2.5 0 50 3.2592 0.3350 1.0000
    60.2574 -34.0099 36.2677 60.4626 -34.1751 39.4387 1.2644
    63.0109 -31.0961 -5.8663 62.8187 -29.7946 -4.0864 1.2630
    61.2901 3.7196 -5.3901 61.4292 2.2480 -4.9620 1.8731
    35.0831 -44.1164 3.7933 35.0232 -40.0716 1.5901 1.8645
    22.7233 20.0904 -46.6940 23.0331 14.9730 -42.5619 2.0373
    36.4612 47.8580 18.3852 36.2715 50.5065 21.2231 1.4146
    90.8027 -2.0831 1.4410 91.1528 -1.6435 0.0447 1.4441
    90.9257 -0.5406 -0.9208 88.6381 -0.8985 -0.7239 1.5381
    6.7747 -0.2908 -2.4247 5.8714 -0.0985 -2.2286 0.6377
    2.0776 0.0795 -1.1350 0.9033 -0.0636 -0.5514 0.9082
    """.strip().splitlines()
)


def test_the_published_pairs_come_out_to_the_fourth_digit_both_ways() -> None:
    one, two, published = SHARMA[:, :3], SHARMA[:, 3:6], SHARMA[:, 6]
    assert len(SHARMA) == 34
    np.testing.assert_allclose(skin.delta_e(one, two), published, atol=5e-5)
    np.testing.assert_allclose(skin.delta_e(two, one), published, atol=5e-5)


def test_known_colours() -> None:
    np.testing.assert_allclose(skin.lab([255, 255, 255]), [100, 0, 0], atol=0.02)
    np.testing.assert_allclose(skin.lab([0, 0, 0]), [0, 0, 0], atol=1e-9)
    np.testing.assert_allclose(skin.lab([255, 0, 0]), [53.24, 80.09, 67.20], atol=0.02)
    assert float(skin.ita(skin.lab([243, 218, 206]))) > 55  # very light
    assert float(skin.ita(skin.lab([63, 42, 33]))) < -30  # dark


def test_tone_ignores_highlights_shadow_and_what_the_mask_leaves_out() -> None:
    pixels = np.zeros((40, 40, 3), np.uint8)
    pixels[:] = (150, 100, 80)
    clean = skin.tone(pixels, np.ones((40, 40), bool))
    pixels[:4] = (255, 255, 252)
    pixels[4:10] = (60, 40, 32)
    pixels[30:] = (0, 200, 0)
    mask = np.ones((40, 40), bool)
    mask[30:] = False
    np.testing.assert_allclose(skin.tone(pixels, mask), clean, atol=1e-9)
    assert np.isnan(skin.tone(pixels, np.zeros((40, 40), bool))).all()


def test_the_same_skin_in_another_exposure_is_nearer_than_another_skin() -> None:
    own = skin.lab([[178, 132, 104], [190, 142, 113], [150, 110, 86], [205, 150, 128], [120, 88, 70]])
    brighter = skin.lab([214, 160, 128])
    lighter_person = skin.lab([236, 205, 190])
    assert skin.shift(own[0], own) < 2.5  # own photos differ among themselves
    assert skin.shift(brighter, own) < 4
    assert skin.shift(lighter_person, own) > 6


def test_one_odd_light_among_own_photos_does_not_move_the_reference() -> None:
    own = np.array([[60, 14, 18], [61, 15, 19], [59, 14, 17], [60, 45, 60], [62, 14, 18]], float)
    assert skin.shift([60, 14, 18], own) < 1.0


@pytest.mark.parametrize("own", [np.empty((0, 3)), np.full((2, 3), np.nan)])
def test_no_measurable_own_photo_gives_no_figure(own: np.ndarray) -> None:
    assert np.isnan(skin.shift([60, 14, 18], own))
