"""The test cards: Stripe's own numbers, and what becomes of a payment with each."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from reseller_portal.fake_gateway.things import Thing, new_id

DECLINED = "Your card was declined."


@dataclass(frozen=True)
class SampleCard:
    """A test card. `authentication` says when its owner is asked: on or off session, always."""

    name: str
    title: str
    number: str
    hint: str
    brand: str = "visa"
    code: str | None = None
    decline_code: str | None = None
    message: str = DECLINED
    advice: str | None = None
    authentication: str = "never"


CARDS = (
    SampleCard("succeeds", "Succeeds", "4242424242424242", "every payment goes through"),
    SampleCard(
        "mastercard", "Succeeds (Mastercard)", "5555555555554444", "the same", brand="mastercard"
    ),
    SampleCard(
        "declined", "Declined (soft)", "4000000000000341", "may be tried again later",
        code="card_declined", decline_code="generic_decline", advice="try_again_later",
    ),
    SampleCard(
        "insufficient_funds", "Insufficient funds", "4000000000009995", "soft too",
        code="card_declined", decline_code="insufficient_funds", advice="try_again_later",
        message="Your card has insufficient funds.",
    ),
    SampleCard(
        "stolen", "Stolen (hard)", "4000000000009979", "never to be tried again",
        code="card_declined", decline_code="stolen_card", advice="do_not_try_again",
    ),
    SampleCard(
        "expired", "Expired", "4000000000000069", "refused as expired whatever its date",
        code="expired_card", message="Your card has expired.", advice="do_not_try_again",
    ),
    SampleCard(
        "processing_error", "Processing error", "4000000000000119", "soft: an error at the bank",
        code="processing_error", advice="try_again_later",
        message="An error occurred while processing your card. Try again in a little bit.",
    ),
    SampleCard(
        "needs_authentication", "Needs authentication", "4000002760003184",
        "at every payment, so renewals are refused", authentication="always",
    ),
    SampleCard(
        "authenticates_once", "Needs authentication on the page only", "4000002500003155",
        "renewals go through", authentication="on_session",
    ),
    SampleCard(
        "slow_refunds", "Refunds take an hour", "4000000000007726", "refunds are pending first",
    ),
)  # fmt: skip
BY_NAME = {card.name: card for card in CARDS}
BY_LAST4 = {card.number[-4:]: card for card in CARDS}
AUTHENTICATION_REQUIRED = SampleCard(
    "", "", "", "", code="authentication_required", decline_code="authentication_required",
    message="Your card was declined. This transaction requires authentication.",
)  # fmt: skip

# What Stripe's test mode knows without anybody having made it.
TOKENS = {
    "pm_card_visa": "succeeds",
    "pm_card_mastercard": "mastercard",
    "pm_card_chargeCustomerFail": "declined",
    "pm_card_visa_chargeDeclined": "declined",
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_visa_chargeDeclinedStolenCard": "stolen",
    "pm_card_chargeDeclinedExpiredCard": "expired",
    "pm_card_chargeDeclinedProcessingError": "processing_error",
    "pm_card_authenticationRequired": "needs_authentication",
    "pm_card_pendingRefund": "slow_refunds",
}
# What sample data of the portal refers to: `pm_sample_4242_122031_acme` of `cus_sample_acme`.
SAMPLE_CUSTOMER = re.compile(r"cus_sample_([a-z0-9_]+)")
SAMPLE_METHOD = re.compile(r"pm_sample_(\d{4})_(0[1-9]|1[0-2])(20\d\d)_([a-z0-9_]+)")


def new_method(card: SampleCard, month: int, year: int, created: int) -> Thing:
    """Return a payment method of this card, of no customer yet."""
    return {
        "id": new_id("pm"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        "card": {
            "brand": card.brand,
            "country": "US",
            "display_brand": card.brand,
            "exp_month": month,
            "exp_year": year,
            "fingerprint": f"test{card.number[-12:]}",
            "funding": "credit",
            "last4": card.number[-4:],
        },
        "created": created,
        "customer": None,
        "livemode": False,
        "metadata": {},
        "type": "card",
        "_card": card.name,
    }


def expired(method: Thing, now: float) -> bool:
    """Say whether the last day of the card's last month is over (UTC)."""
    year, month = method["card"]["exp_year"], method["card"]["exp_month"]
    last = calendar.monthrange(year, month)[1]
    return datetime(year, month, last, 23, 59, 59, tzinfo=UTC).timestamp() < now
