"""Mails around a company: invitations and messages, each sent once by a worker."""

from __future__ import annotations

import logging
from datetime import timedelta
from smtplib import SMTPRecipientsRefused
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q, QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from . import invitations
from .models import Company, Invitation, Member, Message

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
GIVE_UP = timedelta(days=3)  # a mail server that was silent for so long
About = Message.About


def write(member: Member, about: str, words: str = "") -> Message:
    """A mail to the member, in the transaction of what it tells of; ``words`` are an admin's own."""
    return Message.objects.create(member=member, about=about, words=words)


def write_all(members: QuerySet[Member], about: str) -> None:
    """The same to many, in as few queries as to one."""
    rows = (Message(member_id=pk, about=about) for pk in members.values_list("pk", flat=True))
    Message.objects.bulk_create(rows, batch_size=1000)


def page(member: Member) -> str:
    """Where a member finds everything about their company's request."""
    return reverse("member:team", args=[member.pk])


def unsent_invitations() -> QuerySet[Invitation]:
    return Invitation.objects.filter(sent_at=None, revoked_at=None, expires_at__gt=timezone.now())


def unsent_messages() -> QuerySet[Message]:
    return Message.objects.filter(sent_at=None, created__gt=timezone.now() - GIVE_UP)


def send_invitation(pk: int) -> None:
    """Make the token, keep its hash, send it."""
    token = invitations.new_token()
    if not _claimed(unsent_invitations().filter(pk=pk), sha256=invitations.digest(token)):
        return
    invitation = Invitation.objects.select_related("member__company").get(pk=pk)
    member = invitation.member
    if member.left_at is None and member.company.closed_at is None:
        _send(member.email, _invited(member.company), _invitation(member, token, invitation))
    Invitation.objects.filter(pk=pk).update(sent_at=timezone.now())


def send_message(pk: int) -> None:
    if not _claimed(unsent_messages().filter(pk=pk)):
        return
    message = Message.objects.select_related("member__company", "member__user").get(pk=pk)
    member = message.member
    if member.left_at is None and member.company.closed_at is None:
        address = member.user.email if member.user else member.email
        _send(address, _titles(member.company)[message.about], _told(message))
    Message.objects.filter(pk=pk).update(sent_at=timezone.now(), words="")  # the mail has them


def _claimed(waiting: QuerySet[Any], **more: object) -> bool:
    now = timezone.now()
    free = waiting.filter(Q(claimed_until=None) | Q(claimed_until__lt=now))
    return bool(free.update(claimed_until=now + LEASE, **more))


def _send(address: str, title: str, context: dict[str, object]) -> None:
    """An address that the mail server refuses for good is not tried again; anything else is."""
    shown = {"title": title, **context}
    mail = EmailMultiAlternatives(title, render_to_string("emails/team.txt", shown), to=[address])
    mail.attach_alternative(render_to_string("emails/team.html", shown), "text/html")
    try:
        mail.send()
    except SMTPRecipientsRefused:
        log.warning("the mail server refused a member's address")


def _invitation(member: Member, token: str, invitation: Invitation) -> dict[str, object]:
    who = {"company": member.company}
    return {
        "company": member.company,
        "lines": [
            _("%(company)s would like a headshot of you. It is made from photos that only you see.") % who,
            *_until(member),
            _(
                "%(company)s sees that you are invited, later that it is in progress, and the one to three"
                " pictures that you release. Never your photos, the other pictures or why you chose so."
            )
            % who,
            _(
                "Whether you take part is yours alone to say. A no is a fine answer: to %(company)s it looks"
                " like no answer yet."
            )
            % who,
            _("The link is for you alone, works once, and ends on %(day)s.")
            % {"day": date_format(invitation.expires_at)},
        ],
        "action_url": settings.SITE_URL + reverse("invite:accept", args=[token]),
        "action_label": _("See what is asked"),
    }


def _told(message: Message) -> dict[str, object]:
    """A message; who has not accepted yet gets a fresh invitation in the place of the older one."""
    member = message.member
    if message.about == About.LOW:
        button, address = _("See the credits"), reverse("company_money:credits", args=[member.company_id])
    elif member.user_id:
        button, address = _("Open your page"), page(member)
    else:
        button, address = _("See what is asked"), reverse("invite:accept", args=[invitations.renew(member)])
    return {
        "company": member.company,
        "lines": _lines(message),
        "words": message.words,
        "action_url": settings.SITE_URL + address,
        "action_label": button,
    }


def _titles(company: Company) -> dict[str, str]:
    who = {"company": _one_line(company)}
    return {
        About.REMINDER: _("%(company)s still asks you for a headshot") % who,
        About.REDO: _("%(company)s asks for another headshot") % who,
        About.RENEWED: _("Your headshot for %(company)s has a new picture") % who,
        About.AGAIN: _("%(company)s asks for a new headshot") % who,
        About.LOW: _("%(company)s has few credits left") % who,
    }


def _invited(company: Company) -> str:
    return _("%(company)s asks you for a headshot") % {"company": _one_line(company)}


def _one_line(company: Company) -> str:
    """A subject is one line, whatever a name holds."""
    return " ".join(company.name.split())


def _lines(message: Message) -> list[str]:
    member = message.member
    who = {"company": member.company}
    free = _("If you would rather not, you need not do anything, and you need not say why.")
    match message.about:
        case About.REDO:
            return [
                _("%(company)s asks you to release another headshot. The one it has stays until then.") % who,
                _("You can choose another from your gallery, or have one made again at no cost."),
            ]
        case About.RENEWED:
            return [
                _("%(company)s changed what its headshots look like, and yours was made again that way.")
                % who,
                _("Look at it and release it if you like it. Until then, the picture from before stays."),
            ]
        case About.AGAIN:
            return [_("%(company)s asks everybody for a new headshot.") % who, *_until(member), free]
        case About.LOW:
            return [
                _("Without credits, nobody else of %(company)s can begin a shoot.") % who,
                _("What has begun goes on."),
            ]
        case _reminder:
            return [_("You have not released a headshot to %(company)s yet.") % who, *_until(member), free]


def _until(member: Member) -> list[str]:
    due = member.due or member.company.due
    if due is None:
        return []
    return [_("%(company)s asks for it by %(day)s.") % {"company": member.company, "day": date_format(due)}]
