"""Why a card was declined: which reasons are final, and how they are told to the reseller.

The codes are those of https://docs.stripe.com/declines/codes.
"""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FINAL = frozenset(
    {
        "account_closed",
        "fraudulent",
        "invalid_account",
        "lost_card",
        "merchant_blacklist",
        "pickup_card",
        "restricted_card",
        "revocation_of_all_authorizations",
        "revocation_of_authorization",
        "stolen_card",
        "stop_payment_order",
    }
)
# What a bank says of theft or fraud is not repeated to whoever holds the card.
REASONS: dict[str, Promise] = {
    "authentication_not_handled": _("The payment was not confirmed with the bank."),
    "authentication_required": _("The bank asks for a confirmation of this payment."),
    "card_velocity_exceeded": _("The card is over its limit. Use another one, or try later."),
    "currency_not_supported": _("The card cannot be charged in this currency. Use another one."),
    "expired_card": _("The card has expired. Add a new one."),
    "incorrect_cvc": _("The card's security code was wrong. Add the card again."),
    "insufficient_funds": _("The card has not enough funds. Use another one, or try later."),
    "invalid_account": _("The card, or its account, is closed. Use another one."),
    "account_closed": _("The card, or its account, is closed. Use another one."),
    "issuer_not_available": _("The card's bank could not be reached. Try again later."),
    "payment_intent_authentication_failure": _("The payment was not confirmed with the bank."),
    "processing_error": _("The card could not be charged just now. Try again later."),
    "try_again_later": _("The card could not be charged just now. Try again later."),
    "withdrawal_count_limit_exceeded": _(
        "The card is over its limit. Use another one, or try later."
    ),
}
SOFT = _("The card was declined. Use another one, or ask the card's bank.")
HARD = _("The card was declined for good. Use another one; its bank knows why.")


def is_final(code: str) -> bool:
    """Say whether a card that was declined for this reason is never to be charged again."""
    return code in FINAL


def decline_reason(code: str) -> str:
    """Return why a card was declined and what to do, as a sentence."""
    return str(REASONS.get(code, HARD if is_final(code) else SOFT))
