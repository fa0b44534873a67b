"""Acme and whoever may knock at its doors."""

from __future__ import annotations

import time
from functools import cached_property
from typing import Any

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from accounts import audit
from accounts.models import Company, Member, Role, User
from tests import cast

HOUR = 3600  # seconds: a benchmark looks later at the pages that ask for it again


class Team:
    """Made when a test asks for it: everybody of ``table.PERSONAS`` and what Acme has."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.company: Company = cast.company(self.user("hana"))
        self.other: Company = cast.company(self.user("rita"), "Globex")
        cast.member(self.company, self.user("adam"), role=Role.ADMIN)

    def user(self, name: str) -> User:
        if name not in self.users:
            known = User.objects.filter(email=f"{name}@example.com").first()  # of another team, on one site
            self.users[name] = known or cast.person(name, password=None, staff=name == "sam")
        return self.users[name]

    @cached_property
    def member(self) -> Member:
        """emil, who accepted."""
        return cast.member(self.company, self.user("emil"))

    @cached_property
    def left(self) -> Member:
        made = cast.member(self.company, self.user("max"))
        Member.objects.filter(pk=made.pk).update(left_at=made.joined_at)
        return made

    def seat(self, name: str) -> Member:
        """Somebody's place at Acme."""
        return self.company.members.get(user=self.user(name))

    def browser(self, persona: str) -> Client:
        """Signed in with a second factor, as admins must be."""
        if persona == "anonymous":
            return Client()
        assert self.member
        assert self.left
        return browser(self.user(persona))

    def values(self, parts: tuple[str, ...], said: dict[str, Any]) -> dict[str, Any]:
        known = {"company": self.company.pk, "member": self.member.pk, **said}
        return {part: known[part] for part in parts}


def browser(user: User) -> Client:
    """Somebody's, signed in with a second factor."""
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["account_authentication_methods_user"] = str(user.pk)
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time() + HOUR, "type": "totp"}]
    session.save()
    return client


def proven(user: User) -> Client:
    """The same, a moment after they gave their second factor once more."""
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client = browser(user)
    session = client.session
    session["account_authentication_methods"][0]["reauthenticated"] = True
    session.save()
    return client


def page(name: str, company: Company, **more: Any) -> str:
    """The address of one of a company's own pages."""
    return reverse(name if ":" in name else f"company:{name}", kwargs={"company": company.pk, **more})


def log(company: Company) -> list[str]:
    """What its audit log says, the newest first."""
    return [line.what for line in audit.in_words(audit.of(company))]
