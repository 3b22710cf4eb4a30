"""Addresses of activation."""

from django.urls import path
from django.views.decorators.csrf import csrf_exempt

from activation.csrf import protect_by_token
from activation.public import ActivationPage
from activation.views import ActivateLicense

app_name = "activation"
urlpatterns = [
    path("licenses/<uuid:license>/activate/", ActivateLicense.as_view(), name="for_license"),
    path(
        "activate/<str:code>/",
        csrf_exempt(protect_by_token(ActivationPage.as_view())),
        name="activate",
    ),
]
