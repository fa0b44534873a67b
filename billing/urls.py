"""Money's pages, in the order in which a buyer meets them, and where Stripe reports."""

from __future__ import annotations

from django.urls import URLPattern, path

from . import views, webhooks

app_name = "billing"
urlpatterns: list[URLPattern] = [
    path("prices/", views.prices, name="prices"),
    path("buy/", views.buy, name="buy"),
    path("buy/by-invoice/", views.buy_by_invoice, name="buy_by_invoice"),
    path("orders/", views.listed, name="orders"),
    path("orders/portal/", views.portal, name="portal"),
    path("orders/<uuid:order>/", views.order, name="order"),
    path("orders/<uuid:order>/status/", views.news, name="order_news"),
    path("stripe/webhook/", webhooks.hear, name="webhook"),
]
