"""Addresses of activation."""

from django.urls import path

from activation.public import activation_page
from activation.views import ActivateLicense

app_name = "activation"
urlpatterns = [
    path("licenses/<uuid:license>/activate/", ActivateLicense.as_view(), name="for_license"),
    path("activate/<str:code>/", activation_page, name="activate"),
    # Answered at once: a redirect would leave the code in caches that the page itself keeps out of.
    path("activate/<str:code>", activation_page, name="activate_bare"),
]
