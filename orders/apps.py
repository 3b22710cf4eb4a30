"""Purchases, shown as tiles."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Purchases, shown as tiles."""

    name = "orders"
