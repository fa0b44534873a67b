"""allauth's own pages, under the names by which it finds them.

Of its pages for third-party accounts there is only what a company's provider must reach: nobody connects,
disconnects or signs up there, and single log-out, which would believe unsigned requests, leads nowhere.
"""

from __future__ import annotations

from django.urls import include, path

from .sso import returning

urlpatterns = [
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("oidc/<uuid:provider_id>/login/callback/", returning.callback, name="openid_connect_callback"),
    path("saml/<uuid:organization_slug>/acs/", returning.acs, name="saml_acs"),
    path("saml/<uuid:organization_slug>/acs/finish/", returning.finish, name="saml_finish_acs"),
    path("saml/<uuid:organization_slug>/metadata/", returning.metadata, name="saml_metadata"),
    path("saml/<uuid:organization_slug>/sls/", returning.nowhere, name="saml_sls"),
]
