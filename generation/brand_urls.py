"""What a company wants its headshots to have in common."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "brand"
urlpatterns: list[URLPattern] = []
