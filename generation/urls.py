"""The shoot's pages, in the order in which a person meets them."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import leaving, opening

app_name = "generation"
urlpatterns: list[URLPattern] = [
    path("shoots/", opening.shoots, name="shoots"),
    path("account/consents/<uuid:pk>/withdraw/", leaving.withdraw, name="withdraw"),
    path("account/delete/", leaving.leave, name="leave"),
    path("account/deleted/", leaving.left, name="left"),
]
