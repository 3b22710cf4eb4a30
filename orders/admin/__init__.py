"""Orders, their licenses and refunds, for vendor staff."""

from orders.admin import license_buttons, licenses, orders, refunds

__all__ = ["license_buttons", "licenses", "orders", "refunds"]
