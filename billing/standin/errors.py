"""Stripe's error envelope as an exception."""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """An answer other than 200; `body` is what Stripe would send."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        type: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        given = {"type": type, "message": message, "code": code, "param": param, **more}
        self.body: dict[str, Any] = {
            "error": {key: value for key, value in given.items() if value is not None}
        }


def missing(kind: str, key: str, param: str | None) -> ApiError:
    """No such object: 404 where the path names it, 400 where a parameter does."""
    noun = kind.rpartition(".")[2]
    return ApiError(
        f"No such {noun}: '{key}'",
        status=400 if param else 404,
        code="resource_missing",
        param=param or "id",
    )
