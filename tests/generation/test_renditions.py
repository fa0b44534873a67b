"""Ready sizes and other backdrops are made once, signed, and leave under safe names."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.models import User
from generation import marks, media, renditions, retention, sweeper, tasks, vault
from generation.engine.credentials import Checked
from generation.engine.marking import SOURCE_TYPE
from generation.failures import Refused
from generation.models import Headshot, Rendition, Shoot
from tests import cast

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ready(ivy: User) -> Shoot:
    return cast.ready(ivy, of=[Image.new("RGB", (512, 512), "slategrey")])


@pytest.fixture
def best(ready: Shoot) -> Headshot:
    return media.gallery(ready)[0]


def sizes(headshot: Headshot) -> str:
    return reverse("generation:sizes", args=[headshot.shoot_id, headshot.pk])


def file(headshot: Headshot, what: str) -> str:
    return reverse("generation:rendition", args=[headshot.shoot_id, headshot.pk, what])


def body(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def made(headshot: Headshot, what: str) -> Rendition:
    row = renditions.ask(headshot, what)
    tasks.make_rendition(str(row.pk))
    row.refresh_from_db()
    return row


def test_the_page_waits_for_a_size_and_then_links_to_it(signed_in: Client, best: Headshot) -> None:
    for _pressed_twice in range(2):
        waiting = signed_in.post(sizes(best), {"what": "linkedin-400"}, headers=HTMX).content.decode()
    assert 'hx-trigger="every 2s"' in waiting
    row = Rendition.objects.get()
    assert signed_in.get(file(best, "linkedin-400")).status_code == 404
    tasks.make_rendition(str(row.pk))
    now = signed_in.get(sizes(best), headers=HTMX).content.decode()
    assert "every 2s" not in now
    assert file(best, "linkedin-400") in now
    assert signed_in.post(sizes(best), {"what": "slack-512"})["Location"].endswith("#downloads")


def test_a_size_is_cut_signed_and_named(signed_in: Client, best: Headshot) -> None:
    row = made(best, "linkedin-400")
    answer = signed_in.get(file(best, "linkedin-400"))
    assert marks.check(answer.content) == Checked.INTACT
    assert SOURCE_TYPE.encode() in answer.content
    assert Image.open(BytesIO(answer.content)).size == (400, 400)
    assert row.note == ""
    assert answer["Content-Disposition"] == (
        'attachment; filename="headshot-001-studio-grey-linkedin-400.jpg"'
    )
    assert "private" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_round_one_is_a_signed_transparent_png(signed_in: Client, best: Headshot) -> None:
    made(best, "round-512")
    answer = signed_in.get(file(best, "round-512"))
    assert answer["Content-Type"] == "image/png"
    assert marks.check(answer.content) == Checked.INTACT
    picture = Image.open(BytesIO(answer.content))
    assert picture.mode == "RGBA"
    assert picture.getpixel((0, 0))[3] == 0


def test_nothing_is_enlarged_and_the_page_says_so(signed_in: Client, best: Headshot) -> None:
    row = made(best, "square-1024")
    side = int(row.note.split("x")[0])
    assert side < 512
    assert Image.open(BytesIO(signed_in.get(file(best, "square-1024")).content)).size == (side, side)
    page = signed_in.get(sizes(best), headers=HTMX).content.decode()
    assert f"Made smaller, {side} × {side}: the headshot has no more pixels." in page


def test_the_head_is_cut_where_it_was_drawn_not_where_it_was_directed(root: Path, ivy: User) -> None:
    with Image.open(root / "static/img/samples/frame-05.webp") as drawn:
        one, other = media.gallery(cast.ready(ivy, headshots=2, of=[drawn.convert("RGB")]))
    Headshot.objects.filter(pk=other.pk).update(direction={"head_height": 0.5, "eye_line": 0.3})
    first, second = (
        Image.open(BytesIO(vault.get(one.shoot_id, "headshots", made(row, "slack-512").file)))
        for row in media.gallery(one.shoot)
    )
    assert first.tobytes() == second.tobytes()


def test_another_backdrop_is_put_behind(signed_in: Client, best: Headshot) -> None:
    signed_in.post(sizes(best), {"colour": "#2E3050"})
    row = Rendition.objects.get()
    assert row.what == "backdrop-2e3050"
    tasks.make_rendition(str(row.pk))
    answer = signed_in.get(file(best, row.what))
    assert marks.check(answer.content) == Checked.INTACT
    corner = Image.open(BytesIO(answer.content)).convert("RGB").getpixel((2, 2))
    assert all(abs(is_ - wanted) <= 3 for is_, wanted in zip(corner, (0x2E, 0x30, 0x50)))


def test_it_is_made_once_whatever_rings_how_often(best: Headshot, monkeypatch: pytest.MonkeyPatch) -> None:
    row = made(best, "slack-512")
    first = vault.get(best.shoot_id, "headshots", row.file)
    tasks.make_rendition(str(row.pk))
    assert made(best, "slack-512") == row
    assert vault.get(best.shoot_id, "headshots", row.file) == first
    waiting, rung = renditions.ask(best, "teams-648"), []
    monkeypatch.setattr(tasks, "nudge_rendition", rung.append)
    sweeper.sweep()
    sweeper.sweep()
    assert rung == [waiting]
    assert renditions.take(waiting.pk) == waiting
    assert renditions.take(waiting.pk) is None  # another worker is at it


@pytest.mark.parametrize(
    "what",
    ["", "passport-35x45", "backdrop-", "backdrop-12345", "backdrop-ABCDEF", "backdrop-zzzzzz", "../x"],
)
def test_what_is_not_offered_is_refused_in_words(signed_in: Client, best: Headshot, what: str) -> None:
    with pytest.raises(Refused):
        renditions.ask(best, what)
    assert signed_in.post(sizes(best), {"what": what}).status_code == 302
    assert not Rendition.objects.exists()


def test_a_wide_size_is_not_offered_for_a_close_headshot(best: Headshot) -> None:
    assert "web-3x2" in dict(renditions.offered(Headshot(direction={"head_height": 0.5, "eye_line": 0.41})))
    assert "web-3x2" not in dict(renditions.offered(best))


def test_versions_are_limited(best: Headshot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(renditions, "MOST", 1)
    renditions.ask(best, "slack-512")
    renditions.ask(best, "slack-512")
    with pytest.raises(Refused, match="many versions"):
        renditions.ask(best, "teams-648")


def test_what_cannot_be_made_is_forgotten(best: Headshot) -> None:
    late = renditions.ask(best, "slack-512")
    Rendition.objects.filter(pk=late.pk).update(created=timezone.now() - timedelta(minutes=11))
    tasks.make_rendition(str(late.pk))
    gone = renditions.ask(best, "teams-648")
    vault.delete(best.shoot_id, "headshots", f"{best.pk}.full")
    tasks.make_rendition(str(gone.pk))
    assert not Rendition.objects.exists()


def test_renditions_go_with_their_headshots(signed_in: Client, ready: Shoot, best: Headshot) -> None:
    row = made(best, "slack-512")
    waiting = renditions.ask(best, "teams-648")
    retention.purge(ready)
    assert signed_in.get(file(best, "slack-512")).status_code == 404
    tasks.make_rendition(str(waiting.pk))
    with pytest.raises(vault.Gone):
        vault.get(ready.pk, "headshots", row.file)


def test_the_archive_holds_signed_pictures_under_safe_names(signed_in: Client, ready: Shoot) -> None:
    archive = reverse("generation:archive", args=[ready.pk])
    best = media.gallery(ready)[0]
    Headshot.objects.filter(pk=best.pk).update(favourite=True)
    with ZipFile(BytesIO(body(signed_in.get(archive)))) as zipped:
        names = [f"headshot-{rank:03}-studio-grey.jpg" for rank in (1, 2, 3, 4)]
        assert zipped.namelist() == names
        assert zipped.testzip() is None
        assert {marks.check(zipped.read(name)) for name in names} == {Checked.INTACT}
    for only, count in (("selects", 2), ("favourites", 1)):
        with ZipFile(BytesIO(body(signed_in.get(archive, {"only": only})))) as zipped:
            assert len(zipped.namelist()) == count
    Headshot.objects.update(favourite=False)
    assert signed_in.get(archive, {"only": "favourites"}).status_code == 404


def test_every_size_that_a_page_shows_is_signed_too(signed_in: Client, best: Headshot) -> None:
    for size, kind in media.PICTURES.items():
        address = reverse("generation:headshot", args=[best.shoot_id, best.pk, size])
        answer = signed_in.get(address, {"download": ""})
        assert answer["Content-Type"] == kind
        assert marks.check(answer.content) == Checked.INTACT
        assert answer.has_header("Content-Disposition") == (size == "full")
        again = signed_in.get(address, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code == 304
