"""Mails to the subject: ready, failed, done again, going in three days, deletion receipt."""

from __future__ import annotations

from datetime import timedelta
from email.mime.text import MIMEText

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import receipts

from . import outages
from .failures import AGAIN_BY_STAFF, GUARANTEE, SENTENCES
from .models import Letter

LEASE = timedelta(minutes=2)


def send(letter_id: int) -> None:
    """Send one letter, once: it is claimed before and marked after."""
    now = timezone.now()
    free = Letter.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), sent_at=None)
    if not free.filter(pk=letter_id).update(claimed_until=now + LEASE):
        return
    letter = Letter.objects.select_related("shoot__subject").get(pk=letter_id)
    subject = letter.shoot.subject
    if address := letter.address or (subject.email if subject else ""):
        message(letter, address).send()
    sent = Letter.objects.filter(pk=letter_id)  # to be noted at any price, or it would be sent again
    outages.persist(lambda: sent.update(sent_at=timezone.now(), address=""))


def message(letter: Letter, address: str) -> EmailMultiAlternatives:
    """The mail as text and HTML; the signed receipt is attached to the last one."""
    shoot = letter.shoot
    context = {
        "shoot": shoot,
        **_action(letter),
        "failure": SENTENCES.get(shoot.failure, ""),
        "guarantee": GUARANTEE.get(shoot.guarantee, AGAIN_BY_STAFF),
        "selects": shoot.headshots.filter(select=True).count(),
        "count": shoot.headshots.filter(rank__gt=0).count(),
    }
    mail = EmailMultiAlternatives(
        subject=_titles()[letter.about],
        body=render_to_string(f"emails/{letter.about}.txt", context),
        to=[address],
    )
    mail.attach_alternative(render_to_string(f"emails/{letter.about}.html", context), "text/html")
    if letter.about == Letter.About.PURGED:
        receipt = MIMEText(receipts.envelope(shoot.receipt, shoot.receipt_signature), "plain", "utf-8")
        receipt.add_header("Content-Disposition", "attachment", filename="deletion-receipt.json")
        mail.attach(receipt)
    return mail


def _action(letter: Letter) -> dict[str, str]:
    """The mail's one button. A deleted shoot leads to its receipt's check, also for who left altogether."""
    if letter.about == Letter.About.PURGED:
        return {"action_url": settings.SITE_URL + reverse("accounts:verify"), "action_label": _("Check it")}
    address = settings.SITE_URL + reverse("generation:shoot", args=[letter.shoot_id])
    return {"action_url": address, "action_label": _("Open your shoot")}


def _titles() -> dict[str, str]:
    return {
        Letter.About.READY: _("Your headshots are ready"),
        Letter.About.FAILED: _("Your shoot did not work out"),
        Letter.About.AGAIN: _("Your shoot is done again"),
        Letter.About.GOING: _("Your headshots will be deleted in three days"),
        Letter.About.PURGED: _("Everything of your shoot is deleted"),
    }
