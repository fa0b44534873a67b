"""What the free try takes and gives."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from .. import readings, tries
from ..models import Headshot, Shoot
from .consent_shapes import ReleaseShape
from .shapes import PhotoShape


class SelfieShape(serializers.Serializer[Any]):
    selfie = serializers.FileField(help_text="JPEG, PNG, WebP or HEIC, up to 50 MB")


class BeginShape(SelfieShape, ReleaseShape):
    """A selfie and the subject's own yes to the text of `purpose=try`."""


class TriedShape(serializers.ModelSerializer[Headshot]):
    """One picture of a try."""

    likeness = serializers.SerializerMethodField(help_text="0-100, measured against the selfie")
    picture = serializers.SerializerMethodField(help_text="JPEG with the watermark")

    class Meta:
        model = Headshot
        fields = ("number", "look", "likeness", "picture")

    def get_likeness(self, headshot: Headshot) -> int | None:
        return readings.likeness(headshot)

    def get_picture(self, headshot: Headshot) -> str:
        return f"{settings.SITE_URL}{reverse('api:try_picture', args=[headshot.number])}"


class TryShape(serializers.ModelSerializer[Shoot]):
    """Where a try stands; ask every two seconds until it is `ready`, `refused` or `failed`."""

    step = serializers.SerializerMethodField(
        help_text="selfie, checking, refused, waiting, drawing, ready or failed"
    )
    reasons = serializers.SerializerMethodField(help_text="what was found in the selfie")
    ahead = serializers.SerializerMethodField(help_text="tries that are drawn before this one")
    seconds = serializers.SerializerMethodField(help_text="until the first picture, as it looks now")
    pictures = serializers.SerializerMethodField()
    until = serializers.DateTimeField(source="inputs_until", help_text="when everything of it goes")

    class Meta:
        model = Shoot
        fields = ("step", "reasons", "ahead", "seconds", "pictures", "until")

    def get_step(self, shoot: Shoot) -> str:
        return tries.step(shoot, shoot.photos.last(), self._shown(shoot).count())

    def get_reasons(self, shoot: Shoot) -> list[dict[str, Any]]:
        photo = shoot.photos.last()
        return PhotoShape(photo).data["reasons"] if photo else []

    def get_ahead(self, shoot: Shoot) -> int:
        return tries.ahead(shoot)

    def get_seconds(self, shoot: Shoot) -> int:
        return round(tries.until_first_picture(shoot).total_seconds())

    def get_pictures(self, shoot: Shoot) -> list[dict[str, Any]]:
        return list(TriedShape(self._shown(shoot).order_by("rank", "number"), many=True).data)

    def _shown(self, shoot: Shoot) -> Any:
        return shoot.headshots.filter(shown=True, hidden_at=None)


class BegunShape(TryShape):
    """The same, and once the token that opens it for its hour: `Authorization: Try …`."""

    token = serializers.CharField()

    class Meta(TryShape.Meta):
        fields = ("token", *TryShape.Meta.fields)  # type: ignore[assignment]
