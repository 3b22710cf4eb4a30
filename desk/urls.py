"""Addresses of the home page, and of what operators ask."""

from django.urls import path

from desk import views

urlpatterns = [path("", views.Home.as_view(), name="home")]
