"""What waits at the card gateway, or for staff to find out there."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from billing.models import CardPayment, CardRefund, CardRefundState, PaymentState
from resellers.staff.work import Pile, Queue, in_state, queue


def open_payments(state: str, label: Any, attention: Any = "", hint: Any = "") -> Pile:
    """Return the pile of the payments in a state that is not their end."""
    return Pile(
        label,
        {"state__exact": state},
        lambda rows, _now: rows.open().filter(state=state),
        attention,
        hint,
    )


def late(attention: Any) -> Pile:
    """Return the pile of what a worker should have looked at."""
    return Pile(
        _("Late"),
        {"late": "yes"},
        lambda rows, now: rows.late(now),
        attention,
        _("due for longer than any sweep explains: look at the workers"),
        since="next_check_at",
    )


def contradicted(label: Any, attention: Any, hint: Any) -> Pile:
    """Return the pile of those of which the gateway says something else than is known here."""
    return Pile(
        label,
        {"contradicted": "open"},
        lambda rows, _now: rows.contradicted(),
        attention,
        hint,
        since="contradicted_at",
    )


queue(
    20,
    Queue(
        _("Card payments"),
        CardPayment,
        "created_at",
        (
            open_payments(PaymentState.SENDING, _("Being sent")),
            open_payments(PaymentState.CONFIRMING, _("Wait for the cardholder's confirmation")),
            open_payments(
                PaymentState.UNKNOWN,
                _("Unknown: the gateway is asked again"),
                _("Card payments whose outcome is unknown"),
                _("workers ask the gateway again; you can settle them"),
            ),
            open_payments(
                PaymentState.PARKED,
                _("Unknown: for staff to settle"),
                _("Card payments to settle"),
                _("the gateway has not answered for days: look them up there"),
            ),
            contradicted(
                _("Paid after all"),
                _("Card payments that failed were paid after all"),
                _("the gateway charged them: pay them back there, and say so here"),
            ),
            late(_("Card payments are late")),
        ),
    ),
)

queue(
    30,
    Queue(
        _("Refunds to cards"),
        CardRefund,
        "created_at",
        (
            Pile(_("On their way"), {"state__exact": "waiting"}, in_state(CardRefundState.WAITING)),
            Pile(
                _("With the vendor's staff"),
                {"state__exact": "parked"},
                in_state(CardRefundState.PARKED),
                _("Refunds to cards that did not arrive"),
                _("the gateway refused them: find another way, and say so"),
            ),
            contradicted(
                _("Back after all"),
                _("Refunds to cards went back after all"),
                _("the gateway paid back besides: look them up there, and say what you did"),
            ),
            late(_("Refunds to cards are late")),
        ),
    ),
)
