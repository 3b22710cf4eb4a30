"""Orders, their licenses, renewals and refunds, for vendor staff."""

from orders.admin import license_buttons, licenses, notices, orders, panels, refunds, renewals

__all__ = ["license_buttons", "licenses", "notices", "orders", "panels", "refunds", "renewals"]
