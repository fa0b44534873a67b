"""Signing on through one's company, and the page on which its admins set that up."""

from __future__ import annotations

from allauth.account.utils import get_next_redirect_url
from allauth.core import ratelimit
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ..doors import for_admins
from ..models import Member, SingleSignOn
from . import pages, providers
from .arriving import LEARNED
from .forms import AddressForm, OidcForm, SamlForm
from .refusals import Refused


@never_cache
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """From a work address to its company's provider."""
    mine = {"email": request.user.email} if request.user.is_authenticated else None
    form = AddressForm(request.POST or None, initial=mine)
    if request.method == "POST":
        if too_many := ratelimit.consume_or_429(request, action="login"):
            return too_many
        if form.is_valid():
            if on := providers.of_address(form.cleaned_data["email"]):
                return pages.leave(request, on, to=get_next_redirect_url(request))
            form.add_error(
                "email", _("No company signs its people on with this address. Sign in without it.")
            )
    return render(request, "sso/begin.html", {"form": form, "next": get_next_redirect_url(request)})


@for_admins
@never_cache
@require_http_methods(["GET", "POST"])
def settings(request: HttpRequest, seat: Member) -> HttpResponse:
    """The provider: what it must know of us, what we must know of it, whether it was tested and is on."""
    on = _of(seat)
    asked = request.POST.get("kind")
    oidc = OidcForm(request.POST if asked == "oidc" else None, initial=_known(on))
    if on and on.secret:
        oidc.keep_secret()
    saml = SamlForm(request.POST if asked == "saml" else None)
    if request.method == "POST" and _saved(request, seat, oidc if asked == "oidc" else saml):
        messages.success(request, _("Saved. Test it now: it counts once a test has passed."))
        return redirect("sso:settings", company=seat.company_id)
    context = {
        "company": seat.company,
        "seat": seat,
        "on": on,
        "kind": asked or (on and on.kind) or "oidc",
        "oidc": oidc,
        "saml": saml,
        "domains": seat.company.domains.filter(verified_at__isnull=False).order_by("name"),
        "learned": request.session.pop(LEARNED, None),
        **pages.told_to_oidc(request, seat.company_id),
        **pages.told_to_saml(request, seat.company_id),
    }
    return render(request, "sso/settings.html", context)


def _of(seat: Member) -> SingleSignOn | None:
    return SingleSignOn.objects.filter(pk=seat.company_id).select_related("company").first()


def _known(on: SingleSignOn | None) -> dict[str, str]:
    return {"issuer": on.issuer, "client_id": on.client_id, "kind": "oidc"} if on else {"kind": "oidc"}


def _saved(request: HttpRequest, seat: Member, form: OidcForm | SamlForm) -> bool:
    if not form.is_valid():
        return False
    values = {name: value for name, value in form.cleaned_data.items() if name != "kind"}
    save = providers.save_oidc if isinstance(form, OidcForm) else providers.save_saml
    try:
        save(seat.company, by=request.user, **values)
    except Refused as why:
        form.add_error("issuer" if isinstance(form, OidcForm) else "metadata", str(why))
    return form.is_valid()


@for_admins
@require_POST
def test(request: HttpRequest, seat: Member) -> HttpResponse:
    """To the provider and back to the settings, which then say what came."""
    return pages.leave(request, _there(seat), data=pages.TEST)


@for_admins
@require_POST
def switch(request: HttpRequest, seat: Member) -> HttpResponse:
    """On, or off."""
    try:
        providers.switch(_there(seat), enabled="on" in request.POST, by=request.user)
    except Refused as why:
        messages.error(request, str(why))
    return redirect("sso:settings", company=seat.company_id)


def _there(seat: Member) -> SingleSignOn:
    on = _of(seat)
    if on is None:
        raise Http404
    return on
