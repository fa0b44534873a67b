"""What a company's API takes and gives, field by field; the schema is written from here."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.models import Company, Department, Member

from ...models import Brand, Portrait
from .doors import link

STATES = ("invited", "in_progress", "released")
MOST = 1000  # members of one request
MOST_COLUMNS = 50
COLUMNS = "columns of your own, such as those of your CSV files"


class ColumnsField(serializers.DictField):
    """Texts under names, both short."""

    child = serializers.CharField(max_length=200, allow_blank=True)
    name = serializers.CharField(max_length=100)

    def to_internal_value(self, data: Any) -> dict[str, str]:
        found: dict[str, str] = super().to_internal_value(data)
        if len(found) > MOST_COLUMNS:
            raise serializers.ValidationError(_("Send 50 columns at most."))
        return {self.name.run_validation(key): value for key, value in found.items()}


class TotalsShape(serializers.Serializer[Any]):
    invited = serializers.IntegerField()
    in_progress = serializers.IntegerField()
    released = serializers.IntegerField()


class CompanyShape(serializers.ModelSerializer[Company]):
    members = TotalsShape(help_text="how many are how far")

    class Meta:
        model = Company
        fields = ("id", "name", "due", "members")


class DepartmentShape(serializers.ModelSerializer[Department]):
    members = serializers.IntegerField(source="count")

    class Meta:
        model = Department
        fields = ("name", "members")


class MemberShape(serializers.ModelSerializer[Member]):
    """Somebody whom the company asked, and how far they are."""

    department = serializers.CharField(source="department.name", default="", help_text="empty: none")
    due = serializers.DateField(allow_null=True, help_text="null: the company's")
    columns = serializers.DictField(source="fields", child=serializers.CharField(), help_text=COLUMNS)
    state = serializers.ChoiceField(STATES)
    updated = serializers.DateTimeField(help_text="when the state last changed")
    portraits = serializers.SerializerMethodField(help_text="the address of what they released")

    class Meta:
        model = Member
        fields = ("id", "email", "name", "department", "due", "columns", "state", "updated", "portraits")

    def get_portraits(self, member: Member) -> str:
        return link("member_portraits", member.pk)


class PageShape(serializers.Serializer[Any]):
    """What stands behind the question mark of every list that has pages."""

    after = serializers.UUIDField(required=False, help_text="the last id of the page before; `next` has it")


class WantedShape(PageShape):
    state = serializers.ChoiceField(STATES, required=False)
    department = serializers.CharField(required=False, max_length=100, help_text="its name")
    since = serializers.DateTimeField(required=False, help_text="whose state changed then or later")


class MembersShape(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = MemberShape(many=True)


class ChangesShape(serializers.Serializer[Any]):
    """What a company says of a member; what is left out stays as it is."""

    name = serializers.CharField(max_length=150, required=False, allow_blank=True)
    department = serializers.CharField(
        max_length=100, required=False, allow_blank=True, help_text="its name; made where there is none"
    )
    due = serializers.DateField(required=False, allow_null=True)
    columns = ColumnsField(source="fields", required=False, help_text=f"{COLUMNS}; others stay")


class PersonShape(ChangesShape):
    email = serializers.EmailField(max_length=254)

    def validate_email(self, email: str) -> str:
        return email.lower()


class InviteShape(serializers.Serializer[Any]):
    members = serializers.ListField(child=PersonShape(), min_length=1, max_length=MOST)


class InvitedShape(serializers.Serializer[Any]):
    results = MemberShape(many=True)


class PortraitShape(serializers.ModelSerializer[Portrait]):
    """A headshot as its subject released it."""

    place = serializers.IntegerField(help_text="1 is the main one")
    released = serializers.DateTimeField(source="released_at")
    approved = serializers.DateTimeField(source="approved_at", allow_null=True)
    files = serializers.SerializerMethodField(help_text="the address of the file by its size")

    class Meta:
        model = Portrait
        fields = ("id", "member", "place", "released", "approved", "files")

    def get_files(self, portrait: Portrait) -> dict[str, str]:
        formats = self.context["formats"]
        sizes = formats.get(portrait.member.department_id, formats.get(None, []))
        return {size: link("file", portrait.pk, size) for size in ("full", "preview", "thumb", *sizes)}


class SinceShape(PageShape):
    since = serializers.DateTimeField(required=False, help_text="released then or later")


class PortraitsShape(serializers.Serializer[Any]):
    next = serializers.URLField(allow_null=True)
    results = PortraitShape(many=True)


class BrandShape(serializers.ModelSerializer[Brand]):
    """What headshots have in common; a department's own brand stands in place of the company's."""

    department = serializers.CharField(source="department.name", default="", help_text="empty: of all others")
    outfits = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    expressions = serializers.ListField(child=serializers.CharField())
    formats = serializers.ListField(child=serializers.CharField(), help_text="sizes of the files")

    class Meta:
        model = Brand
        fields = (
            *("department", "version", "backdrop", "outfits", "light", "light_side"),
            *("head_height", "eye_line", "expressions", "formats"),
        )


class CreditsShape(serializers.Serializer[Any]):
    bought = serializers.IntegerField()
    held = serializers.IntegerField(help_text="for members in progress")
    used = serializers.IntegerField()
    left = serializers.IntegerField()
