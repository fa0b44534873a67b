"""Asking people to join, and joining."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "invite"
urlpatterns: list[URLPattern] = []
