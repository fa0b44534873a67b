"""How a program gets at its company, and what it is told when it may not."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import api_view, authentication_classes, permission_classes
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.serializers import Serializer

from accounts.api import ByCompanyToken
from accounts.models import Company, CompanyToken

from ..shapes import ErrorShape

View = TypeVar("View", bound=Callable[..., Any])
Row = TypeVar("Row", bound=Model)
PAGE = 100  # rows of one answer
WRONG = {
    400: "What was sent is not what is described here.",
    401: "No token, or one that is not known.",
    403: "The token has not the scope that this needs.",
    404: "Nothing of the company is at this address.",
    405: "This address has no such method.",
    406: "The answer is only to be had as JSON, or as the picture's own type.",
    415: "What is sent has to be JSON.",
    429: "Too many requests; wait as long as `Retry-After` says.",
}


def for_programs(**scopes: str) -> Callable[[Callable[..., Any]], Any]:
    """``for_programs(GET="members:read")``: the view for tokens with the scope that the method needs."""

    class InScope(BasePermission):
        def has_permission(self, request: Request, view: object) -> bool:
            if not isinstance(request.auth, CompanyToken):
                return False
            needed = scopes.get("GET" if request.method == "HEAD" else request.method or "")
            if needed and needed not in request.auth.scopes:
                words = _("This token may not do this: make one with the scope “%(scope)s”.")
                raise PermissionDenied(words % {"scope": needed})
            return True

    def opened(view: Callable[..., Any]) -> Any:
        guarded = permission_classes([InScope])(authentication_classes([ByCompanyToken])(view))
        return api_view(list(scopes))(guarded)

    return opened


def company(request: Request) -> Company:
    """The token's own."""
    found: Company = request.auth.company
    return found


def told(
    gives: Any = None,
    *,
    takes: Any = None,
    status: int = 200,
    kind: str = "",
    wrong: Mapping[int, str] = MappingProxyType({}),
    **more: Any,
) -> Callable[[View], View]:
    """The schema of one view, with every status that it may answer."""
    answers: dict[Any, Any] = {(status, kind) if kind else status: gives}
    answers |= {number: OpenApiResponse(ErrorShape, words) for number, words in {**WRONG, **wrong}.items()}
    described: Callable[[View], View] = extend_schema(request=takes, responses=answers, **more)
    return described


def asked(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """What stands behind the question mark, checked by its shape."""
    form = shape(data=request.query_params)
    form.is_valid(raise_exception=True)
    found: dict[str, Any] = form.validated_data
    return found


def page(
    request: Request,
    rows: QuerySet[Row],
    after: UUID | None,
    shape: type[Serializer[Any]],
    context: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """One page in the order of ids, which never moves, and the address of the next."""
    ordered = rows.order_by("pk")
    found = list((ordered.filter(pk__gt=after) if after else ordered)[: PAGE + 1])
    following = None
    if len(found) > PAGE:
        query = request.query_params.copy()
        query["after"] = str(found[PAGE - 1].pk)
        following = f"{settings.SITE_URL}{request.path}?{query.urlencode()}"
    return {"next": following, "results": shape(found[:PAGE], many=True, context=context or {}).data}


def link(name: str, *args: object) -> str:
    """An address as people see it, whatever proxies the request came through."""
    return f"{settings.SITE_URL}{reverse(f'company_api:{name}', args=args)}"


class Scheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema tells of a company's tokens."""

    target_class = "accounts.api.ByCompanyToken"
    name = "company token"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token of your company's page Programs."}
