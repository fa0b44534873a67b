"""The stories of ivy and zoe in a browser, step by step as a person takes them; the site may be anywhere."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from generation.cast import PASSWORD

PHOTOS = Path(__file__).resolve().parents[2] / "generation" / "photos"
See = Callable[[str], None]  # called with the name of each page that a story comes to
SOON, LATER, LONG = 60_000, 300_000, 1_800_000  # ms: a page, the checks, a whole shoot
expect.set_options(timeout=SOON)


def ivys_shoot(page: Page, site: str, see: See, *, photos: Sequence[Path], looks: Sequence[str]) -> list[str]:
    """From signing in to the receipt of the deletion; returns the names of the files in her ZIP."""
    page.set_default_timeout(SOON)
    sign_in(page, site)
    see("shoots")
    consents(page, site, see)
    bring(page, photos, see)
    direct(page, looks, see)
    watch(page, see)
    return enjoy(page, site, see)


def sign_in(page: Page, site: str) -> None:
    page.goto(f"{site}/account/login/")
    page.locator("[name=login]").fill("ivy@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    page.wait_for_url("**/shoots/")


def consents(page: Page, site: str, see: See) -> None:
    page.goto(f"{site}/shoots/new/")
    see("consent")
    page.locator("[name=is_subject]").check()
    page.locator("[name=is_adult]").check()
    page.get_by_role("button", name="I agree, open the shoot").click()
    page.wait_for_url(re.compile(r"/shoots/[0-9a-f-]{36}/$"))


def bring(page: Page, photos: Sequence[Path], see: See) -> None:
    see("no photos yet")
    page.locator(".dropzone input").set_input_files([str(photo) for photo in photos])
    judged = page.locator(".tile[data-state=accepted], .tile[data-state=advice]")
    expect(judged).to_have_count(len(photos), timeout=LATER)
    see("photos")
    page.get_by_role("link", name=re.compile("^Choose the looks")).click()


def direct(page: Page, looks: Sequence[str], see: See) -> None:
    for look in looks:
        page.get_by_text(look, exact=True).click()
    see("looks")
    page.get_by_role("button", name="Look it over").click()
    see("review")
    page.get_by_role("button", name="Make my headshots").click()


def watch(page: Page, see: See) -> None:
    """The page changes by itself, until it shows the gallery."""
    expect(page.locator(".making progress")).to_be_visible(timeout=LATER)
    see("learning")
    expect(page.locator("#progress .frame").first).to_be_visible(timeout=LONG)
    see("drawing")
    expect(page.get_by_role("heading", name="Your headshots")).to_be_visible(timeout=LONG)
    see("gallery")


def enjoy(page: Page, site: str, see: See) -> list[str]:
    """Look at one, take them all, see that they are marked, delete everything."""
    gallery = page.url
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Download all").click()
    with zipfile.ZipFile(arriving.value.path()) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    for data in files.values():
        Image.open(BytesIO(data)).verify()
    page.locator(".frame-picture").first.click()
    see("headshot")
    made_here(page, site, next(iter(files.values())), see)
    page.goto(gallery)
    page.get_by_role("link", name="Delete everything now").click()
    see("delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    see("deleted")
    receipt_is_genuine(page, site, see)
    return sorted(files)


def made_here(page: Page, site: str, data: bytes, see: See) -> None:
    page.goto(f"{site}/check/")
    picture = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": data}
    page.locator("#picture").set_input_files(picture)  # type: ignore[arg-type]
    page.get_by_role("button", name="Check it").click()
    expect(page.get_by_text("Made here, mark intact")).to_be_visible()
    see("made here")


def receipt_is_genuine(page: Page, site: str, see: See) -> None:
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Save the receipt").click()
    receipt = Path(arriving.value.path()).read_text()
    page.get_by_role("link", name="Verify a receipt").click()
    page.locator("[name=receipt]").fill(receipt)
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_text("Genuine", exact=True)).to_be_visible()
    see("receipt")


def zoes_try(page: Page, site: str, see: See, *, selfie: Path) -> None:
    """One selfie without an account, then everything deleted."""
    page.set_default_timeout(SOON)
    page.goto(f"{site}/try/")
    see("try")
    page.locator("[name=selfie]").first.set_input_files(str(selfie))
    page.locator("[name=is_subject]").check()
    page.locator("[name=is_adult]").check()
    page.get_by_role("button", name="I agree, draw me").click()
    drawn = page.locator("main .frame img").nth(4)  # the selfie is the first of the five
    expect(drawn).to_be_visible(timeout=LATER)
    see("tried")
    page.get_by_role("button", name="Delete it now").click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    see("try deleted")
