"""A company's credits and invoices."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import company_views as views

app_name = "company_money"
urlpatterns: list[URLPattern] = [
    path("", views.credits, name="credits"),
    path("buy/", views.buy, name="buy"),
    path("buy/by-invoice/", views.buy_by_invoice, name="buy_by_invoice"),
    path("portal/", views.portal, name="portal"),
    path("orders/<uuid:order>/", views.order, name="order"),
    path("orders/<uuid:order>/status/", views.news, name="order_news"),
    path("orders/<uuid:order>/back/", views.want_back, name="want_back"),
]
