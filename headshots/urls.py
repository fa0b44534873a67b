"""Every address of the web application."""

from __future__ import annotations

from django.urls import include, path

from accounts import staff

from . import monitoring, pages

urlpatterns = [
    path("", include((pages.urls, "pages"))),
    path("", include("generation.urls")),
    path("", include("billing.urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("allauth.urls")),
    path("api/v1/", include("generation.api_urls")),
    path("staff/", staff.site.urls),
    path("metrics", monitoring.show, name="metrics"),
]
