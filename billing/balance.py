"""A company's credits in totals, which is all that it learns of them."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Company

from .models import Credit


@dataclass(frozen=True)
class Balance:
    """Of credits that were not taken back."""

    bought: int
    held: int  # for members in progress
    used: int
    left: int


def balance(company: Company) -> Balance:
    """What its members' shoots point to."""
    used = Credit.objects.filter(shoot__member__company=company, revoked_at=None).count()
    return Balance(bought=used, held=0, used=used, left=0)
