"""How a page gets at a company: its admins, with a second factor; for everybody else it is not there."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase

from .factors import second_factor, to_second_factor
from .models import ADMINS, Company, Member, Role, SingleSignOn, User

View = Callable[..., HttpResponseBase]


def seat(user: User, company: UUID, *, owner: bool = False) -> Member | None:
    """The person's place among the admins of a company that is open, or among its owners."""
    mine = Member.objects.filter(user=user, company=company, left_at=None, company__closed_at=None)
    roles = (Role.OWNER,) if owner else ADMINS
    return mine.filter(role__in=roles).select_related("company").first()


def administered(user: User | AnonymousUser) -> QuerySet[Company]:
    """The open companies whose owner or admin somebody is."""
    if not user.is_authenticated:
        return Company.objects.none()
    mine = Member.objects.filter(user=user, role__in=ADMINS, left_at=None)
    return Company.objects.filter(members__in=mine, closed_at=None)


def _guard(view: View, *, owner: bool) -> View:
    @login_required
    @wraps(view)
    def show(request: HttpRequest, company: UUID, **more: object) -> HttpResponseBase:
        assert isinstance(request.user, User)
        mine = seat(request.user, company, owner=owner)
        if mine is None:
            raise Http404
        if not (second_factor(request) or by_company(request, mine)):
            return to_second_factor(request, request.get_full_path())
        return view(request, mine, **more)

    return show


def by_company(request: HttpRequest, mine: Member) -> bool:
    """Whether the session came through the company's own sign-on, whose factors are its business."""
    records = get_authentication_records(request, request.user)
    through = {record.get("provider") for record in records if record.get("method") == "socialaccount"}
    if str(mine.company_id) not in through:
        return False
    return SingleSignOn.objects.filter(pk=mine.company_id, enabled=True).exists()


def for_admins(view: View) -> View:
    """``view(request, seat, ...)`` for owners and admins of the company that the address names."""
    return _guard(view, owner=False)


def for_owners(view: View) -> View:
    """The same for its owners alone."""
    return _guard(view, owner=True)
