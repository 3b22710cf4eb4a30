"""Addresses of the home page, of the search, and of what operators ask."""

from django.urls import path

from desk import readiness
from desk.home.views import Home
from desk.metrics.views import metrics
from desk.search.views import SearchPage

urlpatterns = [
    path("", Home.as_view(), name="home"),
    path("search/", SearchPage.as_view(), name="search"),
    path("healthz/", readiness.healthz, name="healthz"),
    path("readyz/", readiness.readyz, name="readyz"),
    path("metrics/", metrics, name="metrics"),
]
