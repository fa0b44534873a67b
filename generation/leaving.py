"""Taking back: a release, or the whole account, with everything that was made under it."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django.db.models import QuerySet
from django.utils import timezone

from accounts import audit, consent, keys, receipts, signing
from accounts.models import Release, User

from . import periods, portraits, retention, seats, shoots
from .models import WORKING, Lost, Opening, Portrait, Shoot, Status


def withdraw(release: Release, *, address: str = "") -> Shoot | None:
    """Take a release back: its work stops now, its files are gone when this returns.

    Safe to repeat; what a failing storage left over, the sweeper purges. ``address`` gets the deletion
    receipt where the account goes too.
    """
    consent.withdraw(release)
    if kept := Shoot.objects.filter(kept_under=release).first():
        _keep_no_longer(kept)
    for portrait in Portrait.objects.filter(released_under=release, ended_at=None):
        portraits.take_back(portrait)
    portraits.forget_made_under(release)
    shoot = Shoot.objects.filter(release=release).first()
    if shoot is not None and shoot.status != Status.PURGED:
        _end_work(shoot)
    keys.destroy(f"releases/{release.pk}")  # no backup brings the yes back (``erasing``)
    if shoot is not None and shoot.status != Status.PURGED:
        now = timezone.now()
        Shoot.objects.filter(pk=shoot.pk).update(inputs_until=now, headshots_until=now)
        _purge(shoot, address)
    return shoot


def leave(user: User) -> tuple[str, str]:
    """Delete an account with everything it holds; returns a signed receipt, as text and signature.

    Raises companies.LastOwner, with nothing done, where a company would be left without one.
    """
    seats.depart(user)
    subject, left = receipts.pseudonym(user), Shoot.objects.filter(subject=user)
    User.objects.filter(pk=user.pk).update(
        is_active=False
    )  # every session of theirs ends: nothing new begins
    try:
        for release in user.releases.select_related("text"):
            withdraw(release, address=user.email)
        for shoot in left.exclude(status=Status.PURGED):
            withdraw(shoot.release, address=user.email)
        for member in user.memberships.all():
            portraits.forget(member)
    except Exception:
        User.objects.filter(pk=user.pk).update(is_active=True)  # they must be able to ask again
        raise
    signed = signing.sign(_receipt(subject, left))
    for session in UserSession.objects.filter(user=user):
        session.end()  # other browsers' too: they hold the address
    Opening.objects.filter(shoot__subject=user).delete()
    keys.destroy(f"people/{user.pk}")  # nor the account
    audit.record(user, "account.erased", subject=user)
    user.delete()  # releases stay as proof of what was agreed, without a person
    return signed


def _purge(shoot: Shoot, address: str) -> None:
    """Also where it is submitted at this very moment: then it takes another turn."""
    while shoot.status != Status.PURGED:
        try:
            retention.purge(shoot, address=address, why="withdrawn")
        except Lost:
            shoot.refresh_from_db()


def _end_work(shoot: Shoot) -> None:
    """The row leaves the working states, so the worker's next beat within seconds finds its lease lost."""
    while shoot.status in WORKING:
        try:
            shoots.finish(shoot, "withdrawn")
        except Lost:  # the worker took a step meanwhile
            shoot.refresh_from_db()


def _keep_no_longer(shoot: Shoot) -> None:
    """Back to the usual day; the sweeper drops within seconds what is overdue then."""
    if shoot.ready_at:
        usual = shoot.ready_at + periods.of_inputs(shoot)
        Shoot.objects.filter(pk=shoot.pk, inputs_until__gt=usual).update(inputs_until=usual)


def _receipt(subject: str, left: QuerySet[Shoot]) -> dict[str, Any]:
    return {
        "type": "account deletion receipt",
        "pii_principal_id": subject,
        "deleted": [
            "account",
            "photos",
            "measurements of the face",
            "identity",
            "headshots",
            "pictures released to companies",
            "their keys",
        ],
        "shoots": [str(shoot.pk) for shoot in left],
        "kept": ["consent and deletion receipts, without name and address"],
        "parties": [receipts.controller()],
        "event_time": timezone.now().isoformat(timespec="seconds"),
    }
