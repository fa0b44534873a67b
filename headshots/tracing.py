"""Every line of the log says which request or task it belongs to; each answer bears its request's number."""

from __future__ import annotations

import inspect
import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import dramatiq
from django.http import HttpRequest, HttpResponse

from .logs import about

log = logging.getLogger("headshots.access")
HEADER = "X-Request-ID"
FORM = re.compile(r"[0-9a-f-]{16,64}")  # what proxies make; whoever else sends one could write a name into it


def traced(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Number the request, or keep the number that a proxy gave it, and note how it was answered."""

    def middleware(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        number = given if FORM.fullmatch(given) else uuid.uuid4().hex
        began = time.monotonic()
        about.set({"request": number})  # until this thread's next one: Django logs a 404 after all middleware
        response = get_response(request)
        response[HEADER] = number
        log.info("%s %s", request.method, response.status_code, extra={"told": _told(request, began)})
        return response

    return middleware


def _told(request: HttpRequest, began: float) -> dict[str, Any]:
    """Which page of what; ids are ours and lead to nobody without the database."""
    match = request.resolver_match
    told: dict[str, Any] = {"ms": round((time.monotonic() - began) * 1000)}
    if match:
        told["route"] = match.view_name or match.route
        told |= {name: str(value) for name, value in match.kwargs.items() if isinstance(value, uuid.UUID)}
    return told


class Traced(dramatiq.Middleware):
    """A message's id, its step, and the row that it is about under the name that the step gives it."""

    def before_process_message(self, broker: dramatiq.Broker, message: dramatiq.MessageProxy) -> None:
        step = broker.get_actor(message.actor_name).fn
        names = (name.removesuffix("_id") for name in inspect.signature(step).parameters)
        rows = {name: str(value) for name, value in zip(names, message.args, strict=False)}
        about.set({"task": message.message_id, "step": message.actor_name, **rows})

    def after_process_message(
        self, broker: dramatiq.Broker, message: dramatiq.MessageProxy, **outcome: Any
    ) -> None:
        about.set({})

    after_skip_message = after_process_message
