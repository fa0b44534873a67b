"""The gallery: figures, files, marks and reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from uuid import UUID

from django.http import HttpResponse, StreamingHttpResponse
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response

from .. import gallery as verbs
from .. import media, renditions, tasks
from . import shapes
from .doors import FILE, own, own_headshot, said, told

if TYPE_CHECKING:
    from django.http import HttpRequest


@told(shapes.HeadshotShape(many=True), operation_id="headshots_list")
@api_view(["GET"])
def headshots(request: Request, shoot: UUID) -> Response:
    """The gallery, best first."""
    return Response(shapes.HeadshotShape(media.gallery(own(request, shoot)), many=True).data)


@told(shapes.HeadshotShape, methods=["GET"])
@told(shapes.HeadshotShape, takes=shapes.MarkShape, methods=["PATCH"])
@api_view(["GET", "PATCH"])
def headshot(request: Request, shoot: UUID, headshot: UUID) -> Response:
    """GET: its figures. PATCH: mark it as a favourite, or no longer."""
    one = own_headshot(request, shoot, headshot)
    if request.method == "PATCH":
        verbs.mark(one, favourite=said(shapes.MarkShape, request)["favourite"])
    return Response(shapes.HeadshotShape(one).data)


@told(shapes.ShootShape, takes=shapes.ReportShape)
@api_view(["POST"])
def report(request: Request, shoot: UUID, headshot: UUID) -> Response:
    """Say what is wrong with it; with `redo` the shoot is made again, once, for free."""
    one, told_us = own_headshot(request, shoot, headshot), said(shapes.ReportShape, request)
    if told_us["redo"]:
        verbs.redo(one, told_us["why"])
        tasks.nudge(one.shoot)
    else:
        verbs.report(one, told_us["why"])
    one.shoot.refresh_from_db()
    return Response(shapes.ShootShape(one.shoot).data)


@told(FILE, kind="image/jpeg")
@api_view(["GET"])
def picture(request: Request, shoot: UUID, headshot: UUID) -> HttpResponse:
    """The full-size JPEG with its Content Credentials."""
    response = media.headshot(cast("HttpRequest", request), shoot, headshot, "full")
    if response.status_code == 200:
        media.taken(cast("HttpRequest", request), "headshot", shoot)
    return response


@told(FILE, kind="image/webp")
@api_view(["GET"])
def preview(request: Request, shoot: UUID, headshot: UUID) -> HttpResponse:
    """The headshot at the size of a screen."""
    return media.headshot(cast("HttpRequest", request), shoot, headshot, "preview")


@told(FILE, kind="image/webp")
@api_view(["GET"])
def thumbnail(request: Request, shoot: UUID, headshot: UUID) -> HttpResponse:
    """The headshot as the gallery shows it."""
    return media.headshot(cast("HttpRequest", request), shoot, headshot, "thumb")


@told(shapes.SizeShape, status=202, methods=["PUT"])
@told(FILE, kind="image/*", methods=["GET"])
@api_view(["GET", "PUT"])
def size(request: Request, shoot: UUID, headshot: UUID, what: str) -> HttpResponse:
    """GET: the file, once it is made. PUT: have it made, a ready size or another backdrop, within seconds."""
    if request.method == "GET":
        return media.rendition(cast("HttpRequest", request), shoot, headshot, what)
    row = renditions.ask(own_headshot(request, shoot, headshot), what)
    tasks.nudge_rendition(row)
    return Response(shapes.SizeShape(row).data, status=202)


@told(FILE, kind="application/zip")
@api_view(["GET"])
def archive(request: Request, shoot: UUID) -> StreamingHttpResponse:
    """The gallery as a ZIP; `?only=selects` or `favourites` for these alone."""
    return media.archive(cast("HttpRequest", request), shoot)
