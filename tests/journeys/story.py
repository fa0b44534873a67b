"""The stories of ivy and zoe in a browser, step by step as a person takes them; the site may be anywhere."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from generation.cast import PASSWORD
from tests.journeys.patience import until
from tests.other_reader import altered

PHOTOS = Path(__file__).resolve().parents[2] / "generation" / "photos"
See = Callable[[str], None]  # called with the name of each page that a story comes to
CARD = "4242 4242 4242 4242"
SOON = 180_000  # ms for a page: on an idle machine it takes a tenth of a second
expect.set_options(timeout=SOON)


def ivys_shoot(page: Page, site: str, see: See, *, photos: Sequence[Path], looks: Sequence[str]) -> list[str]:
    """From signing in to the receipt of the deletion; returns the names of the files in her ZIP."""
    sign_in(page, site)
    see("shoots")
    buys(page, site, "Buy 40 headshots", see)
    consents(page, site, see)
    bring(page, photos, see)
    direct(page, looks, see)
    watch(page, see)
    return enjoy(page, site, see)


def sign_in(page: Page, site: str) -> None:
    page.set_default_timeout(SOON)
    page.goto(f"{site}/account/login/")
    page.locator("[name=login]").fill("ivy@example.com")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name=re.compile("^sign in$", re.IGNORECASE)).click()
    page.wait_for_url("**/shoots/")


def buys(page: Page, site: str, pack: str, see: See) -> None:
    """With the card that the stand-in for Stripe takes."""
    page.goto(f"{site}/prices/")
    page.get_by_role("button", name=pack).click()
    pay(page, CARD)
    page.get_by_role("heading", name="Paid, thank you").wait_for()
    see("paid")


def pay(page: Page, card: str) -> None:
    page.locator("[name=card]").fill(card)
    page.get_by_role("button", name=re.compile("^Pay ")).click()


def follow(link: Locator) -> None:
    """Press it, and be on the page that it leads to."""
    with link.page.expect_navigation():
        link.click()


def agree(page: Page, button: str) -> None:
    page.locator("[name=is_subject]").check()
    page.locator("[name=is_adult]").check()
    page.get_by_role("button", name=button).click()


def consents(page: Page, site: str, see: See) -> None:
    page.goto(f"{site}/shoots/new/")
    see("consent")
    agree(page, "I agree, open the shoot")
    page.wait_for_url(re.compile(r"/shoots/[0-9a-f-]{36}/$"))


def bring(page: Page, photos: Sequence[Path], see: See) -> None:
    see("no photos yet")
    page.locator(".dropzone input").set_input_files([str(photo) for photo in photos])
    judged = page.locator(".tile[data-state=accepted], .tile[data-state=advice]")
    until(judged.nth(len(photos) - 1))
    see("photos")


def direct(page: Page, looks: Sequence[str], see: See) -> None:
    follow(page.get_by_role("link", name=re.compile("^Choose the looks")))
    for look in looks:
        page.get_by_text(look, exact=True).click()
    see("looks")
    follow(page.get_by_role("button", name="Look it over"))
    see("review")
    page.get_by_role("button", name="Make my headshots").click()


def watch(page: Page, see: See) -> None:
    """The page changes by itself, until it shows the gallery."""
    until(page.locator(".making progress"))
    see("learning")
    until(page.locator("#progress .frame").first)
    see("drawing")
    until(page.get_by_role("heading", name="Your headshots"))
    see("gallery")


def enjoy(page: Page, site: str, see: See) -> list[str]:
    """Take them all, see that they are marked, delete everything; the names of the files in the ZIP."""
    gallery = page.url
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Download all").click()
    with zipfile.ZipFile(arriving.value.path()) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    for data in files.values():
        Image.open(BytesIO(data)).verify()
    made_here(page, site, next(iter(files.values())), see)
    page.goto(gallery)
    page.get_by_role("link", name="Delete everything now").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    see("delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete everything").click()
    expect(page.get_by_role("heading", name="Everything is deleted")).to_be_visible()
    see("deleted")
    receipt_is_genuine(page, site, see)
    return sorted(files)


def made_here(page: Page, site: str, data: bytes, see: See) -> None:
    page.goto(f"{site}/check/")
    for picture, words in ((data, "Made here, mark intact"), (altered(data), "Made here, but altered")):
        file = {"name": "mine.jpg", "mimeType": "image/jpeg", "buffer": picture}
        page.locator("#picture").set_input_files(file)  # type: ignore[arg-type]
        page.get_by_role("button", name="Check it").click()
        expect(page.get_by_text(words)).to_be_visible()
        see(words)


def receipt_is_genuine(page: Page, site: str, see: See) -> None:
    with page.expect_download() as arriving:
        page.get_by_role("link", name="Save the receipt").click()
    receipt = Path(arriving.value.path()).read_text()
    follow(page.get_by_role("link", name="Verify a receipt"))
    page.locator("[name=receipt]").fill(receipt)
    page.get_by_role("button", name="Verify", exact=True).click()
    expect(page.get_by_text("Genuine", exact=True)).to_be_visible()
    see("receipt")


def zoes_try(page: Page, site: str, see: See, *, selfie: Path) -> None:
    """One selfie without an account."""
    page.set_default_timeout(SOON)
    page.goto(f"{site}/try/")
    page.locator("[name=selfie]").first.set_input_files(str(selfie))
    see("try")
    agree(page, "I agree, draw me")
    until(page.locator("a.frame-picture img").first)
    see("first picture of the try")
    until(page.get_by_role("heading", name="This is how you could look"))
    see("tried")


def she_keeps_it(page: Page, see: See, code: Callable[[], str]) -> None:
    """With an account the try becomes a shoot; ``code`` is the one in the last mail."""
    follow(page.get_by_role("link", name="Keep it: sign up"))
    page.get_by_label("Email").fill("zoe@example.com")
    page.get_by_role("button", name="Sign up").click()
    page.get_by_label("Code").wait_for()
    see("confirm the address")
    page.get_by_label("Code").fill(code())
    page.get_by_role("button", name="Confirm", exact=True).click()
    expect(page.get_by_role("heading", name="Keep your try")).to_be_visible()
    see("keep the try")
    agree(page, "I agree, keep it")
    expect(page.get_by_role("heading", name="From your free try")).to_be_visible()
    see("kept")
