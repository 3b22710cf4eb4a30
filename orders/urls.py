"""Addresses of orders."""

from django.urls import path

from orders.views.buy import Buy
from orders.views.codes import ActivationCodes
from orders.views.keys import LicenseKeys
from orders.views.links import SendLinks, SentLinks
from orders.views.list import OrderList
from orders.views.many import ChangeLicenseKeys
from orders.views.receipt import ShowReceipt
from orders.views.refund import AskRefund
from orders.views.show import ResendEmail, ShowOrder

app_name = "orders"
urlpatterns = [
    path("", OrderList.as_view(), name="list"),
    path("buy/", Buy.as_view(), name="buy"),
    path("<number:number>/", ShowOrder.as_view(), name="show"),
    path("<number:number>/resend-email/", ResendEmail.as_view(), name="resend_email"),
    path("<number:number>/activation-codes/", ActivationCodes.as_view(), name="activation_codes"),
    path("<number:number>/license-keys/", LicenseKeys.as_view(), name="license_keys"),
    path(
        "<number:number>/license-keys/bulk-change/",
        ChangeLicenseKeys.as_view(),
        name="change_many",
    ),
    path("<number:number>/send-links/", SendLinks.as_view(), name="send_links"),
    path("<number:number>/send-links/<uuid:key>/", SentLinks.as_view(), name="sent_links"),
    path("<number:number>/receipt/", ShowReceipt.as_view(), name="receipt"),
    path("<number:number>/refund/", AskRefund.as_view(), name="refund"),
]
