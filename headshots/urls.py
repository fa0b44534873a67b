"""Every address of the web application."""

from __future__ import annotations

from django.urls import include, path

from accounts import staff

from . import monitoring, pages, readiness

handler404 = pages.not_found
urlpatterns = [
    path("", include((pages.urls, "pages"))),
    path("", include("generation.urls")),
    path("", include("billing.urls")),
    path("company/", include("accounts.company_urls")),
    path("company/<uuid:company>/", include("generation.board_urls")),
    path("company/<uuid:company>/brand/", include("generation.brand_urls")),
    path("company/<uuid:company>/credits/", include("billing.company_urls")),
    path("company/<uuid:company>/programs/", include("generation.program_urls")),
    path("", include("accounts.invite_urls")),
    path("", include("accounts.sso_urls")),
    path("team/", include("generation.member_urls")),
    path("account/", include("accounts.urls")),
    path("account/", include("accounts.allauth_urls")),
    path("api/v1/", include("generation.api_urls")),
    path("api/v1/company/", include("generation.company_api_urls")),
    path("staff/", staff.site.urls),
    path("metrics", monitoring.show, name="metrics"),
    path("healthz", readiness.alive, name="healthz"),
    path("readyz", readiness.ready, name="readyz"),
]
