"""Addresses of licenses."""

from django.urls import path

from licenses import views

app_name = "licenses"
urlpatterns = [
    path("<uuid:license>/activation-link/", views.ActivationLink.as_view(), name="activation_link"),
    path("<uuid:license>/billing-state/", views.BillingState.as_view(), name="billing_state"),
    path("<uuid:license>/replace-code/", views.ReplaceCode.as_view(), name="replace_code"),
    path("<uuid:license>/renew/", views.Renew.as_view(), name="renew"),
]
