"""A whole shoot with the real engine: bought; photos in, gallery and ZIP out, everything deleted again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from tests.journeys import story
from tests.journeys.browser import CHROMIUM, too_wide
from tests.journeys.living import selling

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium")
ASKED = 8  # what a small shoot draws


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with selling(tmp_path_factory.mktemp("site"), SHOOT_SIZE="small") as address:
        yield address


def test_ivys_shoot_from_photos_to_the_deletion_receipt(page: Page, site: str, complaints: list[str]) -> None:
    def see(name: str) -> None:
        assert not too_wide(page), name

    page.set_viewport_size({"width": 390, "height": 844})
    photos = sorted(story.PHOTOS.iterdir())[:6]
    files = story.ivys_shoot(page, site, see, photos=photos, looks=["Studio grey", "Boardroom"])
    assert 1 <= len(files) <= ASKED
    assert complaints == []
