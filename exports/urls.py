"""Addresses of exports."""

from django.urls import path

from exports import views

app_name = "exports"
urlpatterns = [
    path("", views.ExportList.as_view(), name="list"),
    path("<uuid:uuid>/", views.ShowExport.as_view(), name="show"),
    path("<uuid:uuid>/download/", views.Download.as_view(), name="download"),
    path("<slug:kind>/", views.StartExport.as_view(), name="start"),
]
