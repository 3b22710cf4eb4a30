"""Addresses of upcoming renewals."""

from django.urls import path

from licenses.notices.views import Notices
from licenses.upcoming.many import BillingStates
from licenses.upcoming.views import UpcomingRenewals

app_name = "renewals"
urlpatterns = [
    path("", UpcomingRenewals.as_view(), name="list"),
    path("notices/", Notices.as_view(), name="notices"),
    path("billing-state/", BillingStates.as_view(), name="billing_states"),
]
