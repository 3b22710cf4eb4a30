"""Addresses of upcoming renewals."""

from django.urls import path

from licenses.upcoming.views import UpcomingRenewals

app_name = "renewals"
urlpatterns = [path("", UpcomingRenewals.as_view(), name="list")]
