"""A person's whole life with the service, canaries in everything that they give; used by the canary sweep."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts import hooks, imports, posting, tokens
from accounts.models import Company, Invitation, Member, Message, Purpose, User
from billing import ledger
from generation import export, lab, leaving, letters, naming, portraits, shoots, sweeper, tasks, vault
from generation.models import Letter, Photo, Portrait, Rendition, Shoot, Status, Verdict
from tests import cast
from tests.team.world import proven

BIRD = "zeisig-7f3a9c"  # in names, addresses, names of files, reasons, a company's list
FACE = b"canary-of-the-face-51d2"  # in what is learned, measured and drawn
PLACE = "canary-of-the-place-88b1"  # in what the camera wrote
CANARIES = (BIRD.encode(), BIRD.encode("utf-16-le"), FACE, PLACE.encode())
ADDRESS = f"{BIRD}@example.com"  # the one that their company typed
AGREED = {"is_subject": "on", "is_adult": "on"}


@dataclass(frozen=True)
class Life:
    user: User
    shoot: Shoot
    company: Company
    hana: User


def lead() -> Life:
    """An account, a shoot of their own, a program, a company's portrait, a free try before it."""
    a_free_try()
    user = cast.person(BIRD)
    browser = Client()
    for word in ("wrong", cast.PASSWORD):
        browser.post(reverse("account_login"), {"login": user.email, "password": word})
    browser.post(reverse("accounts:settings"), {"name": f"Ivy {BIRD}"})
    user.refresh_from_db()
    shoot = a_shoot(user, browser)
    by_a_program(user, shoot)
    company, hana = at_a_company(user)
    everything_is_said()
    return Life(user, shoot, company, hana)


def photo() -> SimpleUploadedFile:
    data, exif = BytesIO(), Image.Exif()
    exif[0x010E] = PLACE
    Image.effect_noise((512, 512), 60).convert("RGB").save(data, "JPEG", exif=exif, comment=PLACE.encode())
    return SimpleUploadedFile(f"{BIRD}.jpg", data.getvalue(), "image/jpeg")


def a_free_try() -> None:
    browser = Client(REMOTE_ADDR="192.0.2.77", headers={"user-agent": f"Browser of {BIRD}"})
    agreed = {**AGREED, "text": cast.text(Purpose.TRY).sha256, "selfie": photo()}
    assert browser.post(reverse("generation:try"), agreed).status_code == 302
    browser.post(reverse("generation:try_delete"))


def a_shoot(user: User, browser: Client) -> Shoot:
    """Sent, learned, drawn, looked at, taken along; a checkpoint stays behind as after a crash."""
    shoot = shoots.open_shoot(user, cast.release(user))
    browser.post(reverse("generation:photos", args=[shoot.pk]), {"photo": photo()})
    sent = Photo.objects.get(shoot=shoot)
    assert sent.name == f"{BIRD}.jpg"
    vault.put(shoot.pk, "inputs", f"{sent.pk}.checked", FACE)
    Photo.objects.filter(shoot=shoot).update(verdict=Verdict.ACCEPTED)
    shoots.choose(shoot, looks=["studio-grey@1"], direction={}, keep=["glasses"], asked=40)
    ledger.grant(user, 1, source="test")
    shoots.submit(shoot)
    tasks.nudge(shoot)
    made(shoot)
    for address in ("shoot", "archive"):
        b"".join(browser.get(reverse(f"generation:{address}", args=[shoot.pk])))
    one = shoot.headshots.get()
    browser.post(reverse("generation:favourite", args=[shoot.pk, one.pk]))
    browser.post(reverse("generation:report", args=[shoot.pk, one.pk]), {"report": "not_like_me"})
    b"".join(export.archive(user))
    (lab.scratch(shoot.pk) / "checkpoint").write_bytes(FACE)
    return shoot


def made(shoot: Shoot) -> None:
    """The worker's part, on its own verbs."""
    taken = taking(shoot, Status.SUBMITTED)
    for name in ("identity", "person"):
        vault.put(shoot.pk, "inputs", name, FACE)
    shoots.keep_identity(taken, taken.claim, base_hash="base", sha256="adapter", size=7, seconds=1.0)
    taken = taking(shoot, Status.TRAINED)
    picture = cast.picture() + FACE
    one = cast.headshot(taken, 0, dict.fromkeys(("full", "preview", "thumb"), picture))
    rendition = Rendition.objects.create(headshot=one, what="linkedin", made_at=shoot.created)
    vault.put(shoot.pk, "headshots", rendition.file, FACE)
    shoots.drawn_all(taken, taken.claim, seconds=1.0)
    taken = taking(shoot, Status.GENERATED)
    one.rank = 1
    shoots.publish(taken, taken.claim, [one])


def taking(shoot: Shoot, status: Status) -> Shoot:
    taken = shoots.take(shoot.pk, status)
    assert taken is not None
    return taken


def by_a_program(user: User, shoot: Shoot) -> None:
    secret = tokens.make(user, f"phone of {BIRD}")
    program = Client(headers={"authorization": f"Bearer {secret}"})
    assert program.get(reverse("api:shoot", args=[shoot.pk])).status_code == 200
    b"".join(program.get(reverse("api:archive", args=[shoot.pk])))
    draft = shoots.open_shoot(user, cast.release(user))
    sent = program.post(reverse("api:photos", args=[draft.pk]), {"photo": photo(), "upload": str(uuid4())})
    assert sent.status_code == 201, sent.content


def at_a_company(user: User) -> tuple[Company, User]:
    """Listed, invited, released, downloaded, asked for another."""
    hana = cast.person("hana", password=None)
    company = cast.company(hana)
    hooks.add(company, "http://localhost/", ["member.left"], hana)
    row = imports.look(company, [["email", "name", "team"], [ADDRESS, f"Ivy {BIRD}", f"Team {BIRD}"]])
    imports.confirm(row, {"0": "email", "1": "name", "2": "field"}, invites=True, by=hana)
    imports.work(row.pk)
    member = company.members.get(email=ADDRESS)
    assert BIRD in str(member.fields)
    Member.objects.filter(pk=member.pk).update(user=user, joined_at=user.joined)
    member.refresh_from_db()
    files = dict.fromkeys(("full", "preview", "thumb", "linkedin"), cast.picture() + FACE)
    released = cast.portrait(member, files)
    admin = proven(hana)
    at: Any = {"company": company.pk}
    asked = {"sizes": ["full"], "pattern": naming.DEFAULT}
    assert FACE in b"".join(admin.get(reverse("board:archive", kwargs=at), asked))
    assert ADDRESS.encode() in b"".join(admin.get(reverse("board:table", kwargs=at)))
    again = reverse("board:redo", kwargs={**at, "portrait": released.pk})
    admin.post(again, {"reason": f"smile more, {BIRD}"})
    assert BIRD in Portrait.objects.get(pk=released.pk).redo_reason
    posting.write(member, Message.About.REMINDER, f"please, {BIRD}")
    return company, hana


def everything_is_said() -> None:
    """Letters, invitations and messages leave, as a worker sends them."""
    for letter in Letter.objects.filter(sent_at=None):
        letters.send(letter.pk)
    for invitation in Invitation.objects.filter(sent_at=None):
        posting.send_invitation(invitation.pk)
    for message in Message.objects.filter(sent_at=None):
        posting.send_message(message.pk)


def end(life: Life) -> None:
    """The account goes; what a worker does then is done."""
    leaving.leave(life.user)
    everything_is_said()
    portraits.tidy()
    sweeper.tidy()


def files_of(life: Life) -> list[tuple[Any, vault.Kind, str]]:
    """Every file that is held of the person, as the vault calls it."""
    of_shoots = [
        (shoot.pk, kind, name)
        for shoot in Shoot.objects.filter(subject=life.user)
        for kind, name in export.files(shoot)
        if vault.exists(shoot.pk, kind, name)
    ]
    rows = Portrait.objects.filter(member__user=life.user, erased_at=None)
    return of_shoots + [
        (row.pk, "portraits", name) for row in rows for name in ("full", "preview", "linkedin")
    ]


def folder(path: str) -> Path:
    made = Path(path)
    made.mkdir(parents=True, exist_ok=True)
    return made
