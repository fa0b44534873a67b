"""What becomes of a shoot after the gallery: more looks, other periods, deletion and its receipt."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import consent, receipts
from accounts.forms import ConsentForm
from accounts.models import Purpose

from .. import gallery as verbs
from .. import shoots, tasks
from ..failures import Refused
from ..forms import MoreLooksForm
from ..models import Lost, Shoot, Status
from .doors import own, own_ready
from .looks import example


@require_http_methods(["GET", "POST"])
@own_ready
def more_looks(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """Further looks from the identity that is still kept."""
    form = MoreLooksForm(request.POST if request.method == "POST" else None, shoot=shoot)
    if request.method == "POST" and form.is_valid():
        try:
            shoots.more_looks(shoot, form.cleaned_data["looks"])
            tasks.nudge(shoot)
        except Refused as error:
            form.add_error(None, str(error))
        except Lost:  # pressed twice
            pass
    if shoot.working:
        return redirect("generation:shoot", shoot=shoot.pk)
    ticked = set(form["looks"].value() or ())
    cards = [(look, example(look), look.key in ticked) for look in form.catalogue]
    return render(request, "generation/more_looks.html", {"shoot": shoot, "form": form, "cards": cards})


@require_http_methods(["GET", "POST"])
@own_ready
def keep_longer(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """A consent of its own, then photos and identity stay for the further days."""
    until = verbs.longer_until(shoot)
    if until is None:
        messages.info(request, _("These photos cannot be kept any longer."))
        return redirect("generation:shoot", shoot=shoot.pk)
    form = ConsentForm(request.POST if request.method == "POST" else None, purpose=Purpose.KEEP_LONGER)
    if request.method == "POST" and form.is_valid() and _kept(request, shoot, form, until):
        return redirect("generation:shoot", shoot=shoot.pk)
    return render(request, "generation/keep_longer.html", {"shoot": shoot, "form": form, "until": until})


def _kept(request: HttpRequest, shoot: Shoot, form: ConsentForm, until: datetime) -> bool:
    try:
        with transaction.atomic():
            verbs.keep_longer(shoot, form.give(shoot.subject))
    except (consent.NotGiven, Refused) as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("Your photos and your identity are kept longer, as you agreed."))
    return True


@require_POST
@own_ready
def keep_for(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """How long the headshots are kept."""
    days = request.POST.get("days", "")[:4]
    try:
        verbs.keep_for(shoot, int(days) if days.isdecimal() else 0)
        messages.success(request, _("The new period is set."))
    except Refused as error:
        messages.error(request, str(error))
    return redirect("generation:shoot", shoot=shoot.pk)


@login_required
@require_http_methods(["GET", "POST"])
def delete(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """Everything of the shoot, now; GET asks once more."""
    mine = own(request, shoot)
    if request.method == "POST":
        try:
            verbs.delete_now(mine)
        except (OSError, Lost):  # the sweeper goes on with it
            messages.warning(request, _("The deletion has begun and will be complete within a minute."))
    elif mine.status != Status.PURGED:
        return render(request, "generation/delete.html", {"shoot": mine})
    return redirect("generation:shoot", shoot=mine.pk)


def purged(request: HttpRequest, shoot: Shoot) -> HttpResponse:
    """What is left of a deleted shoot: its receipt."""
    envelope = receipts.envelope(shoot.receipt, shoot.receipt_signature)
    return render(request, "generation/purged.html", {"shoot": shoot, "envelope": envelope})


@login_required
@require_safe
def receipt(request: HttpRequest, shoot: UUID) -> HttpResponse:
    """The signed deletion receipt as a file."""
    gone = Shoot.objects.visible_to(request.user).filter(status=Status.PURGED)
    mine = get_object_or_404(gone, pk=shoot)
    return HttpResponse(
        receipts.envelope(mine.receipt, mine.receipt_signature),
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="deletion-{mine.pk}.json"'},
    )
