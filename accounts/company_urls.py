"""A company, its people and its settings."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "company"
urlpatterns: list[URLPattern] = []
