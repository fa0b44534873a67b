"""Whose data an id leads to: from a name of a file, a line of a log or a stolen row to the person."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from accounts.models import User

from .models import Headshot, Photo, Portrait, Shoot


def people(keys: set[UUID]) -> set[User]:
    """Accounts behind ids of shoots, photos, headshots, portraits or of the accounts themselves."""
    return {user for user in _found(keys) if user is not None}


def _found(keys: set[UUID]) -> Iterator[User | None]:
    yield from User.objects.filter(pk__in=keys)
    for shoot in Shoot.objects.filter(pk__in=keys).select_related("subject"):
        yield shoot.subject
    for photo in Photo.objects.filter(pk__in=keys).select_related("shoot__subject"):
        yield photo.shoot.subject
    for headshot in Headshot.objects.filter(pk__in=keys).select_related("shoot__subject"):
        yield headshot.shoot.subject
    for portrait in Portrait.objects.filter(pk__in=keys).select_related("member__user"):
        yield portrait.member.user
