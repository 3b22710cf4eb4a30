"""Products and prices."""

from django.apps import AppConfig


class CatalogConfig(AppConfig):
    """Products and prices."""

    name = "catalog"
