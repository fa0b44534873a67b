"""Stripe's hints: verified, stored once, answered at once; what they mean is asked for by the worker."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from . import gateway, orders, tasks
from .models import Event

HEARD = (
    "checkout.session.",
    "charge.dispute.",
    "charge.refund",
    "refund.",
    "invoice.",
    "customer.subscription.",
)


@csrf_exempt
@require_POST
def hear(request: HttpRequest) -> HttpResponse:
    """200 once the event is stored, or known; 400 for whatever Stripe did not send."""
    try:
        hint = gateway.genuine(request.body, request.headers.get("Stripe-Signature", ""))
    except gateway.Forged:
        return HttpResponse("This is not signed by Stripe.", status=400, content_type="text/plain")
    if hint.type.startswith(HEARD):
        order = orders.about(hint)
        event, new = Event.objects.get_or_create(
            stripe_id=hint.id,
            defaults={
                "type": hint.type,
                "about": hint.about,
                "order_id": order,
                "parked": order is None,
            },
        )
        if new and order:
            tasks.nudge_event(event)
    return HttpResponse(status=200)
