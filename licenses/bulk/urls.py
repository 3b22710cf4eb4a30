"""Addresses of bulk changes."""

from django.urls import path

from licenses.bulk import views

app_name = "bulk"
urlpatterns = [
    path("", views.BulkChangeList.as_view(), name="list"),
    path("<uuid:uuid>/", views.ShowBulkChange.as_view(), name="show"),
]
