"""A company's API."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "company_api"
urlpatterns: list[URLPattern] = []
