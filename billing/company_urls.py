"""A company's credits and invoices."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "company_money"
urlpatterns: list[URLPattern] = []
