"""The shoot's pages, in the order in which a person meets them."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import opening

app_name = "generation"
urlpatterns: list[URLPattern] = [
    path("shoots/", opening.shoots, name="shoots"),
]
