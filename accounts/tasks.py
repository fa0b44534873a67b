"""Background steps of companies: a message is a nudge; what is to be done stands in the row."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from uuid import UUID

import dramatiq
from django.db.models import Q, QuerySet
from django.utils import timezone

from . import chain, imports, posting
from .models import Import
from .ringing import Row, ring, turns

HOUR = 3_600_000  # ms


# A lane of its own: 10,000 invitations must not stand before somebody's download.
actor = partial(dramatiq.actor, queue_name="post", max_retries=0, time_limit=HOUR)


@actor()
def send_invitation(invitation_id: str) -> None:
    posting.send_invitation(int(invitation_id))


@actor()
def send_message(message_id: str) -> None:
    posting.send_message(int(message_id))


@actor()
def import_rows(import_id: str) -> None:
    imports.work(UUID(import_id))


@actor()
def check_audit() -> None:
    if chain.check_is_due():
        chain.check()


def tidy() -> None:
    """Seal the audit log; once a day, hold it against its seals, beside the sweeper since it may be long."""
    chain.tidy()
    if chain.check_is_due():
        check_audit.send()


def sweep() -> None:
    """Ring for every row that waits; confirmed imports before the mails that they lead to."""
    imports.forget(timezone.now())
    confirmed = Import.objects.filter(confirmed_at__isnull=False, finished_at=None)
    for row in _unrung(confirmed.defer("rows", "errors")):
        ring(import_rows, str(row.pk))
    for message in _unrung(posting.unsent_messages()):
        ring(send_message, str(message.pk))
    for invitation in _unrung(posting.unsent_invitations()):
        ring(send_invitation, str(invitation.pk))


def _unrung(waiting: QuerySet[Row]) -> Iterator[Row]:
    """The rows that nobody works on and nobody was told of lately."""
    return turns(waiting.filter(Q(claimed_until=None) | Q(claimed_until__lt=timezone.now())), "nudged_at")
