"""Addresses of money."""

from django.urls import path

from billing.views.balance import Balance, ShowStatement
from billing.views.cards import AddCard, CardAdded, Cards, MakeDefault, RemoveCard
from billing.views.deposit import DepositByCard
from billing.views.payments import Payments, ShowPayment
from billing.views.webhooks import stripe_webhook

app_name = "billing"
PAYMENT = "settings/payment"

urlpatterns = [
    path("balance/", Balance.as_view(), name="balance"),
    path("balance/deposit/", DepositByCard.as_view(), name="deposit"),
    path("balance/statements/<month:month>/", ShowStatement.as_view(), name="statement"),
    path("payments/", Payments.as_view(), name="payments"),
    path("payments/<uuid:uuid>/", ShowPayment.as_view(), name="payment"),
    path("webhooks/stripe/", stripe_webhook, name="stripe_webhook"),
    path(f"{PAYMENT}/", Cards.as_view(), name="cards"),
    path(f"{PAYMENT}/add/", AddCard.as_view(), name="add_card"),
    path(f"{PAYMENT}/added/", CardAdded.as_view(), name="card_added"),
    path(f"{PAYMENT}/<uuid:uuid>/default/", MakeDefault.as_view(), name="make_default"),
    path(f"{PAYMENT}/<uuid:uuid>/remove/", RemoveCard.as_view(), name="remove_card"),
]
