"""A member's own pages: what was asked, what is released."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views.team import asking, picking, releasing

app_name = "member"
urlpatterns: list[URLPattern] = [
    path("sample/", asking.sample, name="sample"),
    path("<uuid:member>/", asking.team, name="team"),
    path("<uuid:member>/answer/", asking.answer, name="answer"),
    path("<uuid:member>/begin/", asking.begin, name="begin"),
    path("<uuid:member>/choose/", picking.choose, name="choose"),
    path("<uuid:member>/own/", picking.own, name="own"),
    path("<uuid:member>/release/", releasing.release, name="release"),
    path("<uuid:member>/redo/", asking.redo, name="redo"),
    path("<uuid:member>/leave/", asking.leave, name="leave"),
    path("<uuid:member>/portraits/<uuid:portrait>/take-back/", releasing.take_back, name="take_back"),
    path("<uuid:member>/portraits/<uuid:portrait>/<slug:size>/", releasing.picture, name="portrait"),
]
