"""How far a company is, and what was released to it."""

from __future__ import annotations

from django.urls import path

from .views import papers

app_name = "board"
urlpatterns = [
    # Its data protection papers; the settings link here.
    path("settings/papers/<slug:paper>/", papers.show, name="paper"),
    path("settings/papers/<slug:paper>.md", papers.download, name="paper_file"),
]
