"""Addresses of the home page, and of what operators ask."""

from django.urls import path

from desk import readiness, views

urlpatterns = [
    path("", views.Home.as_view(), name="home"),
    path("healthz/", readiness.healthz, name="healthz"),
    path("readyz/", readiness.readyz, name="readyz"),
]
