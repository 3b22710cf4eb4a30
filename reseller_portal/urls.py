"""Every address of the portal; apps list their own."""

from django.contrib import admin
from django.urls import include, path

import reseller_portal.converters  # noqa: F401 (registers the converters)

handler400 = "reseller_portal.errors.bad_request"

urlpatterns = [
    path("", include("desk.urls")),
    path("accounts/", include("people.urls")),
    path("", include("people.settings_urls")),
    path("orders/", include("orders.urls")),
    path("", include("billing.urls")),
    path("", include("catalog.urls")),
    path("licenses/", include("licenses.urls")),
    path("renewals/", include("licenses.upcoming.urls")),
    path("bulk-changes/", include("licenses.bulk.urls")),
    path("", include("activation.urls")),
    path("exports/", include("exports.urls")),
    path("mails/", include("mailing.urls")),
    path("admin/", admin.site.urls),
]
