"""How far a company is, and what was released to it."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "board"
urlpatterns: list[URLPattern] = []
