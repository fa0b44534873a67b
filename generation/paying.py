"""Who pays for a shoot: its subject, or the company that asked them; one credit, at the first submit."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from accounts import hooks
from accounts.models import Company, User
from billing import balance, ledger
from billing.models import Credit

from .failures import Refused
from .models import Shoot


def payer(shoot: Shoot) -> User | Company:
    if shoot.member:
        return shoot.member.company
    assert shoot.subject is not None
    return shoot.subject


def hold(shoot: Shoot) -> dict[str, Any]:
    """Spend a credit; the columns that say so, for the same transaction. Raises Refused.

    It locks the payer first: of shoots handed in at the same moment each finds what the one before left.
    """
    paying = payer(shoot)
    paying = type(paying)._default_manager.select_for_update(no_key=True).get(pk=paying.pk)
    if isinstance(paying, Company):
        return _of_company(shoot, paying)
    return {"credit": _spent(shoot, paying)}


def _of_company(shoot: Shoot, company: Company) -> dict[str, Any]:
    """One for each member and cycle, however many rounds the shoot has; what came back may be held again."""
    if company.closed_at:
        raise Refused(_("%(company)s does not order headshots any more.") % {"company": company})
    held = Shoot.objects.filter(member=shoot.member_id, cycle=company.cycle, credit__isnull=False)
    if held.exists():
        raise Refused(
            _("You have had the shoot that %(company)s pays for: choose from it, or have it done again.")
            % {"company": company}
        )
    return {"credit": _spent(shoot, company), "cycle": company.cycle}


def tell(shoot: Shoot) -> None:
    """What the company hears of a shoot that it began to pay for; in the same transaction."""
    if shoot.member:
        balance.watch(shoot.member.company)
        hooks.tell(shoot.member.company, "member.in_progress", member=shoot.member_id)


def _spent(shoot: Shoot, paying: User | Company) -> Credit:
    for credit in ledger.good_for(paying, headshots=shoot.asked, looks=len(shoot.looks))[:5]:
        try:
            ledger.spend(credit)
            return credit
        except ledger.Gone:  # a refund took it in the same moment
            continue
    raise Refused(_lacking(paying))


def _lacking(paying: User | Company) -> str:
    """To a member without numbers, and the same whatever it is that the company lacks."""
    if isinstance(paying, Company):
        words = _(
            "%(company)s has no credit for your shoot at the moment. It waits here as it is; the admins see"
            " that credits are missing."
        )
        return words % {"company": paying}
    if ledger.unspent(paying).exists():
        return _("You have no credit for so many headshots and looks; choose fewer, or get a larger pack.")
    return _("You have no credit left; get one to submit this shoot.")
