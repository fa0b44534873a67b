"""Signing on through a company."""

from __future__ import annotations

from django.urls import path

from .sso import views

app_name = "sso"
urlpatterns = [
    path("sso/", views.begin, name="begin"),
    path("company/<uuid:company>/sso/", views.settings, name="settings"),
    path("company/<uuid:company>/sso/test/", views.test, name="test"),
    path("company/<uuid:company>/sso/switch/", views.switch, name="switch"),
]
