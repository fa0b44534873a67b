"""What staff does about a shoot: start it again, take it aside, give its credit back; each with a reason."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import audit
from accounts.models import AuditEntry, User
from billing import ledger

from . import paying, shoots
from .failures import STAFF_SENTENCES, Refused
from .models import MOST_STARTS, Guarantee, Kind, Letter, Lost, Shoot, ShootEvent, Status

AGAIN, ASIDE, BACK = "shoot.started_again", "shoot.taken_aside", "shoot.credited_back"
# What failed by our fault or nobody's; what its person stopped stays stopped.
OURS = ("quarantined", "set_aside", "model", "unusable")
EVENTS = {
    **STAFF_SENTENCES,
    "adopted": gettext_lazy("The free try was kept in an account."),
    "redo": gettext_lazy("The person or their company asked for it again."),
    "more looks": gettext_lazy("The person asked for more looks."),
    "guarantee": gettext_lazy("Too few headshots were like the person, so it was done again by itself."),
    "started again": gettext_lazy("Staff started it again."),
}


def start_again(shoot: Shoot, staff: User, reason: str) -> None:
    """What hangs goes on from its last step; what failed by our fault begins anew, its credit spent again.

    Raises Refused, or Lost where a worker took a step in the same moment.
    """
    with transaction.atomic():
        if shoot.working:
            _go_on(shoot)
        else:
            _begin_anew(shoot)
        _record(AGAIN, shoot, staff, reason)


def _go_on(shoot: Shoot) -> None:
    """Whoever is at it loses the claim; its starts are counted from nought."""
    mine = Shoot.objects.working().filter(pk=shoot.pk, status=shoot.status, claim=shoot.claim)
    fresh = {"claimed_until": None, "nudged_at": None, "step_ends": None, "starts": 0}
    if not mine.update(claim=F("claim") + 1, changed=F("changed") + 1, **fresh):
        raise Lost("A worker went on with it in this moment.")
    ShootEvent.objects.create(
        shoot=shoot, old=shoot.status, new=shoot.status, claim=shoot.claim, note="started again"
    )
    shoot.refresh_from_db()


def _begin_anew(shoot: Shoot) -> None:
    """As a further round, so that frames of the one before stand in nobody's way."""
    if shoot.status != Status.FAILED or shoot.failure not in OURS or shoot.kind != Kind.SHOOT:
        raise Refused(_("Only what is being worked on, or failed by our fault, can be started again."))
    if shoot.inputs_gone_at or not shoot.photos.exists():
        raise Refused(_("Its photos are deleted; the person has to open a new shoot."))
    if not shoot.release.stands:
        raise Refused(_("The person withdrew their consent."))
    try:
        held = paying.hold(shoot)
    except Refused:
        raise Refused(_("Its credit went back and was used since; there is no other to spend.")) from None
    shoot.move(
        Status.SUBMITTED,
        note="started again",
        failure="",
        guarantee="",
        round=F("round") + 1,
        drawn=0,
        inputs_until=None,
        **held,
    )
    shoots.write(shoot, Letter.About.AGAIN)


def take_aside(shoot: Shoot, staff: User, reason: str) -> None:
    """Quarantine: the work ends now, and what it cost goes back. A gallery of an earlier round stays."""
    if not shoot.working:
        raise Refused(_("This shoot is not being worked on."))
    with transaction.atomic():
        shoots.finish(shoot, "set_aside")
        _record(ASIDE, shoot, staff, reason)


def credit_back(shoot: Shoot, staff: User, reason: str) -> None:
    """The credit of a gallery that was opened goes back to whom it came from; the headshots stay."""
    if shoot.working:
        raise Refused(_("Take it aside: its credit goes back with that."))
    credit = shoot.credit
    if credit is None or shoot.paid_back:
        raise Refused(_("It holds no credit: what it cost went back, or was never spent."))
    with transaction.atomic():
        mine = Shoot.objects.filter(pk=shoot.pk, status=shoot.status, credit=credit)
        done = mine.update(credit=None, guarantee=Guarantee.STAFF, changed=F("changed") + 1)
        if not done:
            raise Lost("This shoot changed in this moment.")
        ledger.give_back(credit)
        _record(BACK, shoot, staff, reason)
    shoot.refresh_from_db()


def _record(what: str, shoot: Shoot, staff: User, reason: str) -> None:
    audit.record(staff, what, f"{shoot.pk} {reason}", subject=shoot.subject)


def possible(shoot: Shoot) -> list[str]:
    """Which of the verbs make sense now; each still decides for itself."""
    can = []
    if shoot.working or (
        shoot.status == Status.FAILED and shoot.failure in OURS and not shoot.inputs_gone_at
    ):
        can.append(AGAIN)
    if shoot.working:
        can.append(ASIDE)
    elif shoot.credit_id and not shoot.paid_back:
        can.append(BACK)
    return can


def why(shoot: Shoot) -> str:
    """Where it stands and why, in words for staff."""
    if shoot.working:
        return _standing(shoot)
    return str(STAFF_SENTENCES.get(shoot.failure, "")) or str(shoot.get_status_display())


def _standing(shoot: Shoot) -> str:
    counted = {"start": shoot.starts, "most": MOST_STARTS}
    if shoot.claimed:
        return _("A worker is at it: start %(start)s of %(most)s without progress.") % counted
    if shoot.starts:
        words = _("It was begun %(start)s of %(most)s times without progress, and waits for a worker.")
        return words % counted
    return _("It waits for a worker.")


def lines(shoot: Shoot) -> list[AuditEntry]:
    """What staff did about it, the newest first."""
    if shoot.subject_id is None:
        return []
    told = AuditEntry.objects.filter(subject_id=shoot.subject_id, about__startswith=str(shoot.pk))
    return list(told)
