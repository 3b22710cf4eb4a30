"""Purchases, shown as tiles."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Purchases, shown as tiles."""

    name = "orders"

    def ready(self) -> None:
        """Declare the mails and the exports of orders."""
        import orders.emails
        import orders.exports
        import orders.refund_mails  # noqa: F401
