"""A member's own pages: what was asked, what is released."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "member"
urlpatterns: list[URLPattern] = []
