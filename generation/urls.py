"""The shoot's pages, in the order in which a person meets them."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import media
from .views import (
    asking,
    checking,
    gallery,
    keeping,
    leaving,
    looks,
    making,
    opening,
    phone,
    photos,
    reporting,
    sizes,
    submitting,
    trying,
    viewer,
)

app_name = "generation"
urlpatterns: list[URLPattern] = [
    path("shoots/", opening.shoots, name="shoots"),
    path("shoots/new/", opening.new_shoot, name="new_shoot"),
    path("shoots/<uuid:shoot>/", opening.shoot, name="shoot"),
    path("shoots/<uuid:shoot>/photos/", photos.photos, name="photos"),
    path("shoots/<uuid:shoot>/photos/<uuid:photo>/remove/", photos.remove, name="remove_photo"),
    path("shoots/<uuid:shoot>/photos/<uuid:photo>/<slug:size>/", media.photo, name="photo_image"),
    path("shoots/<uuid:shoot>/phone/", phone.code, name="phone_code"),
    path("phone/<str:token>/", phone.page, name="phone"),
    path("phone/<str:token>/code.svg", phone.picture, name="phone_picture"),
    path("phone/<str:token>/photos/", phone.photos, name="phone_photos"),
    path("phone/<str:token>/photos/<uuid:photo>.thumb", phone.thumb, name="phone_thumb"),
    path("shoots/<uuid:shoot>/looks/", looks.choose, name="looks"),
    path("looks/<slug:slug>-<int:version>.png", looks.sketch, name="look_sketch"),
    path("looks/<slug:slug>-<int:version>.webp", looks.picture, name="look_picture"),
    path("shoots/<uuid:shoot>/review/", submitting.review, name="review"),
    path("shoots/<uuid:shoot>/progress/", making.progress, name="progress"),
    path("shoots/<uuid:shoot>/cancel/", making.cancel, name="cancel"),
    path("shoots/<uuid:shoot>/more-looks/", keeping.more_looks, name="more_looks"),
    path("shoots/<uuid:shoot>/keep-longer/", keeping.keep_longer, name="keep_longer"),
    path("shoots/<uuid:shoot>/keep-for/", keeping.keep_for, name="keep_for"),
    path("shoots/<uuid:shoot>/delete/", keeping.delete, name="delete"),
    path("shoots/<uuid:shoot>/receipt.json", keeping.receipt, name="receipt"),
    path("shoots/<uuid:shoot>/headshots.zip", media.archive, name="archive"),
    path("shoots/<uuid:shoot>/<uuid:headshot>/", viewer.viewer, name="viewer"),
    path("shoots/<uuid:shoot>/<uuid:headshot>/favourite/", gallery.favourite, name="favourite"),
    path("shoots/<uuid:shoot>/<uuid:headshot>/report/", viewer.report, name="report"),
    path("shoots/<uuid:shoot>/<uuid:headshot>/sizes/", sizes.sizes, name="sizes"),
    path("shoots/<uuid:shoot>/<uuid:headshot>/picture/<slug:size>/", media.headshot, name="headshot"),
    path("shoots/<uuid:shoot>/<uuid:headshot>/as/<slug:what>/", media.rendition, name="rendition"),
    path("try/", trying.page, name="try"),
    path("try/news/", trying.news, name="try_news"),
    path("try/delete/", trying.delete, name="try_delete"),
    path("try/keep/", trying.keep, name="try_keep"),
    path("check/", checking.check, name="check"),
    path("help/ask/", asking.ask, name="ask"),
    path("report/", reporting.picture, name="report_picture"),
    path("account/consents/<uuid:pk>/withdraw/", leaving.withdraw, name="withdraw"),
    path("account/opened/", opening.opened, name="opened"),
    path("account/export/", leaving.export, name="export"),
    path("account/delete/", leaving.leave, name="leave"),
    path("account/deleted/", leaving.left, name="left"),
]
