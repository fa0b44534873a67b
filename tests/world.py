"""Everybody who may knock at a route, and what there is to be knocked at, made when a test asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from uuid import uuid4

from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from accounts import tokens
from accounts.models import Purpose, User
from billing import orders
from generation import media, retention, shoots, tries, vault
from generation.engine.decoder import Decoded
from generation.models import Photo, Rendition, Shoot, Status, Verdict
from generation.views import phone
from tests import cast

SELFIE = Decoded(cast.picture(), 64, 64, None, False, cast.picture(side=16))


@dataclass(frozen=True)
class Route:
    """One address of the URL configuration and the names of what varies in it."""

    name: str
    parts: tuple[str, ...]


def routes(resolver: Any = None, space: tuple[str, ...] = (), parts: tuple[str, ...] = ()) -> Iterator[Route]:
    for entry in (resolver or get_resolver()).url_patterns:
        inner = (*parts, *entry.pattern.regex.groupindex)
        if isinstance(entry, URLResolver):
            yield from routes(entry, (*space, entry.namespace) if entry.namespace else space, inner)
        elif isinstance(entry, URLPattern):
            yield Route(":".join((*space, entry.name or "")), inner)


class World:
    """ivy owns; emil is another individual; sam is staff; the visitor's browser began a free try."""

    @cached_property
    def owner(self) -> User:
        return cast.person("ivy", password=None)

    @cached_property
    def other(self) -> User:
        return cast.person("emil", password=None)

    @cached_property
    def staff(self) -> User:
        return cast.person("sam", password=None, staff=True)

    def browser(self, persona: str) -> Client:
        """Signed in, and with a token for the API where the persona can have one."""
        if persona == "anonymous":
            return Client()
        if persona == "visitor":
            client = Client(headers={"authorization": "Try visitor"})
            client.cookies[media.TRY_COOKIE] = "visitor"
            return client
        user = getattr(self, persona)
        client = Client(headers={"authorization": f"Bearer {tokens.make(user, persona)}"})
        client.force_login(user)
        return client

    def of(self, state: str) -> Shoot:
        """A shoot of ivy's, or the visitor's try."""
        if state == "try":
            return self._try()
        if state == "purged":
            shoot = cast.ready(self.owner, 1)
            retention.purge(shoot, why="withdrawn")
            return shoot
        made: Shoot = getattr(cast, state)(self.owner)
        return made

    def _try(self) -> Shoot:
        release = cast.release(None, Purpose.TRY)
        shoot = tries.begin(release, "visitor", device=str(uuid4()), address="192.0.2.7")
        photo = tries.send(shoot, SELFIE, "selfie.jpg", uuid4())
        Photo.objects.filter(pk=photo.pk).update(verdict=Verdict.ACCEPTED)
        assert tries.go_on(photo) is not None
        taken = shoots.take(shoot.pk, Status.SUBMITTED)
        assert taken is not None
        cast.headshot(taken, 0, {name: cast.picture() for name in ("full", "preview", "thumb")})
        shoots.publish(taken, taken.claim, tries.ordered(taken))
        return taken

    def values(self, parts: tuple[str, ...], state: str, said: dict[str, Any]) -> dict[str, Any]:
        """What stands in the address of a thing in that state."""
        if state == "release":
            return {"pk": cast.release(self.owner).pk}
        if state == "token":
            tokens.make(self.owner, "one more")
            return {"pk": self.owner.api_tokens.get(name="one more").pk}
        if state == "passkey":
            kind = Authenticator.Type.WEBAUTHN
            key = Authenticator.objects.create(user=self.owner, type=kind, data={"name": "key"})
            return {"pk": key.pk}
        if state == "order":
            return {"order": orders.open_order(self.owner, "pack-40-v1", 1, "usd").pk}
        if state == "text":
            cast.text()
        if state in ("", "text"):
            return said
        shoot = self.of(state)
        headshot, photo = shoot.headshots.first(), shoot.photos.first()
        if "what" in parts and headshot:
            row = Rendition.objects.create(headshot=headshot, what=said["what"], made_at=shoot.created)
            vault.put(shoot.pk, "headshots", row.file, cast.picture())
        known: dict[str, Any] = {
            "shoot": shoot.pk,
            "photo": photo and photo.pk,
            "headshot": headshot and headshot.pk,
            "number": headshot and headshot.number,
            "token": phone._signer.sign(shoot.pk.hex),
            **said,
        }
        return {part: known[part] for part in parts}
