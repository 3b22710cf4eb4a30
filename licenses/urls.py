"""Addresses of licenses."""

from django.urls import path

from licenses import views
from licenses.notices.views import Notices

app_name = "licenses"
urlpatterns = [
    path("notices/", Notices.as_view(), name="notices"),
    path("<uuid:license>/activation-link/", views.ActivationLink.as_view(), name="activation_link"),
    path("<uuid:license>/billing-state/", views.BillingState.as_view(), name="billing_state"),
    path("<uuid:license>/renew/", views.Renew.as_view(), name="renew"),
]
