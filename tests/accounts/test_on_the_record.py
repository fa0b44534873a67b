"""What promise 36 names stands in the audit log: consents, erasures, downloads, money, what staff changed."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from accounts.models import AuditEntry, User
from generation import export, leaving, retention
from tests import cast
from tests.team.world import proven


def said(subject: User) -> list[str]:
    return list(
        AuditEntry.objects.filter(subject_id=subject.pk).order_by("pk").values_list("what", flat=True)
    )


def test_consents_and_erasures_and_the_end(ivy: User) -> None:
    shoot, other = cast.ready(ivy), cast.ready(ivy)
    assert said(ivy) == ["consent.given"] * 2
    retention.drop_inputs(shoot)
    leaving.withdraw(shoot.release)
    leaving.withdraw(shoot.release)
    assert said(ivy)[2:] == ["inputs.erased", "consent.withdrawn", "shoot.erased"]
    pk = ivy.pk
    leaving.leave(ivy)
    ivy.pk = pk
    assert said(ivy)[5:] == ["consent.withdrawn", "shoot.erased", "account.erased"]
    assert not AuditEntry.objects.filter(about__icontains="ivy").exists()
    assert other.subject_id


def test_own_downloads_but_not_looking(signed_in: Client, ivy: User) -> None:
    shoot = cast.ready(ivy)
    address = {"shoot": shoot.pk, "headshot": shoot.headshots.get(rank=1).pk}
    full = reverse("generation:headshot", kwargs={**address, "size": "full"})
    signed_in.get(full)
    signed_in.get(full, {"download": ""})
    signed_in.get(reverse("generation:archive", args=[shoot.pk]))
    assert said(ivy)[1:] == ["headshot.taken", "gallery.taken"]
    assert {row["what"] for row in export.rows(ivy)["accounts.AuditEntry"]} >= {"gallery.taken"}


def test_what_staff_changed(sam: User, ivy: User) -> None:
    proven(sam).post(reverse("admin:accounts_user_change", args=[ivy.pk]), {})
    (line,) = AuditEntry.objects.filter(what="staff.changed")
    assert (line.actor_id, line.subject_id) == (sam.pk, ivy.pk)
