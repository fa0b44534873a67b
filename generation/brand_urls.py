"""What a company wants its headshots to have in common."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import branding

app_name = "brand"
urlpatterns: list[URLPattern] = [
    path("", branding.brand, name="brand"),
    path("renew/", branding.renew, name="renew"),
    path("departments/<int:department>/", branding.department, name="department"),
    path("departments/<int:department>/remove/", branding.remove, name="remove"),
    path("examples/<slug:slug>-<int:version>.webp", branding.example, name="example"),
]
