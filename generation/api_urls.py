"""The API's addresses, in the order of the journey."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from .api import describing, making, opening, photos, pictures

app_name = "api"
HEADSHOT = "shoots/<uuid:shoot>/headshots/<uuid:headshot>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", describing.docs, name="docs"),
    path("schema/", SpectacularJSONAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path("consent/", opening.text, name="consent"),
    path("looks/", making.looks, name="looks"),
    path("shoots/", opening.all_shoots, name="shoots"),
    path("shoots/<uuid:shoot>/", opening.one_shoot, name="shoot"),
    path("shoots/<uuid:shoot>/photos/", photos.all_photos, name="photos"),
    path("shoots/<uuid:shoot>/photos/<uuid:photo>/", photos.one_photo, name="photo"),
    path("shoots/<uuid:shoot>/choice/", making.choice, name="choice"),
    path("shoots/<uuid:shoot>/submit/", making.submit, name="submit"),
    path("shoots/<uuid:shoot>/cancel/", making.cancel, name="cancel"),
    path("shoots/<uuid:shoot>/headshots/", pictures.headshots, name="headshots"),
    path("shoots/<uuid:shoot>/headshots.zip", pictures.archive, name="archive"),
    path(HEADSHOT, pictures.headshot, name="headshot"),
    path(f"{HEADSHOT}picture.jpg", pictures.picture, name="picture"),
    path(f"{HEADSHOT}sizes/<slug:what>/", pictures.size, name="size"),
    path(f"{HEADSHOT}report/", pictures.report, name="report"),
    path("shoots/<uuid:shoot>/more-looks/", making.more_looks, name="more_looks"),
    path("shoots/<uuid:shoot>/receipt/", opening.receipt, name="receipt"),
]
