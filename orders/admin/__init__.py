"""Orders and their licenses, for vendor staff."""

from orders.admin import license_buttons, licenses, orders

__all__ = ["license_buttons", "licenses", "orders"]
