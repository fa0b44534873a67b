"""Keys and webhooks for a company's programs."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "program"
urlpatterns: list[URLPattern] = []
