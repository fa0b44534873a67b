"""A company's API; the token says which company."""

from __future__ import annotations

from django.urls import URLPattern, path

from .api.company import credits, members, overview, portraits

app_name = "company_api"
urlpatterns: list[URLPattern] = [
    path("", overview.overview, name="company"),
    path("departments/", overview.departments, name="departments"),
    path("brand/", overview.brand, name="brand"),
    path("credits/", credits.credits, name="credits"),
    path("members/", members.members, name="members"),
    path("members/<uuid:member>/", members.member, name="member"),
    path("members/<uuid:member>/portraits/", portraits.member_portraits, name="member_portraits"),
    path("portraits/", portraits.portraits, name="portraits"),
    path("portraits/<uuid:portrait>/<slug:size>/", portraits.file, name="file"),
]
