"""Asking people to join, and joining."""

from __future__ import annotations

from django.urls import path

from . import inviting, joining

app_name = "invite"
ADMINS = "company/<uuid:company>/invite/"
urlpatterns = [
    path(ADMINS, inviting.invite, name="invite"),
    path(f"{ADMINS}addresses/", inviting.paste, name="paste"),
    path(f"{ADMINS}imports/", inviting.upload, name="upload"),
    path(f"{ADMINS}imports/<uuid:pk>/", inviting.one_import, name="import"),
    path(f"{ADMINS}imports/<uuid:pk>/progress/", inviting.progress, name="progress"),
    path(f"{ADMINS}imports/<uuid:pk>/forget/", inviting.forget, name="forget"),
    path(f"{ADMINS}links/", inviting.make_link, name="make_link"),
    path(f"{ADMINS}links/<int:link>/revoke/", inviting.revoke_link, name="revoke_link"),
    path(f"{ADMINS}links/<int:link>/code.svg", inviting.code, name="code"),
    path(f"{ADMINS}members/<uuid:member>/resend/", inviting.resend, name="resend"),
    path(f"{ADMINS}members/<uuid:member>/revoke/", inviting.revoke, name="revoke"),
    path("join/<str:token>/", joining.accept, name="accept"),
    path("join/link/<str:token>/", joining.join, name="join"),
]
