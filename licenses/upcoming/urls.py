"""Addresses of upcoming renewals."""

from django.urls import path

from licenses.notices.views import Notices
from licenses.upcoming.views import UpcomingRenewals

app_name = "renewals"
urlpatterns = [
    path("", UpcomingRenewals.as_view(), name="list"),
    path("notices/", Notices.as_view(), name="notices"),
]
