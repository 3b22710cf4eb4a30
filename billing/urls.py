"""Addresses of money."""

from django.urls import path

from billing.views import Balance, ShowStatement

app_name = "billing"
urlpatterns = [
    path("balance/", Balance.as_view(), name="balance"),
    path("balance/statements/<month:month>/", ShowStatement.as_view(), name="statement"),
]
