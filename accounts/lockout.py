"""Everybody is signed out, every program loses its key: the first step when keys or accounts are stolen."""

from __future__ import annotations

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

from .models import ApiToken, CompanyToken, User


def everybody(*, programs: bool) -> dict[str, int]:
    """End all sessions and, with ``programs``, all API tokens; how many of each there were."""
    ended = {"sessions": Session.objects.all().delete()[0]}
    UserSession.objects.all().delete()
    if programs:
        ended |= _tokens(ApiToken.objects.all(), CompanyToken.objects.all())
    return ended


def one(user: User) -> dict[str, int]:
    """The same for one account that is not in its owner's hands any more, tokens included."""
    sessions = list(UserSession.objects.filter(user=user))
    for session in sessions:
        session.end()
    return {"sessions": len(sessions)} | _tokens(ApiToken.objects.filter(user=user))


def _tokens(*found: QuerySet[ApiToken] | QuerySet[CompanyToken]) -> dict[str, int]:
    return {"tokens": sum(rows.delete()[0] for rows in found)}


def forget_expired() -> None:
    """Sessions that ended by themselves; the network and browser that they came from go with them."""
    old = Session.objects.filter(expire_date__lt=timezone.now())
    if ended := list(old.values_list("session_key", flat=True)):
        UserSession.objects.filter(session_key__in=ended).delete()
        Session.objects.filter(session_key__in=ended).delete()
