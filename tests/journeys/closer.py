"""What a person may do beside the straight way: wrong photos, the phone, one headshot looked at closely."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.journeys.patience import until
from tests.journeys.story import See, follow


def wrong_photos(page: Page, photos: Sequence[Path], see: See) -> None:
    """Each is refused with its reason; the others stay."""
    page.locator(".dropzone input").set_input_files([str(photo) for photo in photos])
    until(page.locator(".tile[data-state=refused]").nth(len(photos) - 1))
    see("refused photos")


def the_phone(page: Page, see: See) -> None:
    """On a desk the code unfolds; what a phone shows after scanning it, any browser shows."""
    shoot = page.url
    page.goto(f"{shoot}phone/")
    see("code for the phone")
    link = page.locator("a.long").get_attribute("href")
    page.goto(link or "")
    see("on the phone")
    page.goto(shoot)


def one_headshot(page: Page, see: See) -> None:
    """Its figures, beside an own photo, in another size and before another backdrop; what may be wrong."""
    follow(page.locator(".frame-picture").first)
    see("headshot")
    star = page.locator(".viewer-side .icon-button")
    star.click()
    expect(star).to_have_attribute("aria-pressed", "true")
    follow(page.locator(".strip-choice a").first)
    see("side by side")
    made = page.locator("#downloads .rows-side a")
    page.get_by_role("button", name=re.compile("^Make it")).first.click()
    until(made.first)
    page.locator("#downloads .swatch").first.click()
    until(made.nth(1))
    see("sizes and backdrops")
    with page.expect_download():
        made.first.click()
    page.get_by_text("Something is wrong with it").click()
    see("report")
    follow(page.get_by_role("link", name="All headshots"))


def around_the_gallery(page: Page, site: str, see: See) -> None:
    gallery = page.url.partition("#")[0]
    page.get_by_text("Show only some").click()
    page.get_by_label("Only favourites").check()
    expect(page.locator("#contact-sheet .frame")).to_have_count(1)
    see("favourites")
    for link in ("More looks", "Keep my photos longer"):
        page.goto(gallery)
        follow(page.get_by_role("link", name=link))
        see(link)
    page.goto(f"{site}/shoots/")
    see("shoots with a gallery")
    page.goto(f"{site}/account/consents/")
    see("consents given")
    follow(page.get_by_role("link", name="Receipt").first)
    see("receipt of a consent")
    follow(page.get_by_role("link", name="Withdraw"))
    see("withdraw")
    page.goto(f"{gallery}delete/")  # without scripts this page stands in for the dialog
    see("delete without a script")
    page.goto(gallery)
