"""Photos in, verdicts out."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from rest_framework.decorators import api_view, parser_classes
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from .. import intake, media, tasks
from ..models import Photo, Shoot, Verdict
from . import shapes
from .doors import FILE, own, read_file, said, told

if TYPE_CHECKING:
    from django.http import HttpRequest


@told(shapes.PhotoShape(many=True), methods=["GET"], operation_id="photos_list")
@told(shapes.PhotoShape, takes={"multipart/form-data": shapes.UploadShape}, status=201, methods=["POST"])
@api_view(["GET", "POST"])
@parser_classes([MultiPartParser])
def all_photos(request: Request, shoot: UUID) -> Response:
    """GET: every photo with its verdict. POST: add one; it is judged within seconds."""
    mine = own(request, shoot)
    if request.method == "GET":
        return Response(shapes.PhotoShape(mine.photos.all(), many=True).data)
    return Response(shapes.PhotoShape(_add(request, mine)).data, status=201)


def _add(request: Request, shoot: Shoot) -> Photo:
    read_file(request)
    sent = said(shapes.UploadShape, request)
    photo = intake.receive(shoot, sent["upload"], sent["photo"].read(), sent["photo"].name or "")
    if photo.verdict == Verdict.WAITING:
        tasks.nudge_photo(photo)
    return photo


@told(shapes.PhotoShape, methods=["GET"])
@told(None, status=204, methods=["DELETE"])
@api_view(["GET", "DELETE"])
def one_photo(request: Request, shoot: UUID, photo: UUID) -> Response:
    """GET: its verdict. DELETE: take it out of the draft."""
    found = get_object_or_404(own(request, shoot).photos.select_related("shoot"), pk=photo)
    if request.method == "GET":
        return Response(shapes.PhotoShape(found).data)
    intake.remove(found)
    return Response(status=204)


@told(FILE, kind="image/jpeg")
@api_view(["GET"])
def picture(request: Request, shoot: UUID, photo: UUID) -> HttpResponse:
    """The photo as it is kept: upright, without metadata."""
    return media.photo(cast("HttpRequest", request), shoot, photo, "jpg")


@told(FILE, kind="image/webp")
@api_view(["GET"])
def thumbnail(request: Request, shoot: UUID, photo: UUID) -> HttpResponse:
    """The photo in small."""
    return media.photo(cast("HttpRequest", request), shoot, photo, "thumb")
