"""What people do about orders: each action is one transaction."""

from orders.actions.confirmation import resend_confirmation
from orders.actions.links import PlanChanged, send_links
from orders.actions.purchase import begin_card_purchase, buy
from orders.actions.refunds import approve_refunds, ask_refund, refund_order, reject_refunds

__all__ = [
    "PlanChanged",
    "approve_refunds",
    "ask_refund",
    "begin_card_purchase",
    "buy",
    "refund_order",
    "reject_refunds",
    "resend_confirmation",
    "send_links",
]
