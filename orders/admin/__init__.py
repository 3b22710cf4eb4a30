"""Orders, their licenses and refunds, for vendor staff."""

from orders.admin import license_buttons, licenses, notices, orders, refunds

__all__ = ["license_buttons", "licenses", "notices", "orders", "refunds"]
