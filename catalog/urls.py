"""Addresses of the price list."""

from django.urls import path

from catalog.views import Prices

app_name = "catalog"
urlpatterns = [
    path("prices/", Prices.as_view(), name="prices"),
]
