"""Purchases, shown as tiles."""

from django.apps import AppConfig


class OrdersConfig(AppConfig):
    """Purchases, shown as tiles."""

    name = "orders"

    def ready(self) -> None:
        """Declare the mails and the exports of orders, and what a card pays for."""
        import orders.card_purchases
        import orders.emails
        import orders.exports
        import orders.payment_mails
        import orders.refund_mails  # noqa: F401
