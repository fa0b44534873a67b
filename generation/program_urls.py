"""Tokens and webhooks for a company's programs."""

from __future__ import annotations

from django.urls import URLPattern, path

from accounts import program_views as views

app_name = "program"
WEBHOOK = "webhooks/<uuid:webhook>/"
urlpatterns: list[URLPattern] = [
    path("", views.programs, name="programs"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<uuid:token>/revoke/", views.revoke, name="revoke"),
    path("webhooks/new/", views.new_webhook, name="new_webhook"),
    path(WEBHOOK, views.webhook, name="webhook"),
    path(f"{WEBHOOK}pause/", views.pause, name="pause"),
    path(f"{WEBHOOK}resume/", views.resume, name="resume"),
    path(f"{WEBHOOK}delete/", views.remove, name="remove"),
    path(f"{WEBHOOK}test/", views.test, name="test"),
    path(f"{WEBHOOK}deliveries/<uuid:delivery>/resend/", views.resend, name="resend"),
]
