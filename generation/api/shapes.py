"""What the API takes and gives, field by field; the schema is written from here."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers

from .. import estimates, forms, intake, periods, readings, wording
from ..catalogue import MOST_LOOKS
from ..coach import coach
from ..engine.looks import COLOURS, KEEP_WORDS
from ..failures import SENTENCES
from ..models import CatalogueLook, Headshot, Photo, Rendition, Report, Shoot, Status, Verdict


def link(name: str, *args: object) -> str:
    """An address as people see it, whatever proxies the request came through."""
    return f"{settings.SITE_URL}{reverse(f'api:{name}', args=args)}"


class ErrorShape(serializers.Serializer[Any]):
    error = serializers.CharField()


class DaysShape(serializers.Serializer[Any]):
    days = serializers.ChoiceField([length.days for length in periods.CHOICES])


class LooksShape(serializers.Serializer[Any]):
    looks = serializers.ListField(child=serializers.CharField(), min_length=1, max_length=MOST_LOOKS)


class ChoiceShape(LooksShape):
    """What the headshots shall be: words of the catalogue only."""

    backdrop_colour = serializers.ChoiceField(sorted(COLOURS), required=False)
    turn = serializers.ChoiceField(list(forms.TURNS), required=False)
    expression = serializers.ChoiceField(list(forms.FACES), required=False)
    light_side = serializers.ChoiceField(list(forms.SIDES), required=False)
    light = serializers.ChoiceField(list(forms.SOFTNESS), required=False)
    framing = serializers.ChoiceField(list(forms.FRAMINGS), required=False)
    keep = serializers.ListField(
        child=serializers.ChoiceField(list(KEEP_WORDS)), required=False, help_text="what must stay as it is"
    )
    asked = serializers.ChoiceField(list(forms.COUNTS), required=False, help_text="headshots in the gallery")


class LookShape(serializers.ModelSerializer[CatalogueLook]):
    key = serializers.CharField(help_text="what `looks` of a choice takes")

    class Meta:
        model = CatalogueLook
        fields = ("key", "name")


class ReasonShape(serializers.Serializer[Any]):
    code = serializers.CharField()
    sentence = serializers.CharField()
    blocking = serializers.BooleanField()


class PhotoShape(serializers.ModelSerializer[Photo]):
    accepted = serializers.BooleanField(help_text="good by itself and beside the others")
    reasons = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField()
    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = Photo
        fields = (
            *("id", "upload", "name", "width", "height", "verdict", "accepted", "reasons"),
            *("picture", "thumbnail"),
        )

    def get_picture(self, photo: Photo) -> str:
        return link("photo_picture", photo.shoot_id, photo.pk)

    def get_thumbnail(self, photo: Photo) -> str:
        return link("photo_thumbnail", photo.shoot_id, photo.pk)

    def get_reasons(self, photo: Photo) -> list[dict[str, Any]]:
        return [{**one, "sentence": wording.reason(one)} for one in (*photo.reasons, *photo.set_reasons)]


class UploadShape(serializers.Serializer[Any]):
    photo = serializers.FileField(help_text="JPEG, PNG, WebP or HEIC, up to 50 MB")
    upload = serializers.UUIDField(
        help_text="a key of your own making: sent again after a broken line, it is the same photo"
    )


class ShootShape(serializers.ModelSerializer[Shoot]):
    """Where a shoot stands; ask every few seconds while `working`."""

    working = serializers.BooleanField()
    photos = serializers.SerializerMethodField()
    noticed = serializers.SerializerMethodField(
        help_text="words of `keep` that the photos of a draft agree on; kept unless the choice says otherwise"
    )
    coach = serializers.SerializerMethodField()
    outlook = serializers.SerializerMethodField()
    shown = serializers.SerializerMethodField(help_text="headshots of this round that passed the gate so far")
    failure = serializers.SerializerMethodField()
    links = serializers.SerializerMethodField()

    class Meta:
        model = Shoot
        fields = (
            *("id", "status", "working", "created", "photos", "noticed", "coach", "looks", "direction"),
            *("keep", "asked"),
            *("progress", "outlook", "shown", "failure", "inputs_until", "headshots_until", "release"),
            "links",
        )

    def get_photos(self, shoot: Shoot) -> dict[str, int]:
        photos = list(shoot.photos.all())
        waiting = sum(photo.verdict == Verdict.WAITING for photo in photos)
        accepted = sum(photo.accepted for photo in photos)
        return {"all": len(photos), "waiting": waiting, "accepted": accepted}

    def get_noticed(self, shoot: Shoot) -> list[str]:
        return intake.noticed(shoot) if shoot.status == Status.DRAFT else []

    def get_coach(self, shoot: Shoot) -> dict[str, Any] | None:
        said = coach(shoot, list(shoot.photos.all()))
        return {"enough": said.enough, "good_headshots": said.good, "next": list(said.next)} if said else None

    def get_outlook(self, shoot: Shoot) -> dict[str, Any] | None:
        if not shoot.working:
            return None
        seen = estimates.outlook(shoot)
        return {"place": seen.place, "ready_at": seen.ready_at.isoformat(timespec="seconds")}

    def get_shown(self, shoot: Shoot) -> int:
        return shoot.headshots.filter(round=shoot.round, shown=True).count()

    def get_failure(self, shoot: Shoot) -> str:
        return str(SENTENCES.get(shoot.failure, ""))

    def get_links(self, shoot: Shoot) -> dict[str, str]:
        names = {
            Status.DRAFT: ("photos", "choice", "submit"),
            Status.READY: ("headshots", "archive", "more_looks", "keep_longer", "keep_for"),
            Status.PURGED: ("receipt",),
            Status.FAILED: (),
        }.get(Status(shoot.status), ("cancel",))
        return {name: link(name, shoot.pk) for name in ("shoot", *names)}


class HeadshotShape(serializers.ModelSerializer[Headshot]):
    report = serializers.CharField(help_text="`not_like_me`, `skin_tone`, or empty")
    likeness = serializers.SerializerMethodField(help_text="0-100, measured against the person's own photos")
    skin = serializers.SerializerMethodField()
    pose = serializers.SerializerMethodField()
    picture = serializers.SerializerMethodField()
    preview = serializers.SerializerMethodField()
    thumbnail = serializers.SerializerMethodField()

    class Meta:
        model = Headshot
        fields = (
            *("id", "rank", "select", "favourite", "look", "pose", "likeness", "skin", "skin_shift"),
            *("sharpness", "report", "picture", "preview", "thumbnail"),
        )

    def get_likeness(self, headshot: Headshot) -> int | None:
        return readings.likeness(headshot)

    def get_skin(self, headshot: Headshot) -> str:
        return str(readings.skin(headshot))

    def get_pose(self, headshot: Headshot) -> str:
        return readings.pose(headshot)

    def get_picture(self, headshot: Headshot) -> str:
        return link("picture", headshot.shoot_id, headshot.pk)

    def get_preview(self, headshot: Headshot) -> str:
        return link("preview", headshot.shoot_id, headshot.pk)

    def get_thumbnail(self, headshot: Headshot) -> str:
        return link("thumbnail", headshot.shoot_id, headshot.pk)


class SizeShape(serializers.Serializer[Any]):
    """A version that is made once it is asked for."""

    what = serializers.CharField(help_text="such as `linkedin-400`, or `backdrop-2e3050` for a colour")
    made = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField()

    def get_made(self, row: Rendition) -> bool:
        return row.made_at is not None

    def get_link(self, row: Rendition) -> str:
        return link("size", row.headshot.shoot_id, row.headshot_id, row.what)


class MarkShape(serializers.Serializer[Any]):
    favourite = serializers.BooleanField()


class ReportShape(serializers.Serializer[Any]):
    why = serializers.ChoiceField(Report.choices)
    redo = serializers.BooleanField(default=False, help_text="also spend the one free redo")


class ReceiptShape(serializers.Serializer[Any]):
    """Signed by this installation; the page at /account/verify/ checks it."""

    receipt = serializers.DictField()
    signature = serializers.CharField()
