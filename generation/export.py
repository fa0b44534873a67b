"""Everything that is held on a person, as one ZIP: a rule for every table, and the files of every shoot."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.serializers.json import DjangoJSONEncoder
from zipstream import ZIP_STORED, ZipStream

from accounts import receipts
from accounts.models import User

from . import vault
from .models import Portrait, Shoot, Status


@dataclass(frozen=True)
class Rule:
    """How a table's rows belong to a person, and which columns only guard the account or repeat a file."""

    by: str
    without: tuple[str, ...] = ()
    unless: str = ""  # a column that says that the row is a company's


RULES = {
    "accounts.User": Rule("pk", without=("password",)),
    "accounts.Release": Rule("user", without=("receipt", "signature")),
    "accounts.ApiToken": Rule("user", without=("sha256",)),
    "accounts.Member": Rule("user"),
    # Who did it stays out: for the person it was the service, or its staff.
    "accounts.AuditEntry": Rule("subject_id", without=("actor_id",)),
    "accounts.Invitation": Rule("member__user", without=("sha256",)),
    "accounts.Message": Rule("member__user"),
    "account.EmailAddress": Rule("user"),
    "mfa.Authenticator": Rule("user", without=("data",)),
    "socialaccount.SocialAccount": Rule("user"),
    "usersessions.UserSession": Rule("user", without=("session_key",)),
    "admin.LogEntry": Rule("user"),
    "billing.Credit": Rule("owner"),
    "billing.Customer": Rule("owner"),
    "billing.Event": Rule("order__owner", unless="order__company"),
    "billing.Fulfilment": Rule("order__owner", unless="order__company"),
    "billing.MoneyBack": Rule("order__owner", unless="order__company"),
    "billing.Order": Rule("owner", unless="company"),
    "billing.Refund": Rule("order__owner", unless="order__company"),
    "generation.Shoot": Rule("subject", without=("visitor", "receipt", "receipt_signature")),
    "generation.ShootEvent": Rule("shoot__subject"),
    "generation.Photo": Rule("shoot__subject"),
    "generation.Identity": Rule("shoot__subject"),
    "generation.Headshot": Rule("shoot__subject"),
    "generation.Rendition": Rule("headshot__shoot__subject"),
    "generation.Letter": Rule("shoot__subject"),
    "generation.Opening": Rule("shoot__subject", without=("staff",)),
    "generation.OpenedPicture": Rule("opening__shoot__subject"),
    "generation.Portrait": Rule("member__user"),
    "generation.HelpRequest": Rule("user"),
    "generation.Flag": Rule("user"),
}
# Tables without a person's rows, and why.
NOBODYS = {
    "billing.Entry": "the journal: its lines name orders and credits, which stand above",
    "billing.Reconciliation": "differences between our books and Stripe's",
    "accounts.ConsentText": "the same for all; the text of each consent is beside its receipt",
    "accounts.Company": "a company's",
    "accounts.Domain": "a company's",
    "accounts.SingleSignOn": "a company's",
    "accounts.Department": "a company's",
    "accounts.InviteLink": "a company's",
    "accounts.Import": "a company's list of addresses, emptied when it is done; its rows are accounts.Member",
    "accounts.AuditSeal": "hashes of the log's lines",
    "accounts.AuditCheck": "whether the log fits its seals",
    "accounts.CompanyToken": "a company's",
    "accounts.Webhook": "a company's",
    "accounts.Delivery": "ids of events and members",
    "generation.Brand": "a company's",
    "generation.Renewal": "a company's",
    "generation.TryBudget": "one number",
    "generation.CatalogueLook": "the same for all",
    "generation.LookDraft": "of a look, the same for all",
    "generation.LookMeasure": "of a look, measured on people who do not exist",
    "generation.Takedown": "words of strangers; what was done about it stands in accounts.AuditEntry",
    "generation.Attempt": "scrambled forms of a device and a network, which lead to no account",
    "account.EmailConfirmation": "codes of a few minutes for an address that account.EmailAddress has",
    "socialaccount.SocialApp": "never filled: accounts.SingleSignOn stands for it",
    "socialaccount.SocialToken": "never filled",
    "headshots.Worker": "when each worker was last seen",
    "auth.Group": "of staff",
    "auth.Permission": "of staff",
    "contenttypes.ContentType": "names of tables",
    "sessions.Session": "keys of sessions; usersessions.UserSession says from where they are used",
}


def rows(user: User) -> dict[str, list[dict[str, Any]]]:
    """The person's rows of every table."""
    return {label: _rows(label, rule, user) for label, rule in RULES.items()}


def _rows(label: str, rule: Rule, user: User) -> list[dict[str, Any]]:
    model = apps.get_model(label)
    columns = [field.attname for field in model._meta.concrete_fields if field.name not in rule.without]
    mine = {rule.by: user.pk} | ({rule.unless: None} if rule.unless else {})
    return list(model._default_manager.filter(**mine).order_by("pk").values(*columns))


def archive(user: User) -> ZipStream:
    """The ZIP, whose files are read and decrypted one by one while it is sent."""
    zipped = ZipStream(compress_type=ZIP_STORED)
    told = json.dumps(rows(user), cls=DjangoJSONEncoder, indent=1, ensure_ascii=False)
    zipped.add(told.encode(), "data.json")
    for release in user.releases.select_related("text"):
        zipped.add(receipts.envelope(release.receipt, release.signature), f"consents/{release.pk}.json")
        zipped.add(release.text.body, f"consents/{release.pk}.md")
    for shoot in Shoot.objects.filter(subject=user):
        if shoot.status == Status.PURGED:
            envelope = receipts.envelope(shoot.receipt, shoot.receipt_signature)
            zipped.add(envelope, f"shoots/{shoot.pk}/deletion-receipt.json")
        for kind, name in files(shoot):
            if vault.exists(shoot.pk, kind, name):
                zipped.add(_later(shoot.pk, kind, name), f"shoots/{shoot.pk}/{kind}/{_saved_as(name)}")
    theirs = Portrait.objects.filter(member__user=user, made_at__isnull=False)
    for portrait in theirs.filter(erased_at=None, hidden_at=None):
        zipped.add(_later(portrait.pk, "portraits", "full"), f"portraits/{portrait.pk}.jpg")
    return zipped


def files(shoot: Shoot) -> Iterator[tuple[vault.Kind, str]]:
    """Every file of a shoot except the smaller copies of its pictures."""
    for photo in shoot.photos.all():
        yield "inputs", f"{photo.pk}.jpg"
        yield "inputs", f"{photo.pk}.checked"
    yield "inputs", "noticed"
    yield "inputs", "identity"
    yield "inputs", "person"
    for one in shoot.headshots.filter(hidden_at=None).prefetch_related("renditions"):
        yield "headshots", f"{one.pk}.full"
        yield "inputs", f"{one.pk}.measures"
        for rendition in one.renditions.all():
            yield "headshots", rendition.file


def _saved_as(name: str) -> str:
    """With the ending by which other programs know a picture."""
    return f"{name.removesuffix('.full')}.jpg" if name.endswith(".full") else name


def _later(owner: UUID, kind: vault.Kind, name: str) -> Iterator[bytes]:
    try:
        yield vault.get(owner, kind, name)
    except (vault.Missing, vault.Gone):  # deleted while the ZIP was sent: an empty file stands there
        return
