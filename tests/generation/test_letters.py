"""The mails of a shoot: text and HTML, each sent once, whoever sends it how often."""

from __future__ import annotations

import re
import threading
from html.parser import HTMLParser

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.test import Client

from accounts import receipts
from accounts.models import User
from generation import guarantee, leaving, letters, retention, shoots
from generation.models import Letter, Shoot
from tests import cast

SUBJECTS = {
    Letter.About.READY: "Your headshots are ready",
    Letter.About.FAILED: "Your shoot did not work out",
    Letter.About.AGAIN: "Your shoot is done again",
    Letter.About.GOING: "Your headshots will be deleted in three days",
    Letter.About.PURGED: "Everything of your shoot is deleted",
}


def occasion(about: str, owner: User) -> Shoot:
    """A shoot that gives reason to write."""
    if about == Letter.About.FAILED:
        return cast.failed(owner)
    if about == Letter.About.AGAIN:
        shoot = cast.trained(owner)
        shoots.drawn_all(shoot, shoot.claim, seconds=60.0)
        guarantee.settle(shoot, shoot.claim, [], seconds=2.0)
        return shoot
    shoot = cast.ready(owner)
    if about == Letter.About.GOING:
        shoots.write(shoot, about)
    if about == Letter.About.PURGED:
        retention.purge(shoot)
    return shoot


def sent(shoot: Shoot, about: str) -> EmailMultiAlternatives:
    mail.outbox.clear()
    letters.send(shoot.letters.get(about=about).pk)
    (only,) = mail.outbox
    assert isinstance(only, EmailMultiAlternatives)
    return only


class Words(HTMLParser):
    """What is read of a page, and where it leads."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.read, self.links, self.hidden = "", [], False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.hidden = tag in ("style", "title")
        self.links += [value for name, value in attrs if name in ("href", "src") and value]

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False

    def handle_data(self, data: str) -> None:
        self.read += "" if self.hidden else data


@pytest.mark.parametrize("about", SUBJECTS)
def test_each_says_the_same_as_text_and_as_html(ivy: User, about: str) -> None:
    shoot = occasion(about, ivy)
    found = sent(shoot, about)
    assert (found.to, found.subject) == ([ivy.email], SUBJECTS[about])
    ((page, kind),) = found.alternatives
    assert kind == "text/html"
    shown = Words(str(page))
    path = "account/verify" if about == Letter.About.PURGED else f"shoots/{shoot.pk}"
    address = f"http://localhost:8000/{path}/"
    assert address in str(found.body)
    assert set(shown.links) == {address}  # no picture, no script, nothing that tells who reads
    for sentence in re.findall(r"[A-Z][^.\n]{25,}\.", str(found.body).replace(address, "")):
        assert sentence.rstrip(".") in " ".join(shown.read.split()), sentence  # titles have no full stop
    assert "{{" not in str(found.body) + str(page)
    assert not re.search(r"\bNone\b(?! of)", str(found.body) + shown.read)


def test_ready_counts_and_says_until_when(ivy: User) -> None:
    shoot = cast.ready(ivy)
    body = str(sent(shoot, Letter.About.READY).body)
    assert "4 headshots are in your gallery" in body
    for day in (shoot.inputs_until, shoot.headshots_until):
        assert day is not None
        assert f"{day.day} {day:%B %Y}" in body


def test_failed_says_why(ivy: User) -> None:
    body = str(sent(cast.failed(ivy, "unusable"), Letter.About.FAILED).body)
    assert "None of the pictures passed our checks" in body


def test_the_receipt_is_attached_and_verifies(ivy: User) -> None:
    shoot = occasion(Letter.About.PURGED, ivy)
    (attached,) = sent(shoot, Letter.About.PURGED).attachments
    found = receipts.checked(attached.get_payload(decode=True).decode())  # type: ignore[union-attr]
    assert found is not None
    assert found["shoot"] == str(shoot.pk)


def test_who_left_gets_the_receipt_and_the_address_goes(ivy: User) -> None:
    shoot, address = cast.ready(ivy), ivy.email
    leaving.leave(ivy)
    assert sent(shoot, Letter.About.PURGED).to == [address]
    assert not Letter.objects.exclude(address="").exists()


def test_a_try_has_nobody_to_write_to(ivy: User) -> None:
    shoot = cast.ready(ivy)
    Shoot.objects.filter(pk=shoot.pk).update(kind="try", subject=None)
    shoot.refresh_from_db()
    shoots.write(shoot, Letter.About.GOING)
    assert not shoot.letters.filter(about=Letter.About.GOING).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("about", SUBJECTS)
def test_two_workers_send_one(about: str) -> None:
    letter = occasion(about, cast.person("ivy")).letters.get(about=about)
    mail.outbox.clear()
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        letters.send(letter.pk)
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    assert len(mail.outbox) == 1
    letters.send(letter.pk)  # rung once more
    assert len(mail.outbox) == 1


def test_a_mail_that_was_not_taken_is_sent_later(ivy: User, settings: object) -> None:
    letter = cast.ready(ivy).letters.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # type: ignore[attr-defined]
    with pytest.raises(ConnectionRefusedError):
        letters.send(letter.pk)
    letter.refresh_from_db()
    assert letter.sent_at is None
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"  # type: ignore[attr-defined]
    Letter.objects.update(claimed_until=None)
    letters.send(letter.pk)
    assert len(mail.outbox) == 1


def test_its_link_leads_to_the_shoot(ivy: User, signed_in: Client) -> None:
    shoot = cast.ready(ivy)
    body = str(sent(shoot, Letter.About.READY).body)
    link = re.search(r"http://localhost:8000(/\S+)", body)
    assert link is not None
    assert signed_in.get(link[1]).status_code == 200
