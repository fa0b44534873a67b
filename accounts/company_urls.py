"""A company, its people and its settings."""

from __future__ import annotations

from django.urls import include, path

from . import company_views as views

app_name = "company"
SETTINGS = [
    path("", views.settings, name="settings"),
    path("departments/", views.departments, name="departments"),
    path("departments/<int:department>/", views.rename_department, name="department"),
    path("departments/<int:department>/remove/", views.remove_department, name="remove_department"),
    path("domains/", views.domain_list, name="domains"),
    path("domains/<int:domain>/check/", views.verify_domain, name="verify_domain"),
    path("domains/<int:domain>/remove/", views.remove_domain, name="remove_domain"),
    path("audit/", views.log, name="audit"),
]
urlpatterns = [
    path("", views.mine, name="companies"),
    path("new/", views.new, name="new"),
    path("<uuid:company>/people/", views.people, name="people"),
    path("<uuid:company>/people/admins/", views.add_admin, name="add_admin"),
    path("<uuid:company>/people/<uuid:member>/role/", views.set_role, name="role"),
    path("<uuid:company>/settings/", include(SETTINGS)),
]
