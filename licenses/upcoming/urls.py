"""Addresses of upcoming renewals."""

from django.urls import path

from licenses.notices.views import Notices
from licenses.upcoming.many import ChangeRenewals
from licenses.upcoming.views import UpcomingRenewals

app_name = "renewals"
urlpatterns = [
    path("", UpcomingRenewals.as_view(), name="list"),
    path("notices/", Notices.as_view(), name="notices"),
    path("bulk-change/", ChangeRenewals.as_view(), name="change_many"),
    # An address from before there were jobs: `recurrent` says what is to be done.
    path("billing-state/", ChangeRenewals.as_view(), name="billing_states"),
]
