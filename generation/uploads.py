"""Files as they stream in: one over the limit is dropped while it arrives, never held whole."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest

from .engine.intake import MOST_BYTES
from .shoots import MOST_PHOTOS

FORM = 1024 * 1024  # bytes that a request may hold besides its files


class Limits(FileUploadHandler):
    """Stands before Django's own handlers, which keep what it lets through; tells what it dropped."""

    def __init__(self, request: HttpRequest) -> None:
        super().__init__(request)
        self.seen, self.received = 0, 0
        self.too_large: list[str] = []
        self.too_many = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        super().new_file(*args, **kwargs)
        self.seen, self.received = self.seen + 1, 0
        if self.seen > MOST_PHOTOS:
            self.too_many = True

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.received += len(raw_data)
        if self.received > MOST_BYTES:
            self.too_large.append(self.file_name or "")
            raise SkipFile
        if self.too_many:
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def watch(request: HttpRequest) -> Limits:
    """Put the limits on a request that nothing has read yet."""
    limits = Limits(request)
    request.upload_handlers.insert(0, limits)
    return limits


def too_long(request: HttpRequest, files: int) -> bool:
    """Whether the request announces more than so many photos can weigh: it need not be read at all."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > files * MOST_BYTES + FORM
