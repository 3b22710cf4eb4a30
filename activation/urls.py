"""Addresses of activation."""

from django.urls import path

from activation.public import activation_page
from activation.views.activate import ActivateLicense
from activation.views.customers import CustomerList, ShowCustomer
from activation.views.email import CorrectEmail
from activation.views.list import ActivationList
from activation.views.many import ChangeActivations
from activation.views.move import MoveLicense
from activation.views.send import SendLink
from activation.views.show import ShowActivation

app_name = "activation"
urlpatterns = [
    path("activations/", ActivationList.as_view(), name="list"),
    path("activations/bulk-change/", ChangeActivations.as_view(), name="change_many"),
    path("activations/<uuid:license>/", ShowActivation.as_view(), name="show"),
    path("licenses/<uuid:license>/activate/", ActivateLicense.as_view(), name="for_license"),
    path("licenses/<uuid:license>/send-link/", SendLink.as_view(), name="send_link"),
    path("licenses/<uuid:license>/customer/", MoveLicense.as_view(), name="move"),
    path("customers/", CustomerList.as_view(), name="customers"),
    path("customers/<uuid:customer>/", ShowCustomer.as_view(), name="customer"),
    path("customers/<uuid:customer>/email/", CorrectEmail.as_view(), name="correct_email"),
    path("activate/<str:code>/", activation_page, name="activate"),
    # Answered at once: a redirect would leave the code in caches that the page itself keeps out of.
    path("activate/<str:code>", activation_page, name="activate_bare"),
]
