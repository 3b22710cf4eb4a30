"""Addresses of licenses."""

from django.urls import URLPattern

app_name = "licenses"
urlpatterns: list[URLPattern] = []
