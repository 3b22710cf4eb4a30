"""Addresses of money."""

from django.urls import path

from billing.views import Balance

app_name = "billing"
urlpatterns = [
    path("balance/", Balance.as_view(), name="balance"),
]
