"""What goes wrong, as ``{"error": "a sentence that says what to do"}`` with a fitting status."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from accounts import consent, limits

from .. import vault, wording
from ..engine.types import BadInput
from ..failures import Refused
from ..models import Lost

NOT_READY = gettext_lazy("The gallery of this shoot is not open.")


class Conflict(APIException):
    """Not now, or not any more."""

    status_code = 409


class Unusable(APIException):
    """Understood, but it cannot be taken."""

    status_code = 422


class TooLarge(APIException):
    status_code = 413


class TooMany(APIException):
    """More than one day allows."""

    status_code = 429


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """The framework's own answer in our one form; what nobody foresaw stays an error of the server."""
    response = exception_handler(_named(error), context)
    if response is not None:
        response.data = {"error": _sentence(response.data)}
    return response


def _named(error: Exception) -> Exception:
    match error:
        case Refused():
            return Conflict(str(error))
        case limits.TooMany():
            return TooMany(str(error))
        case Lost():
            return Conflict(_("The shoot has changed meanwhile. Ask for it again."))
        case vault.Gone():
            return Conflict(_("This shoot was deleted meanwhile; open a new one."))
        case BadInput() | consent.NotGiven():
            return Unusable(wording.error(error))
        case Http404():  # Django's words would say which kind of thing was looked for
            return NotFound(_("There is nothing of yours at this address."))
    return error


def _sentence(detail: Any) -> str:
    """The first of them, after the name of its field."""
    if isinstance(detail, dict):
        name, first = next(iter(detail.items()))
        words = _sentence(first)
        return words if name in ("detail", "non_field_errors") else f"{name}: {words}"
    return _sentence(detail[0]) if isinstance(detail, list) else str(detail)


def refuse(field: str, sentence: str) -> ValidationError:
    return ValidationError({field: [sentence]})
