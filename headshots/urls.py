"""Every address of the web application."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

from . import pages

admin.site.login = secure_admin_login(admin.site.login)  # staff signs in where limits and second factors are

urlpatterns = [
    path("", include((pages.urls, "pages"))),
    path("", include("generation.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("generation.api_urls")),
    path("staff/", admin.site.urls),
]
