"""Addresses of orders."""

from django.urls import path

from orders.views.codes import ActivationCodes
from orders.views.keys import LicenseKeys
from orders.views.list import OrderList
from orders.views.show import ResendEmail, ShowOrder

app_name = "orders"
urlpatterns = [
    path("", OrderList.as_view(), name="list"),
    path("<number:number>/", ShowOrder.as_view(), name="show"),
    path("<number:number>/resend-email/", ResendEmail.as_view(), name="resend_email"),
    path("<number:number>/activation-codes/", ActivationCodes.as_view(), name="activation_codes"),
    path("<number:number>/license-keys/", LicenseKeys.as_view(), name="license_keys"),
]
