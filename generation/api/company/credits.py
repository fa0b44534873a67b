"""What the company bought, in totals alone."""

from __future__ import annotations

from rest_framework.request import Request
from rest_framework.response import Response

from billing.balance import balance

from . import shapes
from .doors import company, for_programs, told


@told(shapes.CreditsShape, operation_id="company_credits")
@for_programs(GET="credits:read")
def credits(request: Request) -> Response:
    """How many credits were bought, are held for who is in progress, were used, and are left."""
    return Response(shapes.CreditsShape(balance(company(request))).data)
