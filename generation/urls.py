"""The shoot's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views

app_name = "generation"
urlpatterns: list[URLPattern] = [
    path("shoots/", views.shoots, name="shoots"),
]
