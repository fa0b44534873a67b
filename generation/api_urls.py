"""The API's addresses, in the order of the journey."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularJSONAPIView
from rest_framework.permissions import AllowAny

from .api import consents, describing, keeping, making, opening, photos, pictures, trying

app_name = "api"
PHOTO = "shoots/<uuid:shoot>/photos/<uuid:photo>/"
HEADSHOT = "shoots/<uuid:shoot>/headshots/<uuid:headshot>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", describing.docs, name="docs"),
    path("schema/", SpectacularJSONAPIView.as_view(permission_classes=[AllowAny]), name="schema"),
    path("consent/", consents.text, name="consent"),
    path("try/", trying.begin, name="try"),
    path("try/mine/", trying.mine, name="try_mine"),
    path("try/mine/<int:number>.jpg", trying.picture, name="try_picture"),
    path("looks/", making.looks, name="looks"),
    path("shoots/", opening.all_shoots, name="shoots"),
    path("shoots/<uuid:shoot>/", opening.one_shoot, name="shoot"),
    path("shoots/<uuid:shoot>/photos/", photos.all_photos, name="photos"),
    path(PHOTO, photos.one_photo, name="photo"),
    path(f"{PHOTO}picture.jpg", photos.picture, name="photo_picture"),
    path(f"{PHOTO}thumbnail.webp", photos.thumbnail, name="photo_thumbnail"),
    path("shoots/<uuid:shoot>/choice/", making.choice, name="choice"),
    path("shoots/<uuid:shoot>/submit/", making.submit, name="submit"),
    path("shoots/<uuid:shoot>/cancel/", making.cancel, name="cancel"),
    path("shoots/<uuid:shoot>/headshots/", pictures.headshots, name="headshots"),
    path("shoots/<uuid:shoot>/headshots.zip", pictures.archive, name="archive"),
    path(HEADSHOT, pictures.headshot, name="headshot"),
    path(f"{HEADSHOT}picture.jpg", pictures.picture, name="picture"),
    path(f"{HEADSHOT}preview.webp", pictures.preview, name="preview"),
    path(f"{HEADSHOT}thumbnail.webp", pictures.thumbnail, name="thumbnail"),
    path(f"{HEADSHOT}sizes/<slug:what>/", pictures.size, name="size"),
    path(f"{HEADSHOT}report/", pictures.report, name="report"),
    path("shoots/<uuid:shoot>/more-looks/", making.more_looks, name="more_looks"),
    path("shoots/<uuid:shoot>/keep-longer/", keeping.keep_longer, name="keep_longer"),
    path("shoots/<uuid:shoot>/keep-for/", keeping.keep_for, name="keep_for"),
    path("consents/", consents.all_consents, name="consents"),
    path("consents/<uuid:pk>/", consents.one_consent, name="one_consent"),
    path("shoots/<uuid:shoot>/receipt/", opening.receipt, name="receipt"),
]
