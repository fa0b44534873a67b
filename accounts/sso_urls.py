"""Signing on through a company."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "sso"
urlpatterns: list[URLPattern] = []
