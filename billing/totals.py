"""A company's credits in totals, from which nobody can tell who used one."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Company

from .models import Credit


@dataclass(frozen=True)
class Totals:
    left: int
    used: int


def of(company: Company) -> Totals:
    """What is free, and what its members' shoots point to."""
    return Totals(left=0, used=Credit.objects.filter(shoot__member__company=company).count())
