"""What was done, in a company or to a person: appended, never changed, without names and members' choices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import AuditEntry, Company, Member, User

# What stands after who did it; ``about`` is a setting's value, a number, or the member it was done to.
SENTENCES = {
    "company.created": gettext_lazy("opened the company"),
    "company.name": gettext_lazy("named the company “{about}”"),
    "company.reminders": gettext_lazy("switched reminders {about}"),
    "company.due": gettext_lazy("set the due date to {about}"),
    "company.inputs_days": gettext_lazy("set the days that photos are kept to {about}"),
    "company.closed": gettext_lazy("closed the company"),
    "sessions.ended": gettext_lazy("signed out: {about}"),
    "keys.rotated": gettext_lazy("put keys under a new master key: {about}"),
    "person.looked_up": gettext_lazy("looked up whose data an id leads to"),
    "department.added": gettext_lazy("added the department “{about}”"),
    "department.renamed": gettext_lazy("renamed a department to “{about}”"),
    "department.removed": gettext_lazy("removed the department “{about}”"),
    "domain.added": gettext_lazy("added the domain {about}"),
    "domain.verified": gettext_lazy("proved the domain {about}"),
    "domain.removed": gettext_lazy("removed the domain {about}"),
    "sso.changed": gettext_lazy("set up the sign-on by {about}"),
    "sso.on": gettext_lazy("switched the sign-on on"),
    "sso.off": gettext_lazy("switched the sign-on off"),
    "role.owner": gettext_lazy("made {about} an owner"),
    "role.admin": gettext_lazy("made {about} an admin"),
    "role.member": gettext_lazy("took the admin rights of {about} back"),
    "people.invited": gettext_lazy("invited people: {about}"),
    "invitation.sent_again": gettext_lazy("sent {about} the invitation again"),
    "invitation.revoked": gettext_lazy("revoked the invitation of {about}"),
    "link.made": gettext_lazy("made a link to join by"),
    "link.revoked": gettext_lazy("revoked a link to join by"),
    "import.confirmed": gettext_lazy("imported a list of members"),
    "member.changed": gettext_lazy("changed what the company keeps of {about}"),
    "member.removed": gettext_lazy("removed {about} from the company"),
    "member.left": gettext_lazy("left the company"),
    "brand.changed": gettext_lazy("changed the brand"),
    "brand.removed": gettext_lazy("removed the brand of a department"),
    "brand.renewed": gettext_lazy("asked for the headshots in the new brand"),
    "cycle.began": gettext_lazy("asked everybody for new headshots"),
    "portrait.approved": gettext_lazy("approved a released headshot"),
    "portraits.approved": gettext_lazy("approved released headshots: {about}"),
    "portrait.redo": gettext_lazy("asked for another headshot"),
    "pictures.taken": gettext_lazy("downloaded released headshots: {about}"),
    "board.taken": gettext_lazy("downloaded the board"),
    "credits.ordered": gettext_lazy("ordered credits"),
    "credits.paid": gettext_lazy("received the credits of a paid order"),
    "credits.refunded": gettext_lazy("received money back for credits"),
    "credits.wanted_back": gettext_lazy("asked for money back for credits"),
    "token.made": gettext_lazy("made an API token"),
    "token.revoked": gettext_lazy("revoked an API token"),
    "webhook.added": gettext_lazy("added a webhook"),
    "webhook.paused": gettext_lazy("paused a webhook"),
    "webhook.resumed": gettext_lazy("resumed a webhook"),
    "webhook.removed": gettext_lazy("removed a webhook"),
    "look.drafted": gettext_lazy("drafted the look {about}"),
    "look.discarded": gettext_lazy("threw the draft of the look {about} away"),
    "look.published": gettext_lazy("published the look {about}"),
    "look.retired": gettext_lazy("retired the look {about}"),
    "order.refunded": gettext_lazy("gave money of an order back: {about}"),
    "order.left": gettext_lazy("gave nothing back of an order's money: {about}"),
    "shoot.started_again": gettext_lazy("started a shoot again: {about}"),
    "shoot.taken_aside": gettext_lazy("took a shoot aside: {about}"),
    "tries.budget": gettext_lazy("set the free tries of a day: {about}"),
    "pictures.opened": gettext_lazy("began to look at pictures of a shoot: {about}"),
    "picture.seen": gettext_lazy("opened a picture (shoot, picture): {about}"),
    "shoot.credited_back": gettext_lazy("gave the credit of a shoot back: {about}"),
    "portrait.taken": gettext_lazy("downloaded the released headshot of {about}"),
    # Of the installation's own log.
    "consent.given": gettext_lazy("agreed to “{about}”"),
    "consent.withdrawn": gettext_lazy("took the consent to “{about}” back"),
    "headshot.taken": gettext_lazy("downloaded a headshot"),
    "gallery.taken": gettext_lazy("downloaded a gallery"),
    "data.taken": gettext_lazy("downloaded everything that is held on them"),
    "inputs.erased": gettext_lazy("deleted the photos and the identity of a shoot"),
    "shoot.erased": gettext_lazy("deleted a shoot"),
    "account.erased": gettext_lazy("deleted an account with everything in it"),
    "help.answered": gettext_lazy("answered a {about}"),
    "company.ended": gettext_lazy("closed a company: {about}"),
    "takedown.hidden": gettext_lazy("hid pictures after a {about}"),
    "takedown.restored": gettext_lazy("showed pictures again after a {about}"),
    "takedown.removed": gettext_lazy("deleted pictures after a {about}"),
    "staff.changed": gettext_lazy("changed a row on the staff pages: {about}"),
}


@dataclass(frozen=True)
class Line:
    """An entry in words."""

    at: datetime
    who: str
    what: str


def note(
    company: Company, actor: User | None, what: str, about: object = "", *, subject: UUID | None = None
) -> None:
    """Append a line, in the transaction of what it tells of. ``actor`` None is the service itself."""
    AuditEntry.objects.create(
        company_id=company.pk,
        actor_id=actor.pk if actor else None,
        what=what,
        about=str(about)[:100],
        subject_id=subject,
    )


def record(actor: User | None, what: str, about: object = "", *, subject: User | None = None) -> None:
    """Append a line of the installation's own log, which no company reads; ``subject`` may read it too."""
    AuditEntry.objects.create(
        actor_id=actor.pk if actor else None,
        what=what,
        about=str(about)[:100],
        subject_id=subject.pk if subject else None,
    )


def of(company: Company) -> QuerySet[AuditEntry]:
    """The company's lines, the newest first."""
    return AuditEntry.objects.filter(company_id=company.pk)


def in_words(entries: Iterable[AuditEntry]) -> list[Line]:
    """Entries with the names that people go by today; two queries, however many they are."""
    entries = list(entries)
    users = {user.pk: str(user) for user in User.objects.filter(pk__in={one.actor_id for one in entries})}
    about = filter(None, (_id(one.about) for one in entries))
    members = {one.pk: str(one) for one in Member.objects.filter(pk__in=set(about))}
    return [Line(one.at, _who(one, users), _what(one, members)) for one in entries]


def _who(entry: AuditEntry, users: dict[UUID, str]) -> str:
    if entry.actor_id is None:
        return _("Headshots")
    return users.get(entry.actor_id) or _("Somebody without an account now")


def _what(entry: AuditEntry, members: dict[UUID, str]) -> str:
    member = _id(entry.about)
    about = entry.about if member is None else members.get(member) or _("somebody who is gone")
    return str(SENTENCES.get(entry.what, entry.what)).format(about=about)  # the log always opens


def _id(about: str) -> UUID | None:
    try:
        return UUID(about)
    except ValueError:
        return None
