"""Somebody comes back from their company's provider: believed within its domains, and let in."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.adapter import get_adapter as account_adapter
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.account.utils import perform_login
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.db import transaction
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from .. import doors, hooks
from ..models import Company, Member, SingleSignOn, User
from . import pages, providers
from .refusals import Known, Refused

LEARNED = "sso_test"  # in the session of the admin who tries it


@dataclass(frozen=True)
class Told:
    """What a provider says of somebody."""

    subject: str
    address: str  # lower case; "" where it sent none
    name: str
    denied: bool  # it says itself that the address is not proven


def arrive(request: HttpRequest, login: SocialLogin) -> HttpResponse:
    """The answer to an answer that allauth has found genuine."""
    on = SingleSignOn.objects.select_related("company").get(pk=login.account.provider)
    linked = login.user if login.is_existing else None
    told = _told(login)
    if linked:
        _forget(login)
    if login.state.get("data") == pages.TEST:
        return _tried(request, on, told)
    try:
        user = admit(on, told, linked=linked, here=request.user)
    except Refused as why:
        return pages.refused(request, why)
    if linked is None and user == request.user:
        _say(user, on)
    return _sign_in(request, user, on, told, login.state.get("next"))


def _told(login: SocialLogin) -> Told:
    address = login.email_addresses[0].email.lower() if login.email_addresses else ""
    said = login.account.extra_data.get("userinfo")
    denied = isinstance(said, dict) and said.get("email_verified") in (False, "false")
    return Told(login.account.uid, address, getattr(login.user, "name", ""), denied)


def _forget(login: SocialLogin) -> None:
    """allauth has just stored all that the provider said; nothing of it is needed."""
    login.account.extra_data = {}
    login.account.save(update_fields=["extra_data"])


def _tried(request: HttpRequest, on: SingleSignOn, told: Told) -> HttpResponse:
    """An admin's test signs nobody on: it says what came."""
    if not isinstance(request.user, User) or not doors.seat(request.user, on.pk):
        return pages.failed(request)
    why = ""
    try:
        believed(on, told)
        providers.passed(on)
    except Refused as refused:
        why = str(refused)
    request.session[LEARNED] = {
        "subject": told.subject,
        "address": told.address,
        "name": told.name,
        "why": why,
    }
    return redirect("sso:settings", company=on.pk)


def believed(on: SingleSignOn, told: Told) -> None:
    """Raises Refused unless the company may vouch for the address."""
    if not told.address:
        raise Refused(_("Your company's provider sent no email address. Ask your IT to send it, as “email”."))
    if not providers.vouches_for(on, told.address):
        raise Refused(
            _("%(address)s is not in a domain that %(company)s has proven as its own.")
            % {"address": told.address, "company": on.company}
        )
    if told.denied:
        raise Refused(_("Your company's provider says that %s is not confirmed there yet.") % told.address)


@transaction.atomic
def admit(on: SingleSignOn, told: Told, *, linked: User | None, here: object) -> User:
    """Whose account opens, made now where there is none, with a place in the company.

    ``linked`` came through this provider before; ``here`` is who is signed in already. Raises Refused.
    """
    company = Company.objects.select_for_update().get(pk=on.pk)  # two at once come one after the other
    if company.closed_at or not SingleSignOn.objects.filter(pk=on.pk, enabled=True).exists():
        raise Refused(_("%s has no sign-on of its own any more. Sign in with a code by email.") % company)
    believed(on, told)
    user = linked or _owner(told.address)
    if user and user not in (linked, here):
        raise Known(
            _("There is an account with %s already, and only its owner can let your company open it.")
            % told.address
        )
    if user and (user.is_staff or not user.is_active):
        raise Refused(_("This account is not opened through a company."))
    user = user or _account(told)
    _place(company, user, told.address)
    if not linked:
        SocialAccount.objects.create(provider=str(on.pk), uid=told.subject, user=user)
    return user


def _owner(address: str) -> User | None:
    """Who has proven the address, or made it an account's name and proven another."""
    theirs = Q(email__iexact=address) | Q(emailaddress__email__iexact=address)
    return User.objects.filter(theirs, emailaddress__verified=True).first()


def _account(told: Told) -> User:
    """A new one; what somebody began under the address and never proved becomes it, without a password."""
    user = User.objects.filter(email__iexact=told.address).first()
    user = user or User.objects.create_user(told.address, name=told.name)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    proof = {"verified": True, "primary": True}
    EmailAddress.objects.update_or_create(user=user, email=told.address, defaults=proof)
    return user


def _place(company: Company, user: User, address: str) -> None:
    """A place in the company: the one they have, the one that was kept for them, or a new one.

    The audit log and the webhooks do not say who took a place that waited: to the company they stay invited.
    """
    places = Member.objects.filter(company=company, left_at=None)
    if places.filter(user=user).exists():
        return
    asked = places.filter(email__iexact=address).first()
    if asked and asked.user_id:
        raise Refused(
            _("Your place at %s belongs to an account with another address. Sign in with that one.") % company
        )
    now = timezone.now()
    if asked:
        places.filter(pk=asked.pk).update(user=user, joined_at=now)
        asked.invitations.filter(used_at=None, revoked_at=None).update(used_at=now)
        return
    if Member.objects.filter(Q(user=user) | Q(email__iexact=address), company=company).exists():
        raise Refused(
            _("You have left %s. Sign in with a code by email for what is yours, or ask to be invited again.")
            % company
        )
    made = places.create(company=company, user=user, email=address, name=user.name, joined_at=now)
    hooks.tell(company, "member.invited", member=made.pk)


def _say(user: User, on: SingleSignOn) -> None:
    """Whoever had an account before is told by mail that their company's provider opens it from now on."""
    context = {"company": on.company}
    get_adapter().send_notification_mail("socialaccount/email/account_connected", user, context=context)


def _sign_in(request: HttpRequest, user: User, on: SingleSignOn, told: Told, to: str | None) -> HttpResponse:
    how = {"provider": str(on.pk), "uid": told.subject}
    if request.user == user:
        record_authentication(request, user, "socialaccount", **how)
        return redirect(to or reverse("generation:shoots"))
    if request.user.is_authenticated:
        account_adapter().logout(request)
    record_authentication(request, user, "socialaccount", **how)
    answer: HttpResponse = perform_login(request, user, redirect_url=to)
    return answer
