"""Account pages beyond allauth's."""

from __future__ import annotations

from django.urls import path

from . import views

app_name = "accounts"
urlpatterns = [
    path("", views.settings, name="settings"),
    path("consents/", views.consents, name="consents"),
    path("consents/<uuid:pk>/", views.receipt, name="receipt"),
    path("consents/<uuid:pk>/receipt.json", views.receipt_file, name="receipt_file"),
    path("texts/<slug:purpose>-<int:version>.<slug:locale>.md", views.consent_text, name="consent_text"),
    path("tokens/", views.tokens, name="tokens"),
    path("tokens/new/", views.new_token, name="new_token"),
    path("tokens/<uuid:pk>/revoke/", views.revoke, name="revoke"),
    path("verify/", views.verify, name="verify"),
]
