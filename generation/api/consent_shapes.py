"""What consents take and give."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.models import Purpose, Release


class PurposeShape(serializers.Serializer[Any]):
    purpose = serializers.ChoiceField(Purpose.choices, default=Purpose.HEADSHOTS)


class TextShape(serializers.Serializer[Any]):
    """What a person agrees to; read it before you send its sha256 back."""

    purpose = serializers.CharField()
    version = serializers.IntegerField()
    locale = serializers.CharField()
    sha256 = serializers.CharField()
    body = serializers.CharField()


class ReleaseShape(serializers.Serializer[Any]):
    """The subject's own yes, each part said by themself."""

    text = serializers.CharField(help_text="sha256 of the consent text that was shown")
    is_subject = serializers.BooleanField(
        help_text="every picture that is uploaded shows the person themself"
    )
    is_adult = serializers.BooleanField(help_text="the person is 18 or older")


class OpenShape(ReleaseShape):
    """The yes that opens a shoot, and whether a free try goes on as this shoot."""

    try_token = serializers.CharField(default="", help_text="of a free try whose pictures are there")


class ConsentShape(serializers.ModelSerializer[Release]):
    """A release that the person signed."""

    purpose = serializers.CharField(source="text.purpose")
    version = serializers.IntegerField(source="text.version")
    shoot = serializers.SerializerMethodField(help_text="what it was given for")

    class Meta:
        model = Release
        fields = ("id", "purpose", "version", "given_at", "withdrawn_at", "shoot")

    def get_shoot(self, release: Release) -> str | None:
        given_for = getattr(release, "shoot", None) or getattr(release, "kept_shoot", None)
        return str(given_for.pk) if given_for else None
