"""What was bought: one product, one term, a quantity; and what of it was paid back."""

from orders.models.order import Order, OrderState, PaymentType, new_order_number
from orders.models.refund import Refund, RefundPart, RefundState

__all__ = [
    "Order",
    "OrderState",
    "PaymentType",
    "Refund",
    "RefundPart",
    "RefundState",
    "new_order_number",
]
